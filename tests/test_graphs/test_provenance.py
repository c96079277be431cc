"""What a graph was made from, and that changed sources are noticed."""
import numpy as np
import pytest
from voc_files import write_voc

from kssnet_mm.graphs import LabelGraphBuilder, builder, provenance
from kssnet_mm.graphs.provenance import changed_files, comparable, describe_files, to_plain


def test_moved_folders_and_progress_bars_are_the_same_sources(tmp_path):
    one = dict(type='ConceptNetGraph', file='/a/c.csv.gz', aliases='/a/x.yaml', progress=False)
    two = dict(type='ConceptNetGraph', file='/b/c.csv.gz', aliases='/b/x.yaml')
    assert comparable(one) == comparable(two)
    assert comparable(dict(two, aliases='/b/y.yaml')) != comparable(two)
    assert comparable(dict(two, language='de')) != comparable(two)
    # as graphs were written before the setting had its present name
    assert comparable(dict(reading='mlgcn')) == comparable(dict(estimator='mlgcn'))


def test_comparable_cuts_paths_only():
    settings = dict(type='X', file='/data/a.csv', class_file='b/c.txt', name='x/y', files=['p/q', 'r'],
                    nested=(dict(ann_file='s/t.json'), ))
    assert comparable(settings) == dict(type='X', file='a.csv', class_file='c.txt', name='x/y',
                                        files=['q', 'r'], nested=[dict(ann_file='t.json')])
    assert to_plain(dict(a=np.float32(1), b={2, 1}, c=np.arange(2))) == dict(a=1.0, b=[1, 2], c=[0, 1])


def test_sources_are_described_and_changes_seen(tmp_path):
    (tmp_path / 'x.yaml').write_text('sofa: couch\n')
    settings = dict(knowledge=dict(aliases=str(tmp_path / 'x.yaml'), file=str(tmp_path / 'missing.csv')))
    described = describe_files(settings)
    # printf 'sofa: couch\n' | sha256sum
    digest = '6d40ba2d0d0a5f88a56c2b1ea9674761f1cabc3d1015d148ef92be7120a4c097'
    assert described == [dict(setting='knowledge.aliases', file='x.yaml', bytes=12, sha256=digest)]
    assert changed_files(settings, described) == []
    (tmp_path / 'x.yaml').write_text('sofa: coach\n')  # of the same size
    assert changed_files(settings, described) == ['x.yaml (knowledge.aliases)']
    # as graphs were written before settings were kept
    del described[0]['setting']
    assert changed_files(settings, described) == ['x.yaml (knowledge.aliases)']


def test_large_files_are_compared_by_size_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(provenance, 'HASHED_UP_TO', 3)
    (tmp_path / 'x.csv').write_text('abcd')
    settings = dict(file=str(tmp_path / 'x.csv'))
    described = describe_files(settings)
    (tmp_path / 'x.csv').write_text('abce')
    assert changed_files(settings, described) == []
    (tmp_path / 'x.csv').write_text('abcde')
    assert changed_files(settings, described) == ['x.csv (file)']


def test_files_of_one_name_are_told_apart(tmp_path):
    for folder in 'ab':
        (tmp_path / folder).mkdir()
        (tmp_path / folder / 'x.csv').write_text(folder)
    settings = dict(source=dict(ann_file=[str(tmp_path / folder / 'x.csv') for folder in 'ab']))
    described = describe_files(settings)
    assert [entry['setting'] for entry in described] == ['source.ann_file.0', 'source.ann_file.1']
    assert described[0]['sha256'] != described[1]['sha256'] and changed_files(settings, described) == []
    (tmp_path / 'b/x.csv').write_text('B')
    assert changed_files(settings, described) == ['x.csv (source.ann_file.1)']


def test_names_of_labels_are_no_paths(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ('dog', 'list.txt'):
        (tmp_path / name).write_text('dog\n')
    assert describe_files(dict(labels=['dog'], source=dict(classes=['dog'], name='dog'))) == []
    found = describe_files(dict(labels='list.txt', source=dict(class_names='list.txt')))
    assert [entry['setting'] for entry in found] == ['labels', 'source.class_names']


def rows(folder, name='list.json', label=0):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text('{"metainfo": {"classes": ["cat", "dog"]}, "data_list": [{"img_path": "x.jpg", '
                               f'"gt_label": [{label}]}}, {{"img_path": "y.jpg", "gt_label": [0, 1]}}]}}')


def load(file, source, monkeypatch):
    """What a build, or a read, of a graph says about its sources."""
    said = []
    monkeypatch.setattr(builder, 'print_log', lambda text, **_: said.append(text))
    graph = LabelGraphBuilder(statistical=dict(type='CooccurrenceGraph', source=source), file=file).load_or_build()
    return graph, [text for text in said if 'other versions' in text]


@pytest.mark.parametrize('wrap', [lambda leaf: leaf, lambda leaf: dict(type='ConcatDataset', datasets=[leaf, leaf])],
                         ids=['alone', 'wrapped'])
@pytest.mark.parametrize('as_config', [False, True])
def test_annotations_below_a_data_root_are_noticed(tmp_path, monkeypatch, wrap, as_config):
    rows(tmp_path / 'data')
    leaf = dict(type='MultiLabelDataset', data_root=str(tmp_path / 'data'), ann_file='list.json', pipeline=[])
    source = dict(type='DatasetLabels', dataset=wrap(leaf), scope='mmpretrain')
    if as_config:
        (tmp_path / 'config.py').write_text(f'train_dataloader = dict(dataset={wrap(leaf)!r})')
        source = dict(type='DatasetLabels', config=str(tmp_path / 'config.py'), scope='mmpretrain')
    file = str(tmp_path / 'graph.npz')
    graph, said = load(file, source, monkeypatch)
    assert 'list.json' in [entry['file'] for entry in graph.meta['files']] and said == []
    assert load(file, source, monkeypatch)[1] == []
    rows(tmp_path / 'data', label=1)  # of the same size
    said = load(file, source, monkeypatch)[1]
    assert len(said) == 1 and 'list.json (statistical.source.' in said[0]


def test_a_file_in_the_data_root_wins_over_one_of_the_working_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows(tmp_path / 'data', label=1)
    rows(tmp_path, label=0)
    settings = dict(data_root='data', ann_file='list.json')
    described = describe_files(settings)
    rows(tmp_path, label=1)
    assert changed_files(settings, described) == []
    rows(tmp_path / 'data', label=0)
    assert changed_files(settings, described) == ['list.json (ann_file)']


def test_annotations_of_voc_are_noticed(tmp_path, monkeypatch):
    folder, file = tmp_path / 'VOC2007', str(tmp_path / 'graph.npz')
    write_voc(folder, {'3': [('dog', 0)]}, 'test')
    write_voc(folder, {'1': [('dog', 0)], '2': [('dog', 0)]})
    source = dict(type='VOCLabels', data_root=str(folder))
    graph, _ = load(file, source, monkeypatch)
    assert [(entry['setting'], entry['file']) for entry in graph.meta['files']] == [
        ('statistical.source.split', 'trainval.txt'), ('statistical.source.data_root', 'Annotations/*.xml')]
    write_voc(folder, {'3': [('cat', 0)]}, 'test')  # of no split that was read
    assert load(file, source, monkeypatch)[1] == []
    write_voc(folder, {'1': [('dog', 0)], '2': [('cat', 0)]})
    said = load(file, source, monkeypatch)[1]
    assert len(said) == 1 and 'Annotations/*.xml (statistical.source.data_root);' in said[0]
    write_voc(folder, {'1': [('dog', 0)], '3': [('cat', 0)]})
    assert 'trainval.txt (statistical.source.split), Annotations' in load(file, source, monkeypatch)[1][0]


def test_data_sets_of_voc_are_noticed(tmp_path):
    write_voc(tmp_path, {'1': [('dog', 0)]}, 'val')
    settings = dict(type='DatasetLabels', dataset=dict(type='VOCMultiLabel', data_root=str(tmp_path), split='val'))
    described = describe_files(settings)
    write_voc(tmp_path, {'1': [('cat', 0)]}, 'val')
    assert changed_files(settings, described) == ['Annotations/*.xml (dataset.data_root)']


def test_class_lists_may_move_and_names_may_not():
    assert comparable(dict(type='LabelTable', file='x/t.csv', classes='x/classes.txt')) == comparable(
        dict(type='LabelTable', file='y/t.csv', classes='y/classes.txt'))
    assert comparable(dict(classes='x/a.txt')) != comparable(dict(classes='x/b.txt'))
    assert comparable(dict(labels=['a/b', 'c/b'])) == dict(labels=['a/b', 'c/b'])
    assert comparable(dict(data_prefix=dict(img_path='a/b'))) == dict(data_prefix=dict(img_path='b'))
    assert comparable(dict(data_prefix='a/b')) == dict(data_prefix='b')


def test_another_file_that_a_base_config_names_is_a_change(tmp_path):
    for name in 'ab':
        (tmp_path / f'{name}.csv').write_text('id,labels\n1,cat\n')

    def base(name):
        (tmp_path / 'base.py').write_text(
            f'train_dataloader = dict(dataset=dict(type="TableMultiLabel", ann_file={str(tmp_path / name)!r}))\n')

    base('a.csv')
    (tmp_path / 'cfg.py').write_text("_base_ = ['base.py']\n")
    settings = dict(statistical=dict(source=dict(type='DatasetLabels', config=str(tmp_path / 'cfg.py'))))
    described = describe_files(settings)
    assert changed_files(settings, described) == []
    base('b.csv')
    assert changed_files(settings, described) == ['b.csv (statistical.source.config.dataset.ann_file)']
