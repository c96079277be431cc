"""The tool that builds a config's graph: what it writes, says and refuses."""
import pytest
from conftest import ROOT

from kssnet_mm.graphs import LabelGraph
from kssnet_mm.graphs.summary import summarize

TOOL = ROOT / 'tools/build_label_graph.py'
CONFIG = '''
model = dict(backbone=dict(gcn=dict(graph=dict(
    type='LabelGraphBuilder', file='graph.npz', embedding=dict(type='RandomEmbedding', dim=3),
    statistical=dict(type='CooccurrenceGraph', source=dict(type='LabelTable', file='table.json'), estimator='counts')))))
'''


@pytest.fixture()
def workspace(tmp_path):
    (tmp_path / 'table.json').write_text('[["a", "b"], ["a", "b"], ["a", "c"]]')
    (tmp_path / 'config.py').write_text(CONFIG)
    return tmp_path


def test_it_builds_reads_and_rebuilds(run_here, workspace):
    command = [TOOL, 'config.py', '--out', 'other.npz', '--cfg-options', 'model.backbone.gcn.graph.tau=0.0']
    for verb, extra in (('built', []), ('read', []), ('rebuilt', ['--rebuild'])):
        assert f'{verb} other.npz' in run_here(*command, *extra)
    assert not (workspace / 'graph.npz').exists()
    rows = dict(summarize(LabelGraph.load(workspace / 'other.npz')))
    assert rows['statistical'] == '4 edges, density 0.6667, symmetric' and rows['isolated labels'] == '0'
    assert rows['settings'] == 'tau 0.0, eta 0.4'


def test_rebuilding_for_a_control_stores_the_graph_itself(run_here, workspace):
    """By hand: a-b and a-c are the edges, both ways; the identity has none."""
    options = ['--cfg-options', 'model.backbone.gcn.graph.tau=0.0', 'model.backbone.gcn.graph.control=identity']
    said = run_here(TOOL, 'config.py', '--rebuild', *options)
    assert 'control identity' in said and LabelGraph.load(workspace / 'graph.npz').num_edges == 4


def test_its_picture(run_here, workspace):
    output = run_here(TOOL, 'config.py', '--plot', 'graph.png')
    assert 'drew graph.png: 3 labels, 2 edges, 0 isolated' in output
    assert (workspace / 'graph.png').stat().st_size > 5000


@pytest.mark.parametrize('text, message', [
    ('model = dict()', 'config.py describes no label graph at model.backbone.gcn.graph'),
    (CONFIG + 'label_graph = dict(lam=1.0)', 'move the top-level label_graph there'),
    (CONFIG.replace("file='graph.npz', ", ''), 'config.py names no file for its graph; give --out'),
    (CONFIG.replace('table.json', 'gone.json'), 'gone.json'), (None, 'config.py')])
def test_bad_input_is_one_line(run_here, workspace, text, message):
    (workspace / 'config.py').unlink()
    if text is not None:
        (workspace / 'config.py').write_text(text)
    said = run_here(TOOL, 'config.py', fail=True, expect=2).splitlines()[-1]
    assert said.startswith('error: ') and message in said
    assert not (workspace / 'graph.npz').exists()


def test_names_in_brackets_are_shown_as_they_are(run_here, workspace):
    (workspace / 'table.json').write_text('[["cat [wild]", "x [/y]"], ["cat [wild]", "x [/y]"], ["cat [wild]", "c"]]')
    said = ' '.join(run_here(TOOL, 'config.py', '--out', 'a [b].npz').split())
    assert 'built a [b].npz' in said and 'cat [wild]' in said and 'x [/y]' in said
