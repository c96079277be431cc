"""Sequential decoding gives decord's frames, pixel by pixel, where decord's are what a player shows."""
from fractions import Fraction

import decord
import numpy as np
import painted_videos as painted
import pytest
from mmengine.dataset import Compose
from shared_data import shared

from kssnet_mm.datasets.sample.charades import write_video
from kssnet_mm.datasets.video import VideoError
from kssnet_mm.registry import TRANSFORMS


@pytest.fixture
def video(tmp_path):
    frames = np.zeros((48, 96, 96, 3), dtype=np.uint8)
    for i, frame in enumerate(frames):
        frame[:, :2 * i + 2, i % 3] = 200
    write_video(tmp_path / 'a.mp4', frames)
    return tmp_path / 'a.mp4'


def read(name, frame_inds, **kwargs):
    results = TRANSFORMS.build(dict(type='SequentialVideoInit'))(dict(filename=str(name)))
    results['frame_inds'] = np.array(frame_inds)
    return TRANSFORMS.build(dict(type='SequentialVideoDecode', **kwargs))(results)


def test_frames_of_any_order_and_repeats(video):
    wanted = [5, 0, 47, 5, 20]
    results = read(video, wanted)
    reference = decord.VideoReader(str(video)).get_batch(wanted).asnumpy()
    assert results['total_frames'] == 48 and results['avg_fps'] == 24
    assert results['img_shape'] == results['original_shape'] == (96, 96)
    assert np.array_equal(np.stack(results['imgs']), reference)
    assert np.array_equal(np.stack(read(video, wanted, num_threads=2)['imgs']), reference)


@pytest.mark.parametrize('name', [
    'mmaction2__demo.mp4', 'mmaction2__part_0.mp4', 'mmaction2__test.mp4', 'mmaction2__test.avi',
    'PaddleVideo__example.avi', 'decord__flipping_a_pancake.mkv', 'decord__video_90.mov'])
def test_frames_of_real_videos(name):
    path = shared('videos') / name
    reader = decord.VideoReader(str(path))
    wanted = np.linspace(0, len(reader) - 1, 9).astype(int)
    results = read(path, wanted)
    assert results['total_frames'] == len(reader)
    assert np.array_equal(np.stack(results['imgs']), reader.get_batch(wanted).asnumpy())


def test_a_file_that_is_no_video_is_an_error(tmp_path):
    (tmp_path / 'a.mp4').write_text('text')
    with pytest.raises(VideoError, match='a.mp4: it cannot be opened as a video'):
        read(tmp_path / 'a.mp4', [0])


SEGMENTS = dict(type='mmaction.SampleFrames', clip_len=1, num_clips=8, test_mode=True)
OURS = [dict(type='SequentialVideoInit'), SEGMENTS, dict(type='SequentialVideoDecode')]


def sampled(path, steps=OURS, **results):
    return Compose(steps)(dict(filename=str(path), start_index=0, modality='RGB', **results))


@pytest.mark.parametrize('backend', ['pyav', 'decord'])
def test_segments_of_a_trimmed_file_are_of_what_it_shows(tmp_path, backend):
    """decord numbers the six hidden packets too and repeats its first frame for them."""
    source = painted.write(tmp_path / 'a.mp4', painted.constant(60), options=dict(bf='2', g='12'))
    path = painted.trim(source, tmp_path / 'b.mp4', begin=Fraction(22, 25), keep_from=Fraction(30, 25))
    assert len(decord.VideoReader(str(path))) == 36
    results = sampled(path, [*OURS[:2], dict(type='SequentialVideoDecode', backend=backend)])
    # middles of eight segments of 30 frames: 1.875, 5.625, ...
    assert results['total_frames'] == 30 and results['frame_inds'].tolist() == [1, 5, 9, 13, 16, 20, 24, 28]
    assert painted.numbers_of(results['imgs']) == [31, 35, 39, 43, 46, 50, 54, 58]


def test_segments_of_a_file_that_was_cut_off_differ(tmp_path):
    path = painted.cut(painted.write(tmp_path / 'a.mp4', painted.constant(100), options=dict(bf='0', g='12'),
                                     movflags='faststart'))
    results = sampled(path)
    count = results['total_frames']
    assert 40 < count < 80
    assert painted.numbers_of(results['imgs']) == [int(count / 8 * (k + .5)) for k in range(8)]


def test_segments_of_a_variable_rate_are_equally_long(tmp_path):
    # 40 frames in the first two seconds, 10 in the next two
    times = [Fraction(k, 20) for k in range(40)] + [2 + Fraction(k, 5) for k in range(10)]
    path = painted.write(tmp_path / 'a.mp4', times)
    # eight segments of half a second; their middles lie at .25 + k / 2, give or take half of a part of 4 / 50 s
    shown = np.array(times, dtype=float)[painted.numbers_of(sampled(path)['imgs'])]
    assert (np.abs(shown - (.25 + np.arange(8) / 2)) <= .2).all()
    steps = [dict(type='SequentialVideoInit', spacing='frames'), *OURS[1:]]
    assert painted.numbers_of(sampled(path, steps)['imgs']) == [3, 9, 15, 21, 28, 34, 40, 46]


@pytest.mark.parametrize('backend', ['pyav', 'decord'])
def test_clips_of_consecutive_frames(tmp_path, backend):
    path = painted.write(tmp_path / 'a.mp4', painted.constant(200), options=dict(bf='2', g='12'))
    steps = [OURS[0], dict(type='mmaction.SampleFrames', clip_len=6, frame_interval=2, num_clips=3, test_mode=True),
             dict(type='SequentialVideoDecode', backend=backend)]
    # clips of 11 frames begin at 0, 94.5 and 189
    expected = [begin + 2 * k for begin in (0, 94, 189) for k in range(6)]
    assert painted.numbers_of(sampled(path, steps)['imgs']) == expected


def test_labels_of_a_clip_follow_the_stamps(tmp_path):
    """By an average rate of 20 a second frame 52 would be shown at 2.6 s, and not at 1.4 s."""
    times = [Fraction(k, 50) for k in range(50)] + [1 + Fraction(k, 5) for k in range(10)]  # 1 s of 50, 2 s of 5
    path = painted.write(tmp_path / 'a.mp4', times)
    actions = [(0, 0., .9), (1, 1.5, 1.7), (2, 2.4, 2.5)]
    read, label = TRANSFORMS.build(dict(type='SequentialVideoInit', spacing='frames')), dict(type='ClipLabels')

    def labels(frames, clip_len):
        results = read(dict(filename=str(path), start_index=0))
        results.update(frame_inds=np.array(frames), clip_len=clip_len, actions=actions, label=np.zeros(3))
        return TRANSFORMS.build(label)(results)['label'].tolist()

    assert labels([0, 20, 44], 3) == [1, 0, 0]  # until .9 s
    assert labels([45, 51], 2) == [0, 0, 0]  # .9 s to 1.4 s: touches both
    assert labels([52], 1) == [0, 1, 0]  # 1.4 s to 1.6 s
    assert labels([57], 1) == [0, 0, 1] and labels([58], 1) == [0, 0, 0]  # 2.4 s to 2.6 s, 2.6 s to 2.8 s
    assert labels([20, 57], 1) == [1, 0, 1]  # two segments
    with pytest.raises(ValueError, match='not an average rate: put SequentialVideoInit'):
        TRANSFORMS.build(label)(dict(filename=str(path), frame_inds=np.array([3]), clip_len=1, start_index=0,
                                        avg_fps=20., actions=actions, label=np.zeros(3)))


def test_arguments_are_checked():
    for step, match in ((dict(type='SequentialVideoInit', spacing='x'), "'time' or 'frames', got 'x'"),
                        (dict(type='SequentialVideoDecode', backend='cv2'), "one of pyav, decord, got 'cv2'"),
                        (dict(type='SequentialVideoDecode', num_threads=0), 'at least 1')):
        with pytest.raises(ValueError, match=match):
            TRANSFORMS.build(step)
    with pytest.raises(ValueError, match='needs what SequentialVideoInit finds out'):
        TRANSFORMS.build(OURS[2])(dict(filename='a.mp4', frame_inds=np.array([0])))
