"""Which features of the cache are those of a config."""
import os
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.model import PretrainedInit
from timm_stand_in import put_into_place_of_timm
from tiny_models import RESNET

from kssnet_mm.apis.features import FeatureExtractor, extract_features, refuse_common
from kssnet_mm.evaluation.metrics.sample_ids import SampleName
from kssnet_mm.reports.graph_comparison import FeatureTable, split_table


@pytest.mark.parametrize('backbone', [
    lambda path: dict(init_cfg=dict(type='Pretrained', checkpoint=path)), lambda path: dict(pretrained=path),
    lambda path: dict(init_cfg=[dict(type='Kaiming', layer='Conv2d'), dict(type=PretrainedInit, checkpoint=path)])],
    ids=['init_cfg', 'pretrained', 'list'])
def test_other_weights_under_the_same_name_are_others(tmp_path, backbone):
    """mmpretrain's networks and mmaction2's name them differently."""
    weights = tmp_path / 'weights.pth'
    data = dict(dataset=dict(type='X', pipeline=[]))
    cfg = Config(dict(default_scope='mmpretrain', train_dataloader=data, test_dataloader=data,
                      model=dict(head=dict(type='Y'), backbone=dict(type='Z', **backbone(str(weights))))))
    names = []
    for content in (b'first', b'first', b'another'):
        if not weights.exists() or weights.read_bytes() != content:
            weights.write_bytes(content)
        names.append(FeatureExtractor(cfg, str(tmp_path)).folder('train'))
    assert names[0] == names[1] != names[2]


STEPS = [dict(type='LoadImageFromFile'), dict(type='Resize', scale=32), dict(type='PackInputs')]


@pytest.fixture()
def photos(tmp_path):
    """Makes a data set's config of images called by their numbers, which differ."""
    def make(name, numbers):
        (tmp_path / 'img').mkdir(exist_ok=True)
        for i in numbers:
            picture = np.random.default_rng(i).integers(0, 256, (32, 32, 3), dtype=np.uint8)
            cv2.imwrite(str(tmp_path / f'img/{i}.png'), picture)
        (tmp_path / f'{name}.csv').write_text('file,a,b\n' + ''.join(f'{i}.png,{i % 2},1\n' for i in numbers))
        return dict(type='TableMultiLabel', ann_file=str(tmp_path / f'{name}.csv'),
                    data_prefix=dict(img_path=str(tmp_path / 'img')), classes=['a', 'b'], pipeline=STEPS)
    return make


def config(train, test, backbone=RESNET, **head):
    return Config(dict(
        default_scope='mmpretrain', train_dataloader=dict(dataset=train), test_dataloader=dict(dataset=test),
        model=dict(type='ImageClassifier', backbone=backbone, head=dict(dict(
            type='KSSNetHead', num_classes=2, in_channels=64, classifier=dict(type='LinearClassifier')), **head))))


def extract(tmp_path, cfg):
    return extract_features(cfg, str(tmp_path / 'cache'), lambda *_: None, device='cpu')


def test_joined_data_sets_are_one_and_repeated_ones_count_once(tmp_path, photos):
    first, second, test = photos('first', [1, 2, 3]), photos('second', [4, 5]), photos('test', [6, 7])
    joined = dict(type='ConcatDataset', datasets=[dict(type='RepeatDataset', times=2, dataset=first), second])
    balanced = dict(type='ClassBalancedDataset', oversample_thr=.9, dataset=joined)
    found, other = extract(tmp_path, config(balanced, test))
    assert found.ids == [f'{i}.png' for i in range(1, 6)]
    assert found.targets.tolist() == [[1, 1], [0, 1], [1, 1], [0, 1], [1, 1]] and found.features.shape == (5, 64)
    assert [os.path.basename(path) for path in other.paths] == ['6.png', '7.png'] and found.classes == ['a', 'b']


def test_a_fold_is_that_fold(tmp_path, photos):
    """Six samples in three folds: two to test on, four others to train on."""
    every = photos('all', range(6))
    train, test = (dict(type='KFoldDataset', dataset=every, fold=1, num_splits=3, seed=None, test_mode=last)
                   for last in (False, True))
    found, other = extract(tmp_path, config(train, test))
    assert [os.path.basename(path)[0] for path in found.paths] == list('0145')
    assert [os.path.basename(path)[0] for path in other.paths] == list('23')


def test_samples_to_train_and_to_test_on_are_others(tmp_path, photos):
    cfg = config(photos('train', [1, 2, 3]), photos('test', [2, 4]))
    with pytest.raises(ValueError, match=r"1 training samples are test samples too \('.*2.png'\)"):
        extract(tmp_path, cfg)
    assert not (tmp_path / 'cache').exists()
    # each split may count its own ids, and other folders may have the same file names
    refuse_common([SampleName('1', 'train/1.jpg')], [SampleName('1', 'test/1.jpg')])
    with pytest.raises(ValueError, match="'7'"):
        refuse_common([SampleName('7', None)], [SampleName('7', None), SampleName('8', None)])


@pytest.mark.parametrize('inside', [True, False], ids=['LabelGraphBackbone', 'plain'])
@pytest.mark.parametrize('name', ['torchvision.resnet18', 'timm.resnet18'])
def test_backbones_of_other_packages_give_their_pooled_features(tmp_path, photos, name, inside):
    if name.startswith('timm'):
        pytest.importorskip('timm')
    backbone = dict(type=name)
    if inside:
        backbone = dict(type='LabelGraphBackbone', backbone=backbone, gcn=dict(type='LabelGCN'))
    found, _ = extract(tmp_path, config(photos('train', [1, 2]), photos('test', [3, 4]), backbone))
    assert found.features.shape == (2, 512) and np.ptp(found.features, axis=0).max() > 0


def test_pathways_are_joined_as_by_the_classifier(tmp_path, photos):
    """The last two maps have 32 and 64 channels."""
    data = photos('train', [1, 2]), photos('test', [3, 4])
    cfg = config(*data, dict(RESNET, out_indices=(2, 3)), classifier=dict(type='LinearClassifier', pathways=2))
    assert extract(tmp_path, cfg)[0].features.shape == (2, 96)


def test_ids_that_come_twice_are_not_split():
    table = FeatureTable(np.eye(3, dtype=np.float32), np.eye(3, dtype=np.int8), list('abc'), ['1', '2', '1'])
    with pytest.raises(ValueError, match="several samples have one id .*'1'"):
        split_table(table, 1)


def extractor(folder, backbone):
    """Of a data set of two images of 2 x 2 pixels, with the values 2 and 4."""
    for value in (2, 4):
        cv2.imwrite(str(folder / f'{value}.png'), np.full((2, 2, 3), value, np.uint8))
    (folder / 'table.json').write_text('{"2.png": ["a"], "4.png": ["b"]}')
    loader = dict(dataset=dict(
        type='TableMultiLabel', ann_file='table.json', data_root=str(folder), metainfo=dict(classes=['a', 'b']),
        pipeline=[dict(type='LoadImageFromFile'), dict(type='PackInputs')]))
    return FeatureExtractor(Config(dict(
        default_scope='mmpretrain', train_dataloader=loader, test_dataloader=loader,
        model=dict(type='ImageClassifier', head=dict(type='KSSNetHead', num_classes=2, in_channels=4),
                   backbone=dict(type='LabelGraphBackbone', backbone=backbone)))), str(folder / 'cache'), device='cpu')


def test_pretrained_features_of_timm(tmp_path, monkeypatch):
    """By hand: weights of .5 make .5 * (2 + 2 + 2) = 3 and .5 * (4 + 4 + 4) = 6."""
    put_into_place_of_timm(monkeypatch)
    features = extractor(tmp_path, dict(type='timm.net', pretrained=True))('test').features
    np.testing.assert_allclose(features, [[3.] * 4, [6.] * 4])


@pytest.mark.parametrize('prefix', ['backbone.', 'backbone.backbone.', 'module.backbone.'],
                         ids=['plain', 'label graph', 'wrapped'])
def test_features_of_load_from(tmp_path, photos, prefix):
    """Those of the checkpoint's backbone, whatever network it was of."""
    cfg = config(photos('train', [1, 2]), photos('test', [3, 4]))
    run = FeatureExtractor(cfg, str(tmp_path / 'cache'), device='cpu')
    model = run._model()
    random = run('test').features
    again = FeatureExtractor(cfg, str(tmp_path / 'other'), device='cpu')('test').features
    np.testing.assert_array_equal(random, again)  # a run that goes on is of the same random weights
    with torch.no_grad():
        for parameter in model.backbone.parameters():
            parameter.mul_(1.5)
    wanted = run._run(run.dataset('test'), range(2))
    state = {prefix + name: value for name, value in model.backbone.state_dict().items()}
    torch.save(dict(state_dict=state), tmp_path / 'trained.pth')
    cfg.load_from = str(tmp_path / 'trained.pth')
    found = FeatureExtractor(cfg, str(tmp_path / 'cache'), device='cpu')('test').features
    np.testing.assert_array_equal(found, wanted)
    assert not np.allclose(found, random)
    torch.save(dict(state_dict={'stem.weight': torch.zeros(1)}), tmp_path / 'trained.pth')
    with pytest.raises(ValueError, match='trained.pth does not fit the backbone ResNet: it lacks .*stem.weight'):
        FeatureExtractor(cfg, str(tmp_path / 'third'), device='cpu')('test')


def test_another_picture_under_the_same_name_is_another(tmp_path, photos):
    cfg = config(photos('train', [1, 2]), photos('test', [3, 4]))
    before = FeatureExtractor(cfg, str(tmp_path / 'cache'), device='cpu')('test').features
    cv2.imwrite(str(tmp_path / 'img/4.png'), np.zeros((32, 32, 3), np.uint8))
    after = FeatureExtractor(cfg, str(tmp_path / 'cache'), device='cpu')('test').features
    np.testing.assert_array_equal(before[0], after[0])
    assert not np.allclose(before[1], after[1])


def test_inputs_of_other_sizes_do_not_change_each_other(tmp_path, photos):
    """mmpretrain would pad them with zeros to one size."""
    cfg = config(photos('train', [1]), photos('test', [2, 3, 4, 5]))
    for i in (3, 4):  # shapes A B B A: the order by shape and its inverse are not the same
        wide = np.random.default_rng(10 + i).integers(0, 256, (32, 80, 3), dtype=np.uint8)
        cv2.imwrite(str(tmp_path / f'img/{i}.png'), wide)
    cfg.test_dataloader.dataset.pipeline = [STEPS[0], STEPS[2]]
    together, alone = (FeatureExtractor(cfg, str(tmp_path / f'cache{size}'), batch_size=size, device='cpu')(
        'test').features for size in (4, 1))
    np.testing.assert_allclose(together, alone, rtol=1e-4, atol=1e-6)


def test_the_training_data_is_read_by_the_test_pipeline(tmp_path, photos):
    train, test = photos('train', [1, 2]), photos('test', [3, 4])
    flipped = dict(train, pipeline=[*STEPS[:2], dict(type='RandomFlip', prob=1.), STEPS[2]])
    plain, found = (FeatureExtractor(config(data, test), str(tmp_path / f'cache{i}'), device='cpu')('train').features
                    for i, data in enumerate((train, flipped)))
    np.testing.assert_array_equal(found, plain)


@pytest.mark.parametrize('change', [
    lambda cfg: cfg.test_dataloader.dataset.pipeline[1].update(scale=48),
    lambda cfg: cfg.model.backbone.update(depth=34),
    lambda cfg: cfg.model.update(data_preprocessor=dict(mean=[1., 0., 0.])),
    lambda cfg: cfg.train_dataloader.dataset.update(ann_file='other.csv')],
    ids=['pipeline', 'depth', 'mean', 'annotations'])
def test_the_folder_is_another_for_what_decides_the_features(tmp_path, photos, change):
    cfg = config(photos('train', [1, 2]), photos('test', [3, 4]))
    cfg.model.data_preprocessor = dict(mean=[0., 0., 0.])
    cfg.train_dataloader.dataset.pipeline = []  # does not count
    before = FeatureExtractor(cfg, str(tmp_path)).folder('train')
    assert FeatureExtractor(cfg, str(tmp_path)).folder('train') == before
    change(cfg)
    assert FeatureExtractor(cfg, str(tmp_path)).folder('train') != before


def test_views_of_a_video_are_averaged(tmp_path):
    """By hand: views of the values 1 and 3 give 2, of 10 and 20 give 15; the second channel has ten times more."""
    cfg = Config(dict(default_scope='mmaction', model=dict(backbone=dict(type='X'), cls_head=dict(type='Y'))))
    run = FeatureExtractor(cfg, str(tmp_path), device='cpu')
    run.model = SimpleNamespace(data_preprocessor=lambda batch, training: dict(inputs=torch.stack(batch['inputs'])),
                                backbone=torch.nn.Identity())
    channels = torch.tensor([1., 10.]).reshape(1, 2, 1, 1, 1).expand(2, 2, 3, 4, 4)
    videos = [dict(inputs=channels * torch.tensor(views).reshape(2, 1, 1, 1, 1)) for views in ([1., 3.], [10., 20.])]
    np.testing.assert_allclose(run._run(videos, range(2)), [[2, 20], [15, 150]], rtol=1e-6)
