"""tools/deployment/predict_onnx.py takes the frames of a video that the pipeline takes, whatever its rate."""
import runpy
from fractions import Fraction

import pytest
from mmengine.dataset import Compose
from painted_videos import HEIGHT, PHONE, WIDTH, constant, cut, numbers_of, trim, write
from shared_data import ROOT

STEPS = [dict(type='SequentialVideoInit'), dict(type='mmaction.SampleFrames', clip_len=1, num_clips=8, test_mode=True),
         dict(type='SequentialVideoDecode')]


@pytest.fixture(scope='module')
def frames():
    """``read_video`` of the script, without running it."""
    return runpy.run_path(str(ROOT / 'tools/deployment/predict_onnx.py'))['read_video']


def videos(root):
    yield write(root / 'constant.mkv', constant(50, 24), options=dict(bf='2'))
    yield write(root / 'phone.mp4', PHONE)
    # 40 frames in the first two seconds, 10 in the next two
    yield write(root / 'changing.mp4', [Fraction(k, 20) for k in range(40)] + [2 + Fraction(k, 5) for k in range(10)])
    source = write(root / 'a.mp4', constant(60), options=dict(bf='2', g='12'))
    yield trim(source, root / 'trimmed.mp4', begin=Fraction(22, 25), keep_from=Fraction(30, 25))
    yield cut(write(root / 'cut.mkv', constant(100), options=dict(bf='0', g='12')))


def test_the_same_frames(frames, tmp_path):
    for path in videos(tmp_path):
        expected = Compose(STEPS)(dict(filename=str(path), start_index=0, modality='RGB'))['imgs']
        assert numbers_of(frames(str(path), 8)) == numbers_of(expected), path
        assert len(set(numbers_of(expected))) == 8


def test_frames_of_any_size_are_not_read(frames, tmp_path, monkeypatch):
    path = str(write(tmp_path / 'a.mp4', constant(5)))
    monkeypatch.setitem(frames.__globals__, 'MOST_PIXELS', WIDTH * HEIGHT)
    assert len(frames(path, 2)) == 2
    monkeypatch.setitem(frames.__globals__, 'MOST_PIXELS', WIDTH * HEIGHT - 1)
    with pytest.raises(ValueError, match=f'its frames have {WIDTH} x {HEIGHT} pixels'):
        frames(path, 2)
