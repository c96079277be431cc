"""The description of a test pipeline, and tools/deployment/predict_onnx.py against the pipeline itself."""
import copy
import runpy
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.dataset import Compose
from mmengine.registry import MODELS, DefaultScope
from PIL import Image

from kssnet_mm.deploy.preprocessing import describe_preprocessing, input_shape

ROOT = Path(__file__).resolve().parents[2]
MEAN, STD = [120., 110., 100.], [50., 60., 70.]
LOAD, PACK = dict(type='mmpretrain.LoadImageFromFile'), dict(type='mmpretrain.PackInputs')
FRAMES = dict(type='mmaction.SampleFrames', clip_len=1, num_clips=5, test_mode=True)
DECODE = [dict(type='mmaction.DecordInit'), FRAMES, dict(type='mmaction.DecordDecode')]
JOIN = [dict(type='SegmentsToClip'), dict(type='mmaction.FormatShape', input_format='NCTHW'),
        dict(type='mmaction.PackActionInputs')]


def image_config(*sizes, load=LOAD, **preprocessor):
    return Config(dict(model=dict(head=dict(), data_preprocessor=dict(mean=MEAN, std=STD, **preprocessor)),
                       test_dataloader=dict(dataset=dict(pipeline=[load, *sizes, PACK]))))


def video_config(*sizes, before=DECODE, after=JOIN, **preprocessor):
    return Config(dict(model=dict(cls_head=dict(), data_preprocessor=dict(mean=MEAN, std=STD, **preprocessor)),
                       test_dataloader=dict(dataset=dict(pipeline=[*before, *sizes, *after]))))


def image_step(name, **options):
    return dict(type=f'mmpretrain.{name}', **options)


def video_step(name, **options):
    return dict(type=f'mmaction.{name}', **options)


def reader():
    """``read`` of the script, without running it."""
    return runpy.run_path(str(ROOT / 'tools/deployment/predict_onnx.py'))['read']


def theirs(cfg, path):
    """The network input that the stack makes of a file."""
    video = 'cls_head' in cfg.model
    with DefaultScope.overwrite_default_scope('mmaction' if video else 'mmpretrain'):
        sample = Compose(cfg.test_dataloader.dataset.pipeline)(
            dict(filename=str(path), label=-1, start_index=0, modality='RGB') if video else dict(img_path=str(path)))
        kind = 'ActionDataPreprocessor' if video else 'ClsDataPreprocessor'
        preprocess = MODELS.build(dict(type=kind, **cfg.model.data_preprocessor,
                                       **(dict(format_shape='NCTHW') if video else {})))
        batch = dict(inputs=[sample['inputs']], data_samples=[sample['data_samples']])
        x = preprocess(batch)['inputs']
    return x.reshape(-1, *x.shape[2:]) if video else x


@pytest.fixture(scope='module')
def picture(tmp_path_factory):
    """A lossless picture of odd size with edges and a gradient, other in each channel."""
    path = tmp_path_factory.mktemp('picture') / 'a.png'
    y, x = np.mgrid[:51, :88]
    pixels = np.stack([2 * x + y, 255 - 4 * y, 90 * ((x // 7 + y // 5) % 2) + y], axis=2)
    assert cv2.imwrite(str(path), pixels.clip(0, 255).astype(np.uint8))
    return path


@pytest.fixture(scope='module')
def clip(tmp_path_factory):
    """13 frames of 48 x 64, whose brightness moves in space and time."""
    path = tmp_path_factory.mktemp('clip') / 'a.mp4'
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*'mp4v'), 12, (64, 48))
    y, x = np.mgrid[:48, :64]
    for t in range(13):
        writer.write(np.stack([2 * x + 3 * t, 200 - 3 * y, 15 * t + y], axis=2).clip(0, 255).astype(np.uint8))
    writer.release()
    return path


def assert_levels(cfg, path, levels):
    """At most so many levels of 0..255 apart anywhere, and far apart from a mirrored or darker input."""
    described = describe_preprocessing(cfg)
    got, expected = torch.from_numpy(reader()(str(path), described)), theirs(cfg, path)[:1]
    assert got.dtype == torch.float32 and got.shape == expected.reshape(got.shape).shape
    scale = torch.tensor(STD).reshape(1, 3, *(1, ) * (got.dim() - 2))
    difference = ((got - expected.reshape(got.shape)) * scale).abs()
    assert difference.max() <= levels and expected.std() > 0.3
    return described


@pytest.mark.parametrize('kind, sizes, shape', [
    ('image', [image_step('Resize', scale=(70, 40))], (3, 40, 70)),
    ('image', [image_step('Resize', scale=96, interpolation='bilinear', backend='cv2')], (3, 96, 96)),
    ('image', [image_step('ResizeEdge', scale=32), image_step('CenterCrop', crop_size=27)], (3, 27, 27)),
    # 88 * 40 / 51 is 69.02; half of the odd 69 - 30 is 19.5, which is rounded to the even 20
    ('image', [image_step('ResizeEdge', scale=40), image_step('CenterCrop', crop_size=(30, 37))], (3, 37, 30)),
    ('image', [image_step('CenterCrop', crop_size=41)], (3, 41, 41)),
    # mmpretrain cuts off: 88 * 24 / 51 = 41.4, 88 * 34 / 51 = 58.67, 88 * 43 / 51 = 74.2
    *(('image', [image_step('ResizeEdge', scale=scale)], None) for scale in (24, 34, 43)),
    ('video', [video_step('Resize', scale=(48, 32), keep_ratio=False)], (3, 5, 32, 48)),
    # 64 * 37 / 48 is 49.33; 49 - 26 is odd, and its half 11.5 is cut off
    ('video', [video_step('Resize', scale=(-1, 37)), video_step('CenterCrop', crop_size=(26, 37))], (3, 5, 37, 26)),
    ('video', [video_step('Resize', scale=(-1, 29))], None)])  # mmaction2 rounds: 64 * 29 / 48 is 38.67
@pytest.mark.parametrize('to_rgb', [True, False])
def test_as_the_pipeline(picture, clip, kind, sizes, shape, to_rgb):
    """mmaction2 reads RGB, so that its ``to_rgb`` makes BGR of it."""
    make, path = (image_config, picture) if kind == 'image' else (video_config, clip)
    described = assert_levels(make(*sizes, to_rgb=to_rgb), path, 1.01)
    assert described['channels'] == ('rgb' if to_rgb == (kind == 'image') else 'bgr')
    assert shape is None or input_shape(described) == shape


def test_turned_photographs(picture, tmp_path):
    """A camera's orientation is obeyed by OpenCV too; jpeg decoders are some levels apart."""
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.open(picture).save(tmp_path / 'turned.jpg', exif=exif, quality=100, subsampling=0)
    cfg = image_config(image_step('Resize', scale=(40, 60)), to_rgb=True)
    assert (theirs(cfg, tmp_path / 'turned.jpg') - theirs(cfg, picture)).abs().mean() > 0.3
    assert_levels(cfg, tmp_path / 'turned.jpg', 4)


def test_the_configs_descriptions():
    cfg = Config.fromfile(ROOT / 'configs/kssnet_r101_coco.py')
    assert describe_preprocessing(cfg) == dict(
        kind='image', resize=[448, 448], crop=None, channels='rgb', mean=list(cfg.model.data_preprocessor.mean),
        std=list(cfg.model.data_preprocessor.std))
    cfg = Config.fromfile(ROOT / 'configs/kssnet_i3d_charades.py')
    described = describe_preprocessing(cfg)
    assert described == dict(kind='video', resize=256, crop=[224, 224], frames=64, channels='rgb', mean=[127.5] * 3,
                             std=[127.5] * 3)
    assert input_shape(described) == (3, 64, 224, 224)


def test_without_normalisation_and_without_a_size():
    cfg = image_config()
    cfg.model.data_preprocessor = None
    described = describe_preprocessing(cfg)
    assert (described['mean'], described['std'], described['channels']) == ([0.] * 3, [1.] * 3, 'bgr')
    with pytest.raises(ValueError, match='pass --shape'):
        input_shape(described)
    cfg.data_preprocessor = dict(mean=MEAN, std=STD, to_rgb=True)
    assert describe_preprocessing(cfg)['mean'] == MEAN and describe_preprocessing(cfg)['channels'] == 'rgb'
    with pytest.raises(ValueError, match='pass --shape'):
        input_shape(dict(crop=None, resize=256))


def test_where_the_pipeline_is():
    """The pipeline of a wrapped data set, or that of the config's own test_pipeline; none is refused in a sentence."""
    cfg = image_config(image_step('ResizeEdge', scale=48))
    wrapped = copy.deepcopy(cfg)
    wrapped.test_dataloader = dict(dataset=dict(type='RepeatDataset', times=1, dataset=cfg.test_dataloader.dataset))
    bare = copy.deepcopy(cfg)
    bare.test_pipeline = bare.pop('test_dataloader').dataset.pipeline
    assert [describe_preprocessing(c)['resize'] for c in (cfg, wrapped, bare)] == [48, 48, 48]
    bare.pop('test_pipeline')
    with pytest.raises(ValueError, match='the config has no test pipeline'):
        describe_preprocessing(bare)


SCALE = dict(scale=(40, 40))


@pytest.mark.parametrize('cfg, message', [
    (image_config(image_step('Resize', interpolation='bicubic', **SCALE)),
     "Resize has interpolation='bicubic', which an export cannot carry: set interpolation='bilinear'"),
    (image_config(image_step('Resize', backend='pillow', **SCALE)), "Resize has backend='pillow'"),
    (image_config(image_step('Resize', keep_ratio=True, **SCALE)), 'Resize has keep_ratio=True'),
    (image_config(image_step('Resize', scale_factor=0.5)), 'Resize has scale_factor=0.5'),
    (image_config(image_step('ResizeEdge', scale=40, edge='long')), "ResizeEdge has edge='long'"),
    (image_config(image_step('ResizeEdge', scale=40, backend='pillow')), "ResizeEdge has backend='pillow'"),
    (image_config(image_step('CenterCrop', crop_size=40, auto_pad=True)), 'CenterCrop has auto_pad=True'),
    (image_config(image_step('CenterCrop', crop_size=40), image_step('Resize', **SCALE)), 'Resize follows another'),
    (image_config(image_step('Resize', **SCALE), image_step('ResizeEdge', scale=40)), 'ResizeEdge follows another'),
    (image_config(*[image_step('CenterCrop', crop_size=40)] * 2), 'crops twice'),
    (image_config(image_step('Rotate', angle=9.)), r'a step mmpretrain.Rotate \(.*angle.* that an export cannot'),
    (image_config(load=dict(LOAD, color_type='grayscale')), "LoadImageFromFile has color_type='grayscale'"),
    (image_config(load=dict(LOAD, to_float32=True)), 'LoadImageFromFile has to_float32=True'),
    (image_config(pad_size_divisor=32), 'pad_size_divisor=32'),
    (video_config(video_step('Resize', interpolation='nearest', **SCALE)), "Resize has interpolation='nearest'"),
    (video_config(video_step('Resize', **SCALE)), 'keeps the ratio'),
    (video_config(video_step('Resize', lazy=True, **SCALE)), 'Resize has lazy=True'),
    (video_config(video_step('ResizeEdge', scale=40)), 'a step mmaction.ResizeEdge'),
    (video_config(video_step('ThreeCrop', crop_size=40)), 'a step mmaction.ThreeCrop'),
    (video_config(before=[*DECODE[:2], dict(DECODE[2], mode='efficient')]), "DecordDecode has mode='efficient'"),
    (video_config(before=[dict(FRAMES, test_mode=False)]), 'SampleFrames has test_mode=False'),
    (video_config(before=[{k: v for k, v in FRAMES.items() if k != 'test_mode'}]), 'draws frames at random'),
    (video_config(before=[dict(FRAMES, clip_len=32)]), 'SampleFrames has clip_len=32'),
    (video_config(before=[dict(FRAMES, target_fps=30)]), 'SampleFrames has target_fps=30, which .* leave it out'),
    (video_config(before=DECODE[::2]), 'SampleFrames'),
    (video_config(after=JOIN[1:]), 'SegmentsToClip'),
    (video_config(after=[JOIN[0], dict(JOIN[1], input_format='NCHW')]), "FormatShape has input_format='NCHW'"),
])
def test_refuses_what_the_script_does_not_do(cfg, message):
    with pytest.raises(ValueError, match=message):
        describe_preprocessing(cfg)
