"""COCO's instances files and VOC's folders: what is read, and that faults are named or collected."""
import json

import pytest
from voc_files import write_voc

from kssnet_mm.annotations.coco import read_instances
from kssnet_mm.annotations.voc import read_images, split_files

COCO = dict(images=[dict(id=7, file_name='b.jpg'), dict(id=3, file_name='a.jpg'), dict(id=9)],
            categories=[dict(id=90, name='toothbrush'), dict(id=1, name='person'), dict(id=18, name='dog')],
            annotations=[dict(id=1, image_id=7, category_id=90), dict(id=2, image_id=7, category_id=1),
                         dict(id=3, image_id=7, category_id=1), dict(id=4, image_id=9, category_id=18, iscrowd=1)])


def instances(tmp_path, content, **kwargs):
    (tmp_path / 'i.json').write_text(content if isinstance(content, str) else json.dumps(content))
    return read_instances(tmp_path / 'i.json', **kwargs)


def test_coco(tmp_path):
    classes, images = instances(tmp_path, COCO)
    assert classes == ('person', 'dog', 'toothbrush')  # by category id
    assert [image[:3] for image in images] == [(7, 'b.jpg', {0, 2}), (3, 'a.jpg', set()), (9, '', {1})]
    assert not any(image.unknown for image in images)
    assert instances(tmp_path, COCO, crowd=False)[1][2].labels == set()


FAULTS = [('images', dict(id=3, file_name='d.jpg'), 'duplicate id', 'image 3 is there twice'),
          ('images', dict(id=4, file_name='d.jpg', width=0, height=5), 'zero size', 'image 4 (d.jpg) is 0 x 5 pixels'),
          ('annotations', dict(id=5, image_id=7, category_id=2), 'unknown label',
           'annotation 5 of image 7 has the category 2, which is not in categories'),
          ('annotations', dict(id=6, image_id=8, category_id=1), 'unknown image',
           'annotation 6 is of image 8, which is not in images')]


@pytest.mark.parametrize('part, entry, kind, message', FAULTS)
def test_faults_of_coco(tmp_path, part, entry, kind, message):
    content, found = dict(COCO, **{part: COCO[part] + [entry]}), []
    with pytest.raises(ValueError) as error:
        instances(tmp_path, content)
    assert str(error.value) == f'{tmp_path}/i.json: {message}'
    instances(tmp_path, content, fault=lambda *fault: found.append(fault))
    assert found == [(kind, f'{tmp_path}/i.json', message)]


@pytest.mark.parametrize('content, match', [
    ('{', 'i.json is not json'), ('[]', 'no images and no annotations and no categories: it is not a COCO'),
    (dict(COCO, categories=[]), 'i.json has no categories: it is not a COCO instances file')])
def test_other_files_than_cocos(tmp_path, content, match):
    with pytest.raises(ValueError, match=match):
        instances(tmp_path, content)


def test_voc(tmp_path):
    listing, folder = split_files(tmp_path, 'val')
    assert listing == tmp_path / 'ImageSets/Main/val.txt' and folder == tmp_path / 'Annotations'
    write_voc(tmp_path, {1: [('dog', 0), ('cat', 1)], 2: [], 4: [('unicorn', 0)], 5: [(' ', 0)]}, 'val')
    (folder / '3.xml').write_text('<annotation><x></annotation>')
    listing.write_text('1\n2 -1\n\n2\n3\n4\n5\n')
    found = []
    images = list(read_images(listing, folder, fault=lambda *fault: found.append(fault)))
    assert images == [('1', [('dog', False), ('cat', True)], f'{listing}:1'), ('2', [], f'{listing}:2'),
                      ('4', [], f'{listing}:6')]
    assert [(kind, where) for kind, where, _ in found] == [
        ('duplicate id', f'{listing}:4'), ('malformed annotation', f'{listing}:5'),
        ('unknown label', f'{folder}/4.xml'), ('malformed annotation', f'{listing}:7')]
    assert [text.replace(f'{folder}/', '') for _, _, text in found] == [
        "'2' was already on line 2", '3.xml is not xml: mismatched tag: line 1, column 17',
        "'unicorn' is not a VOC class", '5.xml: an object without a name']
    (folder / '1.xml').unlink()
    with pytest.raises(ValueError, match='val.txt:1: .*1.xml: this annotation is missing'):
        list(read_images(listing, folder))
