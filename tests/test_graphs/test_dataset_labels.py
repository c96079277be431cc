"""Labels of data sets that are registered elsewhere, read without decoding an image."""
import json

import pytest
from mmengine.dataset import BaseDataset
from mmengine.registry import DATASETS

from kssnet_mm.graphs import DatasetLabels


def undecodable(tmp_path):
    """An annotation file for mmpretrain whose images do not exist."""
    content = dict(metainfo=dict(classes=['cat', 'dog', 'cup']),
                   data_list=[dict(img_path='gone.jpg', gt_label=[0, 2]),
                              dict(img_path='gone2.jpg', gt_label=[]),
                              dict(img_path='gone3.jpg', gt_label=[2])])
    (tmp_path / 'list.json').write_text(json.dumps(content))
    return tmp_path / 'list.json'


def test_a_config_of_mmpretrain(tmp_path):
    config = tmp_path / 'config.py'
    config.write_text(f"""
default_scope = 'mmpretrain'
leaf = dict(type='MultiLabelDataset', ann_file={str(undecodable(tmp_path))!r},
            pipeline=[dict(type='LoadImageFromFile'), dict(type='PackInputs')])
train_dataloader = dict(batch_size=1, dataset=dict(type='ConcatDataset', datasets=[leaf, leaf]))
""")
    labels, targets = DatasetLabels(config).load()
    assert labels == ['cat', 'dog', 'cup'] and targets.toarray().tolist() == [[1, 0, 1], [0, 0, 1]] * 2


@pytest.mark.parametrize('wrapper', [
    dict(type='RepeatDataset', times=3), dict(type='ClassBalancedDataset', oversample_thr=1.),
    dict(type='mmengine.RepeatDataset', times=2)], ids=str)
def test_a_sample_that_is_repeated_counts_once(tmp_path, wrapper):
    """Alone, inside of other wrappers and around them: three samples, of which one has no label, in each list."""
    leaf = dict(type='MultiLabelDataset', ann_file=str(undecodable(tmp_path)), pipeline=[])
    both = dict(type='ConcatDataset', datasets=[dict(wrapper, dataset=leaf), leaf])
    for dataset, times in ((dict(wrapper, dataset=leaf), 1), (both, 2), (dict(wrapper, dataset=both), 2)):
        targets = DatasetLabels(dataset=dataset, scope='mmpretrain').load()[1]
        assert targets.toarray().tolist() == [[1, 0, 1], [0, 0, 1]] * times


def test_a_data_set_of_mmaction(tmp_path):
    (tmp_path / 'list.txt').write_text('gone.mp4 0 2\ngone2.mp4 1\n')
    dataset = dict(type='VideoDataset', ann_file=str(tmp_path / 'list.txt'), multi_class=True,
                   num_classes=3, pipeline=[dict(type='DecordInit')])
    source = DatasetLabels(dataset=dataset, class_names=['a', 'b', 'c'], scope='mmaction')
    assert source.load()[1].toarray().tolist() == [[1, 0, 1], [0, 1, 0]]
    assert DatasetLabels(dataset=dataset, class_names=['a', 'b', 'c'], classes=['C'],
                         scope='mmaction').load()[1].toarray().tolist() == [[1]]
    with pytest.raises(ValueError, match='VideoDataset does not know the names'):
        DatasetLabels(dataset=dataset, scope='mmaction').load()


def test_other_data_sets_and_settings(tmp_path):

    @DATASETS.register_module(force=True)
    class UnlabelledForLabelSources(BaseDataset):

        def load_data_list(self):
            return [dict(img_path='x')]

    with pytest.raises(ValueError, match="sample 0 of Unlabelled.* has neither 'gt_label' nor 'label'"):
        DatasetLabels(dataset=dict(type='UnlabelledForLabelSources'), class_names=['a']).load()
    with pytest.raises(ValueError, match='give either config'):
        DatasetLabels()
    (tmp_path / 'config.py').write_text('model = dict()\n')
    with pytest.raises(ValueError, match='has no train_dataloader'):
        DatasetLabels(tmp_path / 'config.py').load()
