"""What the stock transforms get wrong that ours stand in for; where one of these fails, ours can go."""
import numpy as np
import pytest
from media import write_video as write_grey_video
from mmengine.dataset import Compose

from kssnet_mm.datasets.sample.charades import write_video

SEGMENTS = dict(type='mmaction.SampleFrames', clip_len=1, num_clips=8, test_mode=True)


@pytest.fixture
def moving(tmp_path):
    """48 frames whose bar grows by two pixels a frame: no two are alike, all but every 12th are predicted."""
    frames = np.zeros((48, 96, 96, 3), dtype=np.uint8)
    for i, frame in enumerate(frames):
        frame[:, :2 * i + 2] = 200
    write_video(tmp_path / 'moving.mp4', frames)
    return dict(filename=str(tmp_path / 'moving.mp4'), frame_inds=np.array([5, 17, 29, 41]))


def bars(frames):
    """Which frame each of them is, by the width of its bar."""
    return [int((frame[48, :, 1] > 100).sum()) // 2 - 1 for frame in frames]


def test_multi_scale_crop_leaves_an_image_as_it_is():
    """mmaction2's crops ``imgs`` alone, and writes another ``img_shape`` beside the whole image."""
    image = np.random.rand(64, 96, 3).astype(np.float32)
    stock = Compose([dict(type='mmaction.MultiScaleCrop', input_size=32, scales=(.5, ))])
    results = stock(dict(img=image, img_shape=(64, 96)))
    assert results['img'] is image and results['img_shape'] == (32, 32)
    results = Compose([dict(type='MultiScaleImageCrop', size=32, scales=(.5, ))])(
        dict(img=image, img_shape=(64, 96)))
    assert results['img'].shape == (32, 32, 3) and results['img_shape'] == (32, 32)


def test_random_resized_crop_draws_other_crops():
    """mmpretrain's covers a given share of the area, in any place: ML-GCN's are of 5 sides in 13 places."""
    from kssnet_mm.datasets.transforms.multi_scale_crop import crop_corners, crop_sizes
    ours = {(y, x, h, w) for h, w in crop_sizes(512, 640, 448, (1, .875, .75, .66, .5), 2)
            for y, x in crop_corners(512, 640, h, w)}
    stock = Compose([dict(type='mmpretrain.RandomResizedCrop', scale=448, crop_ratio_range=(.25, 1.))])
    drawn = [stock.transforms[0].rand_crop_params(np.zeros((512, 640, 3))) for _ in range(50)]
    assert len(set(drawn)) > 1 and sum(tuple(crop) in ours for crop in drawn) < 5


def test_format_shape_makes_clips_of_one_frame_of_segments(tmp_path):
    write_grey_video(tmp_path / 'v.mp4', 16)
    read = [dict(type='mmaction.DecordInit'), SEGMENTS, dict(type='mmaction.DecordDecode')]
    finish = dict(type='mmaction.FormatShape', input_format='NCTHW')
    video = dict(filename=str(tmp_path / 'v.mp4'), start_index=0, modality='RGB')
    stock = Compose([*read, finish])(dict(video))['imgs']
    ours = Compose([*read, dict(type='SegmentsToClip'), finish])(dict(video))['imgs']
    assert stock.shape == (8, 3, 1, 48, 64) and ours.shape == (1, 3, 8, 48, 64)
    np.testing.assert_array_equal(ours[0].transpose(1, 0, 2, 3), stock[:, :, 0])


def test_fast_seeking_gives_other_frames(moving):
    """mmaction2's 'efficient' mode returns keyframes near the wanted frames."""
    fast = Compose([dict(type='mmaction.DecordInit'), dict(type='mmaction.DecordDecode', mode='efficient')])
    ours = Compose([dict(type='SequentialVideoInit'), dict(type='SequentialVideoDecode')])
    assert bars(ours(dict(moving))['imgs']) == [5, 17, 29, 41]
    assert all(frame % 12 == 0 for frame in bars(fast(dict(moving))['imgs']))


def test_stock_decoding_knows_no_labels_of_a_clip():
    """mmaction2's SampleFrames passes the video's label on, whatever frames it takes."""
    label = np.array([1., 1.])
    results = Compose([dict(type='mmaction.SampleFrames', clip_len=2, num_clips=1, test_mode=True)])(
        dict(total_frames=48, start_index=0, avg_fps=24, label=label))
    assert results['label'] is label
