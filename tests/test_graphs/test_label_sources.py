"""Label sources: every format on hand-made files, with the errors that name file and line."""
import json

import numpy as np
import pytest
from scipy import sparse
from shared_data import shared
from voc_files import write_voc

from kssnet_mm.annotations.coco import COCO_CLASSES
from kssnet_mm.annotations.voc import VOC_CLASSES
from kssnet_mm.graphs import (CharadesLabels, CocoLabels, LabelGraphBuilder, LabelMismatchError, LabelTable,
                              VOCLabels)
from kssnet_mm.graphs.label_graph import SPARSE_FROM
from kssnet_mm.graphs.sources.charades import clip_range
from kssnet_mm.graphs.sources.targets import targets_from_sets

HEADER = 'id,script,actions,length\n'
ROWS = ('AAAAA,x,c000 0.00 4.00;c001 3.00 9.50,12.00\nBBBBB,x,c002 0.00 1.00;c000 6.00 7.00,8.00\n'
        'CCCCC,x,,5.00\n')


@pytest.fixture
def charades(tmp_path):
    files = dict(ann_file=HEADER + ROWS,
                 class_file='c000 Holding a cup\nc001 Taking a cup\nc002 Sitting\n',
                 mapping_file='c000 o001 v000\nc001 o001 v001\nc002 o000 v002\n',
                 object_file='o000 None\no001 cup\n', verb_file='v000 hold\nv001 take\nv002 sit\n')
    for name, text in files.items():
        (tmp_path / f'{name}.txt').write_text(text)
    return {name: tmp_path / f'{name}.txt' for name in files}


def test_charades_videos(charades):
    labels, targets = CharadesLabels(**charades).load()
    assert labels == ['Holding a cup', 'Taking a cup', 'Sitting']
    assert targets.toarray().tolist() == [[1, 1, 0], [1, 0, 1]] and targets.dtype == np.uint8
    kept = CharadesLabels(keep_unlabelled=True, **charades).load()[1]
    assert kept.toarray().tolist() == [[1, 1, 0], [1, 0, 1], [0, 0, 0]]
    labels, targets = CharadesLabels(classes=['sitting', 'Holding a cup'], **charades).load()
    assert labels == ['sitting', 'Holding a cup'] and targets.toarray().tolist() == [[0, 1], [1, 1]]


def test_a_video_in_two_of_charades_files(charades, tmp_path):
    (tmp_path / 'more.csv').write_text(HEADER + 'DDDDD,x,c000 0 1,2\nAAAAA,x,c001 0 1,2\n')
    files = [charades['ann_file'], tmp_path / 'more.csv']
    with pytest.raises(ValueError, match="more.csv:3: the video 'AAAAA' was already at .*ann_file.txt:2"):
        CharadesLabels(files, charades['class_file']).load()


def test_charades_clips_by_overlap_in_time(charades):
    targets = CharadesLabels(clip_seconds=2.5, keep_unlabelled=True, **charades).load()[1]
    assert targets.toarray().tolist() == [
        [1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 1, 0], [0, 0, 0],  # 12 s
        [0, 0, 1], [0, 0, 0], [1, 0, 0], [0, 0, 0],  # 8 s: c002 and c000 never together
        [0, 0, 0], [0, 0, 0]]  # 5 s


@pytest.mark.parametrize('start, end, seconds, clips', [(0, 1, 1, [0]), (0.3, 0.6, 0.1, [3, 4, 5]),
                                                        (2, 2, 1, [2]), (1.9, 2.1, 1, [1, 2]),
                                                        (3, 1, 1, [3]),
                                                        (0.6, 2.1, 0.3, [2, 3, 4, 5, 6])])
def test_clip_range(start, end, seconds, clips):
    assert list(clip_range(start, end, seconds)) == clips


def test_charades_concepts_need_three_files(charades):
    assert CharadesLabels(**charades).concepts()['Sitting'] == dict(verb='sit', object=None)
    assert CharadesLabels(charades['ann_file'], charades['class_file']).concepts() is None
    with pytest.raises(ValueError, match='object_file, verb_file is not given'):
        CharadesLabels(charades['ann_file'], charades['class_file'], charades['mapping_file'])


def test_coco(tmp_path):
    path = tmp_path / 'instances.json'
    path.write_text(json.dumps(dict(
        images=[dict(id=7), dict(id=3), dict(id=5)], categories=[dict(id=90, name='toothbrush'), dict(id=1, name='dog')],
        annotations=[dict(id=1, image_id=3, category_id=1), dict(id=2, image_id=7, category_id=1, iscrowd=1),
                     dict(id=3, image_id=7, category_id=90)])))
    labels, targets = CocoLabels(path).load()
    assert labels == ['dog', 'toothbrush'] and targets.toarray().tolist() == [[1, 1], [1, 0]]
    assert CocoLabels(path, crowd=False).load()[1].toarray().tolist() == [[0, 1], [1, 0]]
    assert CocoLabels(path, keep_unlabelled=True).load()[1].shape == (3, 2)


def test_coco_mini_agrees_with_the_label_rows():
    path = shared('coco-mini/annotations/instances_val2014.json')
    labels, targets = CocoLabels(path, classes=sorted(COCO_CLASSES), keep_unlabelled=True).load()
    assert CocoLabels(path).load()[0] == list(COCO_CLASSES)
    ids = [image['id'] for image in json.loads(path.read_text())['images']]
    with np.load(shared('coco2014_labels.npz')) as file:
        # coco-mini's own split draws from both of COCO's.
        rows = {int(key): row for split in ('train', 'val')
                for key, row in zip(file[f'{split}_ids'], file[split])}
        assert labels == file['classes'].tolist()
    packed = np.packbits(targets.toarray(), axis=1)
    assert all(np.array_equal(packed[i], rows[key]) for i, key in enumerate(ids))


def test_vocs_names_in_one_word_are_looked_up_as_their_words(tmp_path):
    write_voc(tmp_path, {'1': [('dog', 0)]})
    in_one = ('diningtable', 'pottedplant', 'tvmonitor')
    words = [name for name in VOC_CLASSES if name not in in_one]
    words += ['dining', 'table', 'potted', 'plant', 'tv', 'monitor']
    (tmp_path / 'vectors.txt').write_text(''.join(f'{word} {k} 1\n' for k, word in enumerate(words)))
    graph = LabelGraphBuilder(
        statistical=dict(type='CooccurrenceGraph', source=dict(type='VOCLabels', data_root=str(tmp_path))),
        embedding=dict(type='WordVectorEmbedding', file=str(tmp_path / 'vectors.txt'))).build()
    rows = dict(zip(graph.labels, graph.embedding.tolist()))
    assert rows['dog'] == [words.index('dog'), 1]
    assert [rows[name] for name in in_one] == [[17.5, 1], [19.5, 1], [21.5, 1]]  # means of 17 and 18, and so on


def test_voc_ignores_difficult_objects(tmp_path):
    write_voc(tmp_path, {'000001': [('dog', 0), ('cat', 1)], '000002': [('person', 1)]})
    labels, targets = VOCLabels(tmp_path).load()
    assert len(labels) == 20 and labels == sorted(labels)
    assert [labels[i] for i in targets[[0]].indices] == ['dog'] and targets.shape[0] == 1
    _, targets = VOCLabels(tmp_path, difficult=True, classes=['person', 'dog', 'cat']).load()
    assert targets.toarray().tolist() == [[0, 1, 1], [1, 0, 0]]


def test_tables_of_arrays(tmp_path):
    targets = np.array([[1, 0, 0, 0, 0, 0, 0, 0, 1], [0, 1, 0, 0, 0, 0, 0, 0, 0]], dtype=np.uint8)
    labels, csr = list('abcdefghi'), sparse.csr_array(targets)
    np.savez(tmp_path / 'a.npz', labels=labels, dense=targets, packed=np.packbits(targets, axis=1),
             **{'csr.indices': csr.indices, 'csr.indptr': csr.indptr})
    for key in ('dense', 'packed', 'csr'):
        names, read = LabelTable(tmp_path / 'a.npz', key=key).load()
        assert names == labels
        assert np.array_equal(read.toarray(), targets)
    with pytest.raises(ValueError, match="it has no 'targets', but 'labels'"):
        LabelTable(tmp_path / 'a.npz').load()


@pytest.mark.parametrize('name', ['t.csv', 't.json'])
def test_tables_of_text(tmp_path, name):
    (tmp_path / 't.csv').write_text('id,labels\n1,cat;dog\n2,\n3,dog\n')
    (tmp_path / 't.json').write_text('{"labels": ["cat", "dog"], "targets": [[1, 1], [0, 0], [0, 1]]}')
    labels, targets = LabelTable(tmp_path / name).load()
    assert labels == ['cat', 'dog'] and targets.toarray().tolist() == [[1, 1], [0, 1]]
    assert LabelTable(tmp_path / name, keep_unlabelled=True).load()[1].toarray().tolist() == [[1, 1], [0, 0], [0, 1]]


def test_table_of_another_kind(tmp_path):
    (tmp_path / 't.npz').write_text('no zip')
    with pytest.raises(ValueError, match='is not a table of labels'):
        LabelTable(tmp_path / 't.npz').load()
    with pytest.raises(ValueError, match=r"got 'labels.xls'"):
        LabelTable('labels.xls')


def test_many_labels_are_stored_sparse():
    targets = targets_from_sets([{0, 5}, set(), {SPARSE_FROM - 1}], SPARSE_FROM)
    assert sparse.issparse(targets) and targets.sum() == 3 and targets[2, SPARSE_FROM - 1] == 1
    with pytest.raises(ValueError, match=r'label index 4 is outside 0\.\.3'):
        targets_from_sets([{4}], 4)


def test_settings_are_checked(charades):
    with pytest.raises(ValueError, match='clip_seconds must be positive'):
        CharadesLabels(clip_seconds=0, **charades)
    with pytest.raises(LabelMismatchError, match="class_file.txt do not match; it lacks 1: 'Flying'"):
        CharadesLabels(classes=['Sitting', 'Flying'], **charades).load()
