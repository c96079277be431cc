"""The content of a report and of its page, against numbers worked by hand."""
import pickle
import re
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from label_graph_cases import HOSTILE, SETTINGS, bare, both_priors, controlled, large
from matplotlib.image import imread

from kssnet_mm.graphs import LabelGraph, LabelGraphBuilder, import_released
from kssnet_mm.graphs.presets import PRESETS
from kssnet_mm.graphs.summary import control_of, settings_of, summarize
from kssnet_mm.visualization.label_graph_html import write_report
from kssnet_mm.visualization.label_graph_network import lay_out
from kssnet_mm.visualization.label_graph_report import Limits, build_report, heatmap_values


class Page:
    """The page, which is well-formed XML but for its program: its texts and its elements."""

    def __init__(self, path):
        text, _ = Path(path).read_text(encoding='utf-8').split('<script>\n')
        self.root = ElementTree.fromstring(text + '</body></html>')
        self.texts = list(self.root.itertext())

    def all(self, tag, class_=None):
        return [e for e in self.root.iter(tag) if class_ is None or class_ in e.get('class', '').split()]


def write(graph, tmp_path, title='A <title>', **arguments):
    report = build_report(graph, **arguments)
    page = Page(write_report(report, str(tmp_path / 'out' / 'g'), title))
    return report, page, sorted(path.name for path in (tmp_path / 'out').iterdir())


def drawing_of(report):
    position = {label: i for i, label in enumerate(report.graph.labels)}
    return lay_out(report.graph, report.edges, [position[item.label] for item in report.isolated], report.limits)


def test_neighbours_and_isolated_labels_by_hand():
    report = build_report(both_priors())
    # A'_S,01 = 2 / sqrt(2 * 3), A'_K,01 = 3 / sqrt(4 * 3); half of each, times eta.
    expected = 0.4 * 0.5 * (2 / 6**0.5 + 3 / 12**0.5)
    first = report.neighbours[0]
    assert (first.label, first.neighbour, first.origin) == (HOSTILE, '$cash$', 'both')
    assert first.weight == first.back == pytest.approx(expected, rel=1e-6)
    assert (first.statistical, first.knowledge) == (2, 3)
    assert {(r.label, r.neighbour): r.origin for r in report.neighbours[2:]} == {
        ('$cash$', 'zebra'): 'statistics', ('zebra', '$cash$'): 'statistics',
        (HOSTILE, 'zebra'): 'knowledge', ('zebra', HOSTILE): 'knowledge'}
    assert [item.label for item in report.isolated] == ['apple', 'bear']
    assert report.isolated[0].connects_at == pytest.approx(0.5 * 1 / 100)
    assert dict(report.facts)['isolated labels'] == '2 of 5'
    assert dict(report.facts)['components'] == '1 of two labels or more, the largest of 3'
    # the sweep holds the graph's own settings
    report = build_report(both_priors(), lams=[0, 1], taus=[0, 0.3])
    assert report.sweep.lams == [0, 0.5, 1] and report.sweep.taus == [0, 0.1, 0.3]
    assert report.sweep.isolated[:, 0].tolist() == [2, 0, 0]
    own = report.sweep.lams.index(SETTINGS['lam']), report.sweep.taus.index(SETTINGS['tau'])
    assert report.sweep.isolated[own] == len(report.isolated) == 2
    assert report.sweep.density[own] == pytest.approx(6 / 20)


def test_heatmaps_share_the_cluster_order():
    graph = both_priors()
    report = build_report(graph)
    assert sorted(report.shown.tolist()) == [0, 1, 2, 3, 4]
    for name in ('statistical', 'knowledge', 'adjacency'):
        values = heatmap_values(report, name)
        for i, row in enumerate(report.shown):
            assert values[i].tolist() == getattr(graph, name)[row][report.shown].tolist()


def test_page_of_both_priors(tmp_path):
    report, page, names = write(both_priors(), tmp_path)
    parts = ('adjacency', 'knowledge', 'network', 'smoothing', 'statistical')
    assert names == ['g.html'] + [f'g_{part}.png' for part in parts]
    for name in names[1:]:
        picture = imread(str(tmp_path / 'out' / name))
        assert min(picture.shape[:2]) > 100 and picture[..., :3].std() > 0.01
    assert len(page.all('g', class_='node')) == 5 and len(page.all('g', class_='isolated')) == 2
    assert len(page.all('line')) == 3 and len(page.all('td', class_='own')) == 2
    titles = [text for text in page.texts if text == HOSTILE]
    assert len(titles) >= 2  # a title and a text, unescaped by the parser
    assert page.texts.count('A <title>') == 2
    # it loads nothing and runs no name
    text = (tmp_path / 'out/g.html').read_text(encoding='utf-8')
    assert '<script>document' not in text and 'http:' not in text and 'https:' not in text
    assert all(image.get('src').startswith('data:image/png;base64,') for image in page.all('img'))
    assert not page.all('link') and not any(script.get('src') for script in page.all('script'))
    assert not any(name.startswith('on') for element in page.root.iter() for name in element.keys())
    assert not re.search(r'url\(|@import|fetch\(|XMLHttpRequest', text)


def test_graph_of_an_adjacency_only(tmp_path):
    report, page, names = write(bare(), tmp_path)
    assert names == ['g.html', 'g_adjacency.png', 'g_network.png']
    assert report.sweep is None and report.smoothing is None and not report.settings_known
    assert [(r.label, r.neighbour, r.weight, r.back, r.statistical) for r in report.neighbours] == [
        ('a', 'b', 0.5, 0, None), ('b', 'a', 0, 0.5, None)]
    assert [(i.label, i.connects_at) for i in report.isolated] == [('c', None)]
    text = ''.join(page.texts)
    for message in ('no embedding', 'no A_S', 'no A_K', 'no priors', 'does not say with which settings'):
        assert message in text


def test_an_imported_graph_is_reported_under_its_own_preset(tmp_path):
    counts = dict(adj=np.array([[0, 2, 1], [2, 0, 0], [1, 0, 0]]), nums=np.array([4, 2, 4]))
    (tmp_path / 'counts.pkl').write_bytes(pickle.dumps(counts, 2))
    # P = 1/2, 1/4; 1; 1/4: edges a-b and b-a of .25 by the reading, as they are by the preset
    graph = import_released(tmp_path / 'counts.pkl', ['a', 'b', 'c'], preset='mlgcn')
    report, page, _ = write(graph, tmp_path, taus=[0.3])
    assert report.settings == PRESETS['mlgcn'] and report.settings_known
    assert report.sweep.taus == [0, 0.3] and report.sweep.isolated.tolist() == [[1, 3]]
    assert report.sweep.density[0, 0] == pytest.approx(graph.num_edges / 6) == pytest.approx(2 / 6)
    assert dict(report.facts)['settings'] == 'tau 0.0, eta 1.0, imported with the preset mlgcn'
    text = ''.join(page.texts)
    assert 'does not say with which settings' not in text and len(page.all('td', class_='own')) == 2
    assert settings_of(bare()) is None


def test_an_identity_control_is_not_reported_as_its_priors(tmp_path):
    report, page, _ = write(controlled('identity'), tmp_path)
    facts = dict(report.facts)
    assert report.control == 'identity' and facts['adjacency'].startswith('0 edges, density 0.0000')
    assert facts['isolated labels'] == '5 of 5' and not report.neighbours and not report.edges.weight.size
    # no tau of the priors gives A = I an edge, and no cell of their sweep is the graph's own
    assert [item.connects_at for item in report.isolated] == [None] * 5
    assert report.sweep.isolated.min() == 0 and not page.all('td', class_='own')
    text = ''.join(page.texts)
    assert text.count('is the control A') == 3 and 'no cell is the graph' in text


def test_a_shuffled_control_names_no_prior_for_its_edges(tmp_path):
    graph, plain = controlled('shuffle'), both_priors()
    # labels 0, 1, 2 are linked by the priors; the permutation of the seed links others
    linked = {frozenset(pair) for pair in zip(*np.nonzero(graph.adjacency)) if len(set(pair)) == 2}
    assert linked and linked != {frozenset(p) for p in ((0, 1), (0, 2), (1, 2))}
    report, page, _ = write(graph, tmp_path)
    assert report.control == 'shuffle' and {row.origin for row in report.neighbours} == {'shuffled'}
    assert len(report.neighbours) == 6 and set(report.edges.origin.tolist()) == {4}
    assert sorted(report.edges.weight) == sorted(build_report(plain).edges.weight)
    assert [item.connects_at for item in report.isolated] == [None] * 2
    # density and isolated labels do not depend on which label is which: the own cell is the graph's
    own = report.sweep.lams.index(SETTINGS['lam']), report.sweep.taus.index(SETTINGS['tau'])
    assert report.sweep.density[own] == pytest.approx(graph.num_edges / 20) == pytest.approx(6 / 20)
    text = ''.join(page.texts)
    assert 'no prior is named for them' in text and 'not where A' in text and len(page.all('td', class_='own')) == 2


def test_a_control_of_an_imported_graph_is_known_as_one(tmp_path):
    file = str(tmp_path / 'graph.npz')
    LabelGraph(['a', 'b'], np.ones((2, 2)), meta=dict(imported=dict(kind='superimposed', preset='mlgcn'))).save(file)
    graph = LabelGraphBuilder(file=file, control='shuffle', seed=3).load_or_build()
    assert control_of(graph) == 'shuffle'
    assert dict(summarize(graph))['settings'] == (
        'tau 0.0, eta 1.0, imported with the preset mlgcn, control shuffle (seed 3)')
    assert control_of(LabelGraphBuilder(file=file).load_or_build()) is None


@pytest.mark.parametrize('labels', [['only'], ['a', 'b']])
def test_graph_without_any_edge(labels, tmp_path):
    graph = LabelGraph(labels, np.eye(len(labels)), np.zeros((len(labels), len(labels))),
                       embedding=np.ones((len(labels), 2)))
    report, page, _ = write(graph, tmp_path)
    assert len(report.isolated) == len(labels) and len(page.all('g', class_='isolated')) == len(labels)


def test_large_sparse_graph_says_what_it_leaves_out(tmp_path, monkeypatch):
    from scipy import sparse
    graph = large()
    dense = sparse.csr_array.toarray

    def small_only(matrix, *args, **kwargs):
        assert max(matrix.shape) <= 250, f'a dense {matrix.shape}'
        return dense(matrix, *args, **kwargs)

    monkeypatch.setattr(sparse.csr_array, 'toarray', small_only)
    report, page, _ = write(graph, tmp_path, taus=[0, 0.02])
    drawing = drawing_of(report)
    assert len(page.all('line')) == len(drawing.edges.weight) == 300 < len(report.edges.weight)
    assert np.array_equal(drawing.edges.weight, np.sort(report.edges.weight)[::-1][:300])
    assert drawing.crowded and len(page.all('g', class_='crowded')) == len(drawing.places) - 200
    assert len(drawing.isolated) == 200 <= 300 <= len(report.isolated)
    assert len(report.shown) == 250 and len(report.neighbours) == 4000 < report.all_neighbours
    text = ''.join(page.texts)
    assert (f'2500 labels, {len(report.edges.weight)} edges, {len(report.isolated)} isolated; drawn: the 300 heaviest '
            f'edges and their {len(drawing.places) - 200} labels, 200 isolated labels.') in text
    assert 'The 250 labels of the heaviest edges, of 2500.' in text
    assert f'The 4000 heaviest of {report.all_neighbours} rows.' in text


def test_drawing_keeps_every_label_inside_and_apart():
    drawing = drawing_of(build_report(both_priors()))
    places = np.array([drawing.places[i] for i in range(5)])
    assert (places > 0).all() and (places < [drawing.width, drawing.height]).all()
    gaps = np.linalg.norm(places[:, None] - places, axis=2) + 1e9 * np.eye(5)
    assert gaps.min() > 20
    assert drawing.widths()[0] == 7 and (np.diff(drawing.widths()) <= 0).all()


def test_limits_of_edges_and_neighbours():
    report = build_report(both_priors(), limits=Limits(edges=1, neighbours=1))
    assert [(r.label, r.neighbour) for r in report.neighbours[:2]] == [(HOSTILE, '$cash$'),
                                                                     ('$cash$', HOSTILE)]
    assert len(report.neighbours) == report.all_neighbours == 3
    assert drawing_of(report).note == (
        '5 labels, 3 edges, 2 isolated; drawn: the 1 heaviest edges and their 2 labels, 2 isolated labels')
