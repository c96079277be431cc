"""CocoMultiLabel on a hand-made instances file."""
import json

import pytest
from media import Log, write_image
from mmengine.registry import DATASETS

CONTENT = dict(
    images=[dict(id=7, file_name='b.jpg'), dict(id=3, file_name='a.jpg'), dict(id=9, file_name='c.jpg')],
    categories=[dict(id=90, name='toothbrush'), dict(id=1, name='person'), dict(id=18, name='dog')],
    annotations=[dict(id=1, image_id=7, category_id=90), dict(id=2, image_id=7, category_id=1),
                 dict(id=3, image_id=7, category_id=1),
                 dict(id=4, image_id=9, category_id=18, iscrowd=1)])
PIPELINE = [dict(type='mmpretrain.LoadImageFromFile'), dict(type='mmpretrain.PackInputs')]


def build(tmp_path, content=CONTENT, **kwargs):
    (tmp_path / 'instances.json').write_text(json.dumps(content))
    return DATASETS.build({**dict(type='CocoMultiLabel', data_root=str(tmp_path), pipeline=[],
                                  ann_file='instances.json', data_prefix='images'), **kwargs})


def test_order_counts_and_paths(tmp_path):
    with Log() as messages:
        data = build(tmp_path)
    assert any('3 images, 1 without any label (dropped)' in text for text in messages)
    assert data.metainfo['classes'] == ('person', 'dog', 'toothbrush')  # by category id
    assert [data.get_data_info(i)['gt_label'] for i in range(len(data))] == [[0, 2], [1]]
    assert data.get_data_info(0)['img_path'] == str(tmp_path / 'images/b.jpg')
    with Log() as messages:
        data = build(tmp_path, keep_unlabelled=True)
    assert any('3 images, 1 without any label (kept)' in text for text in messages)
    assert [data.get_data_info(i)['img_id'] for i in range(3)] == [3, 7, 9]
    assert [data.get_cat_ids(i) for i in range(3)] == [[], [0, 2], [1]]


def test_other_files_and_orders_are_refused(tmp_path):
    with pytest.raises(ValueError, match='instances.json: image 4 has no file_name'):
        build(tmp_path, dict(CONTENT, images=CONTENT['images'] + [dict(id=4)]))
    with pytest.raises(ValueError, match='metainfo.classes differ'):
        build(tmp_path, metainfo=dict(classes=['dog', 'person', 'toothbrush']))


def test_bad_images_raise_or_are_replaced_in_training_alone(tmp_path):
    write_image(tmp_path / 'images/c.jpg')
    (tmp_path / 'images/b.jpg').write_bytes(b'no image')
    with pytest.raises(ValueError, match='b.jpg cannot be read'):
        build(tmp_path, pipeline=PIPELINE)[0]
    with Log() as messages:
        sample = build(tmp_path, pipeline=PIPELINE, on_bad_media='resample')[0]['data_samples']
    assert sample.gt_label.tolist() == [1] and any('b.jpg cannot be read' in m for m in messages)
    data = build(tmp_path, pipeline=PIPELINE, on_bad_media='resample', test_mode=True)
    assert len(data) == 2
    with pytest.raises(ValueError, match='b.jpg cannot be read'):
        data[0]
