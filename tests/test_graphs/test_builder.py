"""From a config to a graph, to its file and back."""
import json
import multiprocessing
import os

import numpy as np
import pytest

from kssnet_mm.graphs import LabelGraph, LabelGraphBuilder, LabelMismatchError, ks_graph
from kssnet_mm.registry import TASK_UTILS

BUILDS = []
KNOWLEDGE = np.array([[0, 0, 2.], [0, 0, 0], [2, 0, 0]])
# a with b twice, a with c once
PAIRS = np.array([[0, 2, 1], [2, 0, 0], [1, 0, 0.]])


@TASK_UTILS.register_module()
class KnowledgeForBuilderTests:
    """Relates a label to another by the first letters of their names; notes what it was given."""

    def __init__(self, file=None):
        pass

    def build(self, labels, concepts=None):
        BUILDS.append((list(labels), concepts))
        order = ['abc'.index(label.strip().lower()[0]) for label in labels]
        return KNOWLEDGE[np.ix_(order, order)].astype(np.float32), dict(unmatched=np.int64(1))


@TASK_UTILS.register_module()
class EmbeddingForBuilderTests:

    def __init__(self, dim=2):
        self.dim = dim

    def build(self, labels, concepts=None):
        return np.array([[ord(label[0].lower())] * self.dim for label in labels], dtype=np.float32)


@pytest.fixture
def settings(tmp_path):
    (tmp_path / 'table.json').write_text('[["a", "b"], ["a", "b"], ["a", "c"]]')
    source = dict(type='LabelTable', file=str(tmp_path / 'table.json'))
    return dict(statistical=dict(type='CooccurrenceGraph', source=source, estimator='counts'),
                knowledge=dict(type='KnowledgeForBuilderTests'),
                embedding=dict(type='EmbeddingForBuilderTests'), file=str(tmp_path / 'graph.npz'))


def test_build_is_the_equations_on_the_priors(settings):
    graph = LabelGraphBuilder(**settings, lam=0.6, tau=0.1, eta=0.3).build()
    assert graph.labels == ['a', 'b', 'c'] and not os.path.exists(settings['file'])
    assert np.array_equal(graph.statistical, PAIRS) and np.array_equal(graph.knowledge, KNOWLEDGE)
    np.testing.assert_allclose(graph.adjacency, ks_graph(PAIRS, KNOWLEDGE, 0.6, 0.1, 0.3), rtol=1e-6)
    assert graph.embedding.tolist() == [[97, 97], [98, 98], [99, 99]]
    meta = json.loads(json.dumps(graph.meta))
    assert meta['builder']['lam'] == 0.6 and meta['knowledge'] == dict(unmatched=1)
    entry, = meta['files']
    assert entry['file'] == 'table.json' and len(entry['sha256']) == 64 and entry['bytes'] == 36
    assert os.path.dirname(settings['file']) not in json.dumps(meta)  # no machine's paths


def test_defaults_and_presets(settings):
    assert LabelGraphBuilder(**settings).values == dict(lam=.4, tau=.02, eta=.4, normalize=True,
                                                        renormalize=False)
    preset = LabelGraphBuilder(**settings, preset='released_charades', tau=0.05).values
    assert preset == dict(lam=.6, tau=.05, eta=.4, normalize=True, renormalize=True)
    graph = LabelGraphBuilder(**settings, preset='mlgcn').build()
    assert np.array_equal(graph.adjacency, PAIRS)


def test_pure_graphs_and_absent_priors(settings):
    both = {lam: LabelGraphBuilder(**settings, lam=lam).build().adjacency for lam in (0, 1)}
    alone = LabelGraphBuilder(**dict(settings, knowledge=None)).build()
    np.testing.assert_array_equal(both[1], alone.adjacency)
    assert alone.knowledge is None
    only = LabelGraphBuilder(**dict(settings, statistical=None, labels=['a', 'b', 'c'])).build()
    np.testing.assert_array_equal(both[0], only.adjacency)
    assert np.isfinite(only.adjacency).all() and only.isolated_labels == ['b']


def test_controls(settings):
    plain = LabelGraphBuilder(**settings, tau=0).build()
    identity = LabelGraphBuilder(**settings, control='identity').build()
    assert np.array_equal(identity.adjacency, np.eye(3)) and np.array_equal(identity.knowledge, KNOWLEDGE)
    moved = set()
    for seed in range(8):
        graph = LabelGraphBuilder(**settings, tau=0, control='shuffle', seed=seed).build()
        again = LabelGraphBuilder(**settings, tau=0, control='shuffle', seed=seed).build()
        assert np.array_equal(graph.adjacency, again.adjacency)
        assert np.array_equal(graph.embedding, plain.embedding)
        assert np.array_equal(graph.statistical, PAIRS)
        assert sorted(graph.adjacency.ravel()) == sorted(plain.adjacency.ravel())
        moved.add(graph.adjacency.tobytes())
    assert len(moved) > 2
    bare = LabelGraphBuilder(labels=['x', 'y'], control='identity').build()
    assert np.array_equal(bare.adjacency, np.eye(2)) and bare.labels == ['x', 'y']


def test_labels_in_the_asked_order_from_list_or_file(settings, tmp_path):
    (tmp_path / 'classes.txt').write_text('C\na\nb\n')
    for labels in (['C', 'a', 'b'], str(tmp_path / 'classes.txt')):
        graph = LabelGraphBuilder(**settings, labels=labels).build()
        assert graph.labels == ['C', 'a', 'b']
        assert np.array_equal(graph.statistical, [[0, 1, 0], [1, 0, 2], [0, 2, 0]])
        assert graph.embedding[:, 0].tolist() == [67 + 32, 97, 98]
    with pytest.raises(LabelMismatchError, match="LabelTable do not match; it lacks 1: 'dog'"):
        LabelGraphBuilder(**settings, labels=['a', 'dog']).build()


def test_load_or_build_writes_once_and_reads_back(settings):
    del BUILDS[:]
    builder = LabelGraphBuilder(**settings)
    built, read = builder.load_or_build(), LabelGraphBuilder(**settings).load_or_build()
    assert len(BUILDS) == 1 and built.labels == read.labels
    for name in ('statistical', 'knowledge', 'adjacency', 'embedding'):
        assert np.array_equal(getattr(built, name), getattr(read, name))
    assert np.array_equal(LabelGraph.load(settings['file']).adjacency, built.adjacency)


@pytest.mark.parametrize('changes', [dict(lam=0.9), dict(tau=0.2), dict(eta=0.1), dict(renormalize=True),
                                     dict(control='identity'), dict(control='shuffle', seed=3),
                                     dict(labels=['b', 'c', 'a']), dict(knowledge=None)])
def test_a_stored_graph_serves_other_cheap_settings(settings, changes):
    LabelGraphBuilder(**settings, control='shuffle', seed=1).load_or_build()
    os.unlink(settings['statistical']['source']['file'])  # what is stored is enough
    del BUILDS[:]
    read = LabelGraphBuilder(**dict(settings, **changes)).load_or_build()
    assert not BUILDS
    with open(settings['statistical']['source']['file'], 'w') as file:
        file.write('[["a", "b"], ["a", "b"], ["a", "c"]]')
    fresh = LabelGraphBuilder(**dict(settings, **changes)).build()
    assert read.labels == fresh.labels
    np.testing.assert_allclose(read.adjacency, fresh.adjacency, rtol=1e-6, atol=1e-7)
    assert np.array_equal(read.embedding, fresh.embedding)
    assert (read.knowledge is None) == (fresh.knowledge is None)


@pytest.mark.parametrize('control', ['identity', 'shuffle'])
@pytest.mark.parametrize('make', [LabelGraphBuilder.load_or_build, LabelGraphBuilder.rebuild])
def test_a_control_that_builds_the_file_leaves_the_graph_itself_there(settings, control, make):
    used = make(LabelGraphBuilder(**settings, tau=0, control=control))
    graph = LabelGraphBuilder(**dict(settings, file=None), tau=0)
    expected = LabelGraphBuilder(**dict(settings, file=None), tau=0, control=control).build()
    np.testing.assert_allclose(LabelGraph.load(settings['file']).adjacency, graph.build().adjacency, rtol=1e-6)
    np.testing.assert_allclose(used.adjacency, expected.adjacency, rtol=1e-6)
    assert not np.allclose(used.adjacency, graph.build().adjacency)


def test_other_sources_are_refused_by_name(settings):
    LabelGraphBuilder(**settings).load_or_build()
    other = dict(settings, embedding=dict(type='EmbeddingForBuilderTests', dim=5),
                 statistical=dict(settings['statistical'], estimator='pmi'))
    with pytest.raises(ValueError, match='another statistical and another embedding.*Delete the file'):
        LabelGraphBuilder(**other).load_or_build()
    with pytest.raises(LabelMismatchError, match="lacks 1: 'd'"):
        LabelGraphBuilder(**settings, labels=['a', 'b', 'c', 'd']).load_or_build()


def test_a_moved_data_folder_is_the_same_source(settings):
    LabelGraphBuilder(**settings).load_or_build()
    moved = dict(settings['statistical'], source=dict(type='LabelTable', file='elsewhere/table.json'))
    LabelGraphBuilder(**dict(settings, statistical=moved)).load_or_build()
    moved['source']['file'] = 'elsewhere/other.json'
    with pytest.raises(ValueError, match='another statistical'):
        LabelGraphBuilder(**dict(settings, statistical=moved)).load_or_build()


def test_an_imported_graph_is_used_as_it_is(settings):
    adjacency = np.array([[1, .5, 0], [0, 1, 0], [.25, 0, 1]], dtype=np.float32)
    LabelGraph(['c', 'a', 'b'], adjacency).save(settings['file'])
    read = LabelGraphBuilder(**settings, lam=0.9).load_or_build()
    assert read.labels == ['c', 'a', 'b'] and np.array_equal(read.adjacency, adjacency)
    moved = LabelGraphBuilder(file=settings['file'], labels=['a', 'b', 'c']).load_or_build()
    assert moved.adjacency[2, 0] == .5
    identity = LabelGraphBuilder(file=settings['file'], control='identity').load_or_build()
    assert np.array_equal(identity.adjacency, np.eye(3))
    shuffled = LabelGraphBuilder(file=settings['file'], control='shuffle', seed=1).load_or_build()
    assert sorted(shuffled.adjacency.ravel()) == sorted(adjacency.ravel())


def test_a_file_alone_speaks_for_what_is_left_open(settings):
    built = LabelGraphBuilder(**settings, lam=0.9, tau=0.3).load_or_build()
    assert np.array_equal(LabelGraphBuilder(file=settings['file']).load_or_build().adjacency,
                          built.adjacency)
    with pytest.raises(ValueError, match='no graph in .*absent.npz'):
        LabelGraphBuilder(file='absent.npz').load_or_build()


def test_concepts_reach_the_parts_under_the_graph_s_spelling(tmp_path):
    texts = dict(ann_file='id,actions,length\nA,c000 0 1;c001 0 1,3\n',
                 class_file='c000 Adding milk\nc001 Boiling\n', mapping_file='c000 o001 v000\nc001 o000 v001\n',
                 object_file='o000 None\no001 milk\n', verb_file='v000 add\nv001 boil\n')
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    source = dict(type='CharadesLabels', **{name: str(tmp_path / name) for name in texts})
    del BUILDS[:]
    LabelGraphBuilder(statistical=dict(type='CooccurrenceGraph', source=source),
                      knowledge=dict(type='KnowledgeForBuilderTests'),
                      labels=['BOILING', 'adding_milk']).build()
    assert BUILDS == [(['BOILING', 'adding_milk'], {
        'BOILING': dict(verb='boil', object=None),
        'adding_milk': dict(verb='add', object='milk')
    })]


@pytest.mark.parametrize('changes, match', [
    (dict(lam=1.5), 'lam must be between 0 and 1, got 1.5'), (dict(tau=-1), 'tau'), (dict(eta=2), 'eta'),
    (dict(control='none'), "'none'"), (dict(preset='coco'), "'coco'"),
    (dict(knowledge=None, lam=0), 'lam=0 asks for the knowledge graph alone'),
    (dict(statistical=None, lam=1), 'lam=1 asks for the statistical graph alone'),
    (dict(statistical=None, knowledge=None, file=None), 'give statistical or knowledge'),
    (dict(statistical=None, file=None), 'labels have to be given'),
    (dict(file='graph.pt'), "file must be an .npz, got 'graph.pt'"),
])
def test_bad_settings_are_named(settings, changes, match):
    with pytest.raises(ValueError, match=match):
        LabelGraphBuilder(**dict(settings, **changes))


def _build_in_a_process(settings, start, results):
    start.wait()
    results.put(LabelGraphBuilder(**settings).load_or_build().adjacency.tobytes())


def test_processes_may_build_at_once(settings):
    context = multiprocessing.get_context('fork')
    start, results = context.Barrier(3), context.Queue()
    workers = [context.Process(target=_build_in_a_process, args=(settings, start, results))
               for _ in range(3)]
    for worker in workers:
        worker.start()
    found = {results.get(timeout=60) for _ in workers}
    for worker in workers:
        worker.join()
    assert len(found) == 1 and [w.exitcode for w in workers] == [0, 0, 0]
    folder = os.path.dirname(settings['file'])
    assert not [name for name in os.listdir(folder) if name.endswith('.part')]
