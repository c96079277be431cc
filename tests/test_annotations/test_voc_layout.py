"""VOC's layout with other people's content: classes, images, names, encodings; data set and source read it alike."""
import numpy as np
import pytest
from mmengine.config import Config
from mmengine.registry import DATASETS
from voc_files import write_voc

from kssnet_mm.annotations.voc import read_objects, read_split
from kssnet_mm.datasets.verify import verify_config
from kssnet_mm.graphs import CooccurrenceGraph, VOCLabels

OBJECTS = {'a': [('Traffic Light', 0), ('tram', 0)], 'my photo 1': [('tram', 1)], 'c': [('bus stop', 0)], 'd': []}
CLASSES = ['tram', 'traffic_light', 'bus stop']
ROWS = [[1, 1, 0], [-1, 0, 0], [0, 0, 1], [0, 0, 0]]


@pytest.fixture
def root(tmp_path):
    write_voc(tmp_path, OBJECTS, 'mine')
    (tmp_path / 'JPEGImages').mkdir()
    for name in ('a.png', 'my photo 1.BMP', 'c.jpeg'):
        (tmp_path / 'JPEGImages' / name).touch()
    return tmp_path


def build(root, **settings):
    return DATASETS.build(dict(type='VOCMultiLabel', data_root=str(root), pipeline=[],
                               **{**dict(split='mine', classes=CLASSES), **settings}))


def source(root, **settings):
    defaults = dict(split='mine', classes=CLASSES, difficult='ignore', keep_unlabelled=True)
    return VOCLabels(root, **{**defaults, **settings})


def scores(data):
    return [data.get_data_info(i)['gt_score'] for i in range(len(data))]


def test_own_classes_images_and_names(root):
    data = build(root)
    assert data.metainfo['classes'] == tuple(CLASSES) and scores(data) == ROWS
    files = [data.get_data_info(i)['img_path'] for i in range(4)]
    assert files == [str(root / 'JPEGImages' / name) for name in ('a.png', 'my photo 1.BMP', 'c.jpeg', 'd.jpg')]
    labels, targets = source(root).load()
    assert labels == CLASSES and targets.toarray().tolist() == ROWS
    (root / 'names.txt').write_text('\n'.join(CLASSES))
    assert scores(build(root, classes='names.txt')) == ROWS
    assert source(root, classes=root / 'names.txt').load()[0] == CLASSES
    # fewer classes: what is left out is named
    some = dict(classes=['bus stop'], left_out=['tram', 'Traffic light'])
    assert scores(build(root, **some)) == [[0], [0], [1], [0]] == source(root, **some).load()[1].toarray().tolist()


@pytest.mark.parametrize('difficult, value', [('ignore', -1), ('positive', 1), ('negative', 0), (True, 1), (False, 0)])
def test_difficult_objects_by_policy_in_the_statistics(root, difficult, value):
    targets = source(root, difficult=difficult).load()[1].toarray()
    assert targets.tolist() == [ROWS[0], [value, 0, 0], *ROWS[2:]]
    _, _, summary = CooccurrenceGraph(source(root, difficult=difficult), estimator='counts').build()
    assert summary['label_counts'][0].tolist() == [1 + (value == 1), 4 - (value == -1)]
    with pytest.raises(ValueError, match="difficult must be one of .* got 'maybe'"):
        source(root, difficult='maybe')


def test_both_name_the_same_faults(root):
    listing = root / 'ImageSets/Main/mine.txt'
    listing.write_text('a\nc\n a \n')
    config = Config(dict(train_dataloader=dict(dataset=dict(
        type='VOCMultiLabel', data_root=str(root), split='mine', classes=['tram', 'bus stop'], pipeline=[]))))
    faults = verify_config(config, workers=0)[0].faults
    assert [(fault.kind, fault.where) for fault in faults if fault.kind not in ('empty file', 'missing file')] == [
        ('unknown label', f'{root}/Annotations/a.xml'), ('duplicate id', f'{listing}:3')]
    for read in (build, lambda *args, **kwargs: source(*args, **kwargs).load()):
        with pytest.raises(ValueError, match=r"mine.txt:3: 'a' was already on line 1"):
            read(root)
        with pytest.raises(ValueError, match=r"a.xml: 'Traffic Light' is not one of the classes; left_out="):
            read(root, classes=['tram', 'bus stop'])
        with pytest.raises(ValueError, match=r"a.xml: 'Traffic Light' is not a VOC class"):
            read(root, classes=['person'])
        with pytest.raises(ValueError, match='left_out must be a list of names'):
            read(root, left_out='tram')
        listing.write_bytes('Tür\n'.encode('latin-1'))
        with pytest.raises(ValueError, match='mine.txt:1: byte 0xfc is not UTF-8'):
            read(root)
        listing.write_text('a\nc\na\n')


def test_two_images_of_one_name(root):
    (root / 'JPEGImages/a.jpg').touch()
    with pytest.raises(ValueError, match="mine.txt:1: several images are called 'a': a.jpg, a.png"):
        build(root)


def test_lists_of_a_class_and_with_endings(root):
    listing, folder = root / 'ImageSets/Main/x.txt', root / 'Annotations'
    listing.write_text('\ufeffa  1\nc -1\n\nmy photo 1  0\nmy photo 1\nd.png\nmissing -1\n')
    assert read_split(listing, folder) == [(1, 'a'), (2, 'c'), (4, 'my photo 1'), (5, 'my photo 1'), (6, 'd'),
                                           (7, 'missing')]


@pytest.mark.parametrize('encoding', ['utf-8', 'utf-16', 'latin-1', 'gb2312', 'shift_jis', 'utf-8-sig'])
def test_annotations_in_the_encoding_that_they_declare(tmp_path, encoding):
    name = 'Tür' if encoding == 'latin-1' else '自行车' if encoding == 'gb2312' else '犬'
    declared = encoding.replace('-sig', '')
    text = f'<?xml version="1.0" encoding="{declared}"?>\n<a><object><name>{name}</name></object></a>'
    (tmp_path / 'a.xml').write_bytes(text.encode(encoding))
    assert read_objects(tmp_path / 'a.xml') == [(name, False)]


@pytest.mark.parametrize('content, match', [
    ('<a><object><name>Tür</name></object></a>'.encode('latin-1'), 'a.xml is not xml: .*not UTF-8 and declares no'),
    ('<?xml version="1.0" encoding="gb2312"?><a>\xff\xff</a>'.encode('latin-1'), 'a.xml cannot be read in .* gb2312'),
    (b'<?xml version="1.0" encoding="nope"?><a/>', 'a.xml .*nope|a.xml is not xml: unknown encoding'),
    (b'', 'a.xml is not xml: no element found')])
def test_annotations_that_cannot_be_read(tmp_path, content, match):
    (tmp_path / 'a.xml').write_bytes(content)
    with pytest.raises(ValueError, match=match):
        read_objects(tmp_path / 'a.xml')


def test_statistics_count_known_pairs_of_a_data_set(root):
    """By way of DatasetLabels, which sees -1 in gt_score."""
    statistics = dict(type='DatasetLabels', keep_unlabelled=True,
                      dataset=dict(type='VOCMultiLabel', data_root=str(root), split='mine', classes=CLASSES))
    _, matrix, summary = CooccurrenceGraph(statistics, estimator='conditional').build()
    assert summary['label_counts'].tolist() == [[1, 3], [1, 4], [1, 4]]
    assert np.array_equal(matrix, [[0, 1, 0], [1, 0, 0], [0, 0, 0]])
