"""COCO's format as others write it: what may be missing, what must be unique, and files of other kinds."""
import copy
import json

import pytest
from mmengine.config import Config
from mmengine.registry import DATASETS

from kssnet_mm.annotations.coco import read_instances
from kssnet_mm.datasets.verify import verify_config
from kssnet_mm.graphs import CocoLabels, CooccurrenceGraph

# No sizes, no ids of annotations; nulls wherever nothing is needed.
CONTENT = dict(
    info=None, images=[dict(id=1, file_name='a.jpg', width=None, height=None), dict(id=2, file_name='b.jpg')],
    categories=[dict(id=5, name='dog', supercategory=None), dict(id=3, name='Cat')],
    annotations=[dict(image_id=1, category_id=5, id=None, iscrowd=None, bbox=None),
                 dict(image_id=2, category_id=3, segmentation=None), dict(image_id=2, category_id=5)])


def changed(part, index, **values):
    """CONTENT with an entry changed, or one more if the index is -1."""
    content = copy.deepcopy(CONTENT)
    if index == -1:
        content[part].append(values)
    else:
        content[part][index] = {k: v for k, v in {**content[part][index], **values}.items() if v != 'gone'}
    return content


def write(tmp_path, content):
    (tmp_path / 'c.json').write_text(content if isinstance(content, str) else json.dumps(content))
    return tmp_path / 'c.json'


def read_all(tmp_path, content, **settings):
    """Labels by data set and by graph source, and the faults that verify finds."""
    path = write(tmp_path, content)
    config = dict(type='CocoMultiLabel', data_root=str(tmp_path), ann_file='c.json', pipeline=[], **settings)
    split, = verify_config(Config(dict(train_dataloader=dict(dataset=config))), workers=0)
    faults = [fault for fault in split.faults if fault.kind != 'missing file']

    def data_set():
        data = DATASETS.build(config)
        return data.metainfo['classes'], [data.get_data_info(i)['gt_score'] for i in range(len(data))]

    def source():
        labels, targets = CocoLabels(path, **settings).load()
        return tuple(labels), targets.toarray().tolist()

    return data_set, source, faults


def test_the_least_that_a_file_needs(tmp_path):
    data_set, source, faults = read_all(tmp_path, CONTENT)
    assert data_set() == source() == (('Cat', 'dog'), [[0, 1], [1, 1]]) and faults == []


@pytest.mark.parametrize('content, kind, message', [
    (changed('images', -1, id=1, file_name='c.jpg'), 'duplicate id', 'image 1 is there twice'),
    (changed('categories', -1, id=3, name='cup'), 'duplicate id', "category 3 is there twice, as 'Cat' and 'cup'"),
    (changed('categories', -1, id=7, name='dog'), 'duplicate id',
     "category 7, 'dog', has the name of category 5, 'dog'"),
    (changed('categories', -1, id=7, name='CAT'), 'duplicate id',
     "category 7, 'CAT', has the name of category 3, 'Cat'"),
    (changed('categories', -1, id=7, name=None), 'malformed annotation',
     'categories[2] needs an id and a name, it has 7 and None'),
    (changed('images', -1, file_name='x.jpg'), 'malformed annotation', 'images[2] (x.jpg) has no id'),
    (changed('images', -1, id=[1], file_name='x.jpg'), 'malformed annotation', 'images[2] (x.jpg) has no id'),
    (changed('annotations', 1, image_id=None), 'malformed annotation', 'annotations[1] has no image_id'),
    (changed('annotations', 1, id=8, category_id='gone'), 'malformed annotation', 'annotation 8 has no category_id'),
    (changed('annotations', -1, image_id='1', category_id=5), 'unknown image',
     'annotations[3] is of image 1, which is not in images'),
    (changed('annotations', -1, image_id=1, category_id={}), 'malformed annotation',
     'annotations[3] has no category_id'),
    (changed('annotations', -1, image_id=1, category_id=4), 'unknown label',
     'annotations[3] of image 1 has the category 4, which is not in categories'),
    (dict(CONTENT, annotations=[*CONTENT['annotations'], 7]), 'malformed annotation',
     "annotations[3] is '7' and not an object")])
def test_data_set_source_and_verify_name_the_same_entry(tmp_path, content, kind, message):
    data_set, source, faults = read_all(tmp_path, content)
    assert [(fault.kind, fault.where, fault.message) for fault in faults] == [(kind, f'{tmp_path}/c.json', message)]
    for read in (data_set, source):
        with pytest.raises(ValueError) as error:
            read()
        assert str(error.value) == f'{tmp_path}/c.json: {message}'


def test_of_two_images_of_one_id_the_first_stays(tmp_path):
    path = write(tmp_path, changed('images', -1, id=1, file_name='c.jpg'))
    images = read_instances(path, fault=lambda *fault: None)[1]
    assert [(image.id, image.file_name) for image in images] == [(1, 'a.jpg'), (2, 'b.jpg')]


@pytest.mark.parametrize('classes, names, rows', [
    (['dog', 'Cat'], ('dog', 'Cat'), [[1, 0], [1, 1]]), (['dog'], ('dog', ), [[1], [1]]), (['cat'], ('cat', ), [[1]])])
def test_classes_choose_categories_and_their_order(tmp_path, classes, names, rows):
    data_set, source, faults = read_all(tmp_path, CONTENT, classes=classes)
    assert data_set() == source() == (names, rows) and faults == []
    (tmp_path / 'list.txt').write_text('\n'.join(classes))
    config = dict(type='CocoMultiLabel', data_root=str(tmp_path), ann_file='c.json', pipeline=[], classes='list.txt')
    assert DATASETS.build(config).metainfo['classes'] == names
    assert CocoLabels(tmp_path / 'c.json', classes=tmp_path / 'list.txt').load()[0] == list(names)
    data_set, source, faults = read_all(tmp_path, CONTENT, classes=[*classes, 'cow'])
    assert "lacks 1: 'cow'" in faults[0].message
    for read in (data_set, source):
        with pytest.raises(ValueError, match="c.json do not match; it lacks 1: 'cow'"):
            read()


def test_a_category_that_groups_the_others(tmp_path):
    """As Roboflow exports them: category 0 has the name of the project and no annotation."""
    group = copy.deepcopy(CONTENT)
    for category in group['categories']:
        category['supercategory'] = 'animals'
    group['categories'].append(dict(id=0, name='animals', supercategory='none'))
    assert read_instances(write(tmp_path, group))[0] == ('animals', 'Cat', 'dog')
    data_set, source, _ = read_all(tmp_path, group, classes=['Cat', 'dog'])
    assert data_set() == source() == (('Cat', 'dog'), [[0, 1], [1, 1]])
    # the project has the name of a class
    for category, name in zip(group['categories'], ('dog', 'dog', 'dog')):
        category['supercategory'] = name
    group['categories'][2] = dict(id=0, name='dog', supercategory='none')
    data_set, source, faults = read_all(tmp_path, group)
    assert data_set() == source() == (('Cat', 'dog'), [[0, 1], [1, 1]]) and faults == []


def test_classes_that_a_file_does_not_speak_of_are_unknown(tmp_path):
    """LVIS names the categories that an image is known not to hold."""
    content = copy.deepcopy(CONTENT)
    content['categories'].append(dict(id=9, name='cup'))
    content['images'][0]['neg_category_ids'] = [9]
    content['images'][1]['neg_category_ids'] = []
    for unknown, rows in (('ignore', [[-1, 1, 0], [1, 1, -1]]), ('negative', [[0, 1, 0], [1, 1, 0]]),
                          ('positive', [[1, 1, 0], [1, 1, 1]])):
        data_set, source, faults = read_all(tmp_path, content, unknown=unknown)
        assert data_set() == source() == (('Cat', 'dog', 'cup'), rows) and faults == []
    with pytest.raises(ValueError, match=r'c.json: image \d+: of \d labels nobody says'):
        CocoLabels(tmp_path / 'c.json', unknown='error').load()
    _, matrix, summary = CooccurrenceGraph(CocoLabels(tmp_path / 'c.json'), estimator='conditional').build()
    # Cat is known in image 2 alone, which also holds dog; of dog's two images one tells of Cat
    assert matrix[:2, :2].tolist() == [[0, 1], [1, 0]]
    assert summary['label_counts'].tolist() == [[1, 1], [2, 2], [0, 1]]
    for kind in (CocoLabels, lambda path, **kw: DATASETS.build(dict(type='CocoMultiLabel', ann_file=str(path), **kw))):
        with pytest.raises(ValueError, match="unknown must be one of error, .*got 'drop'"):
            kind(tmp_path / 'c.json', unknown='drop')


@pytest.mark.parametrize('content, message', [
    ('', ' is empty'), ('  \n', ' is empty'), ('{"images": [', ' is not json'), ('[[1]]', '.* but a list, as'),
    ({k: v for k, v in CONTENT.items() if k != 'annotations'},
     r' has no annotations: it is not .*without annotations, .*\(2 images, 2 categories\)'),
    (dict(CONTENT, annotations=None), ' has no annotations: it is not'),
    (dict(images=CONTENT['images'], annotations=[dict(id=1, image_id=1, caption='a dog')]),
     r' has no categories: it is not a COCO instances file, but one of captions \(2 images, 1 annotations\)'),
    (dict(CONTENT, annotations=[dict(image_id=1, segments_info=[])]),
     ' is not a COCO instances file, but one of panoptic segments'),
    (dict(CONTENT, annotations=[]), r': no sample is left')])
def test_files_of_other_kinds_say_what_they_are(tmp_path, content, message):
    data_set, source, faults = read_all(tmp_path, content)
    assert len(faults) == 1
    for read in (data_set, source):
        with pytest.raises(ValueError, match=f'c.json{message}'):
            read()


def test_no_sample_left_says_how_many_there_were(tmp_path):
    data_set, source, faults = read_all(tmp_path, dict(CONTENT, annotations=[]))
    assert [fault.kind for fault in faults] == ['no samples']
    with pytest.raises(ValueError, match='no sample is left of 2 images; 2 hold none of the 2 classes'):
        data_set()
    with pytest.raises(ValueError, match="none of its 2 samples holds any of the 2 labels .'Cat', 'dog'.$"):
        source()
    data_set, source, faults = read_all(tmp_path, dict(CONTENT, annotations=[]), keep_unlabelled=True)
    assert data_set() == source() == (('Cat', 'dog'), [[0, 0], [0, 0]]) and faults == []
