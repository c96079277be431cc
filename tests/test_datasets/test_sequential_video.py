"""Sequential decoding gives decord's frames, pixel by pixel."""
import decord
import numpy as np
import pytest
from shared_data import shared

from kssnet_mm.datasets.sample.charades import write_video
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
    with pytest.raises(RuntimeError):
        read(tmp_path / 'a.mp4', [0])
