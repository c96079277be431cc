"""Label sources: every format on hand-made files, with the errors that name file and line."""
import json

import numpy as np
import pytest
from scipy import sparse
from shared_data import shared

from kssnet_mm.annotations.coco import COCO_CLASSES
from kssnet_mm.annotations.voc import VOC_CLASSES
from kssnet_mm.graphs import (CharadesLabels, CocoLabels, LabelGraphBuilder, LabelMismatchError, LabelTable,
                              VOCLabels)
from kssnet_mm.graphs.label_graph import SPARSE_FROM
from kssnet_mm.graphs.sources.charades import clip_range
from kssnet_mm.graphs.sources.targets import targets_from_sets

HEADER = 'id,subject,scene,quality,relevance,verified,script,objects,descriptions,actions,length\n'
ROWS = ('AAAAA,S1,Kitchen,6,7,Yes,"Opens, walks",cup,"a; b",c000 0.00 4.00;c001 3.00 9.50,12.00\n'
        'BBBBB,S2,Kitchen,6,7,Yes,"two\nlines",,x,c002 0.00 1.00;c000 6.00 7.00,8.00\n'
        'CCCCC,S3,Kitchen,6,7,Yes,x,,x,,5.00\n')


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
    assert targets.tolist() == [[1, 1, 0], [1, 0, 1]] and targets.dtype == np.uint8
    kept = CharadesLabels(keep_unlabelled=True, **charades).load()[1]
    assert kept.tolist() == [[1, 1, 0], [1, 0, 1], [0, 0, 0]]
    labels, targets = CharadesLabels(classes=['sitting', 'Holding a cup'], **charades).load()
    assert labels == ['sitting', 'Holding a cup'] and targets.tolist() == [[0, 1], [1, 1]]


def test_charades_clips_by_overlap_in_time(charades):
    targets = CharadesLabels(clip_seconds=2.5, keep_unlabelled=True, **charades).load()[1]
    assert targets.tolist() == [
        [1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 1, 0], [0, 0, 0],  # 12 s
        [0, 0, 1], [0, 0, 0], [1, 0, 0], [0, 0, 0],  # 8 s: c002 and c000 never together
        [0, 0, 0], [0, 0, 0]]  # 5 s


@pytest.mark.parametrize('start, end, seconds, clips', [(0, 1, 1, [0]), (0.3, 0.6, 0.1, [3, 4, 5]),
                                                        (2, 2, 1, [2]), (1.9, 2.1, 1, [1, 2]),
                                                        (3, 1, 1, [3]),
                                                        (0.6, 2.1, 0.3, [2, 3, 4, 5, 6])])
def test_clip_range(start, end, seconds, clips):
    assert list(clip_range(start, end, seconds)) == clips


def test_charades_concepts(charades):
    assert CharadesLabels(**charades).concepts() == {
        'Holding a cup': dict(verb='hold', object='cup'),
        'Taking a cup': dict(verb='take', object='cup'),
        'Sitting': dict(verb='sit', object=None)
    }
    bare = CharadesLabels(charades['ann_file'], charades['class_file'])
    assert bare.concepts() is None
    with pytest.raises(ValueError, match='object_file, verb_file is not given'):
        CharadesLabels(charades['ann_file'], charades['class_file'], charades['mapping_file'])


def test_coco_is_ordered_by_category_id(tmp_path):
    content = dict(
        images=[dict(id=7), dict(id=3), dict(id=5)],
        categories=[dict(id=90, name='toothbrush'), dict(id=1, name='person'), dict(id=18, name='dog')],
        annotations=[dict(id=1, image_id=3, category_id=18), dict(id=2, image_id=3, category_id=18),
                     dict(id=3, image_id=7, category_id=1, iscrowd=1),
                     dict(id=4, image_id=7, category_id=90)])
    path = tmp_path / 'instances.json'
    path.write_text(json.dumps(content))
    labels, targets = CocoLabels(path).load()
    assert labels == ['person', 'dog', 'toothbrush'] and targets.tolist() == [[1, 0, 1], [0, 1, 0]]
    assert CocoLabels(path, crowd=False).load()[1].tolist() == [[0, 0, 1], [0, 1, 0]]
    assert len(CocoLabels(path, keep_unlabelled=True).load()[1]) == 3


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
    packed = np.packbits(targets, axis=1)
    assert all(np.array_equal(packed[i], rows[key]) for i, key in enumerate(ids))


def test_vocs_names_in_one_word_are_looked_up_as_their_words(tmp_path):
    (tmp_path / 'ImageSets/Main').mkdir(parents=True)
    (tmp_path / 'Annotations').mkdir()
    (tmp_path / 'ImageSets/Main/trainval.txt').write_text('1\n')
    (tmp_path / 'Annotations/1.xml').write_text('<annotation><object><name>dog</name></object></annotation>')
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
    (tmp_path / 'ImageSets/Main').mkdir(parents=True)
    (tmp_path / 'Annotations').mkdir()
    (tmp_path / 'ImageSets/Main/trainval.txt').write_text('000001\n000002\n')
    thing = '<object><name>{}</name><difficult>{}</difficult></object>'
    first, second = (tmp_path / f'Annotations/00000{i}.xml' for i in (1, 2))
    first.write_text('<annotation>' + thing.format('dog', 0) + thing.format('cat', 1) + '</annotation>')
    second.write_text('<annotation>' + thing.format('person', 1) + '</annotation>')
    labels, targets = VOCLabels(tmp_path).load()
    assert len(labels) == 20 and labels == sorted(labels)
    assert [labels[i] for i in np.flatnonzero(targets[0])] == ['dog'] and len(targets) == 1
    _, targets = VOCLabels(tmp_path, difficult=True, classes=['person', 'dog', 'cat']).load()
    assert targets.tolist() == [[0, 1, 1], [1, 0, 0]]
    second.write_text('<annotation>' + thing.format('unicorn', 0) + '</annotation>')
    with pytest.raises(ValueError, match="000002.xml: 'unicorn' is not a VOC class"):
        VOCLabels(tmp_path).load()


def test_tables_of_arrays(tmp_path):
    targets = np.array([[1, 0, 0, 0, 0, 0, 0, 0, 1], [0, 1, 0, 0, 0, 0, 0, 0, 0]], dtype=np.uint8)
    labels, csr = list('abcdefghi'), sparse.csr_array(targets)
    np.savez(tmp_path / 'a.npz', labels=labels, dense=targets, packed=np.packbits(targets, axis=1),
             **{'csr.indices': csr.indices, 'csr.indptr': csr.indptr})
    for key in ('dense', 'packed', 'csr'):
        names, read = LabelTable(tmp_path / 'a.npz', key=key).load()
        assert names == labels
        assert np.array_equal(read.toarray() if sparse.issparse(read) else read, targets)
    with pytest.raises(ValueError, match="it has no 'targets', but 'labels'"):
        LabelTable(tmp_path / 'a.npz').load()


@pytest.mark.parametrize('name', ['t.csv', 't.json'])
def test_tables_of_text(tmp_path, name):
    (tmp_path / 't.csv').write_text('id,labels\n1,cat;dog\n1,\n3,dog\n')
    (tmp_path / 't.json').write_text('{"labels": ["cat", "dog"], "targets": [[1, 1], [0, 0], [0, 1]]}')
    labels, targets = LabelTable(tmp_path / name).load()
    assert labels == ['cat', 'dog'] and targets.tolist() == [[1, 1], [0, 1]]
    assert LabelTable(tmp_path / name, keep_unlabelled=True).load()[1].tolist() == [[1, 1], [0, 0], [0, 1]]


def test_table_of_another_kind(tmp_path):
    (tmp_path / 't.npz').write_text('no zip')
    with pytest.raises(ValueError, match='is not a table of labels'):
        LabelTable(tmp_path / 't.npz').load()
    with pytest.raises(ValueError, match=r"got 'labels.xls'"):
        LabelTable('labels.xls')


def test_many_labels_are_stored_sparse():
    targets = targets_from_sets([{0, 5}, set(), {SPARSE_FROM - 1}], SPARSE_FROM)
    assert sparse.issparse(targets) and targets.sum() == 3 and targets[2, SPARSE_FROM - 1] == 1
    assert not sparse.issparse(targets_from_sets([{0}], SPARSE_FROM - 1))
    with pytest.raises(ValueError, match=r'label index 4 is outside 0\.\.3'):
        targets_from_sets([{4}], 4)


def test_settings_are_checked(charades):
    with pytest.raises(ValueError, match='clip_seconds must be positive'):
        CharadesLabels(clip_seconds=0, **charades)
    charades['ann_file'].write_text(HEADER + ROWS.replace('c002', 'c099'))
    with pytest.raises(ValueError, match="ann_file.txt:4: the class 'c099' is not in the class file"):
        CharadesLabels(**charades).load()


def test_a_class_that_the_source_lacks(charades):
    with pytest.raises(LabelMismatchError, match="class_file.txt do not match; it lacks 1: 'Flying'"):
        CharadesLabels(classes=['Sitting', 'Flying'], **charades).load()
