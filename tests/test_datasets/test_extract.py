"""Extracting frames: numbers, sizes, resume, and videos that cannot be read."""
import os
import runpy
import signal
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import painted_videos as painted
import pytest
from media import write_video
from mmengine.dataset import Compose
from shared_data import shared

from kssnet_mm.datasets.extract import Settings, extract_video, prepare
from kssnet_mm.datasets.frame_folders import count_frames, read_times
from kssnet_mm.registry import TRANSFORMS

TOOL = Path(__file__).resolve().parents[2] / 'tools/dataset_converters/extract_frames.py'


def greys(folder):
    return [cv2.imread(str(path)).mean() for path in sorted(folder.glob('*.jpg'))]


@pytest.mark.parametrize('rate, fps, shown', [
    (24, None, range(12)), (24, 24, range(12)), (24, 12, range(0, 12, 2)),
    # 12 frames at 24 a second last half a second: times 0, .1, .2, .3, .4 s fall into these frames
    (24, 10, [0, 2, 4, 7, 9]),
    # at 10 a second they last 1.2 s: 0, 1/24, ... lie in frame floor(10 k / 24)
    (10, 24, [10 * k // 24 for k in range(29)])])
def test_the_frame_shown_at_each_time(tmp_path, rate, fps, shown):
    write_video(tmp_path / 'v.mp4', 12, rate)
    result = extract_video(tmp_path / 'v.mp4', tmp_path, Settings(fps=fps))
    assert result.error is None and result.frames == len(shown) == count_frames(tmp_path / 'v', 'v')
    assert np.allclose(greys(tmp_path / 'v'), [10 + 12 * k for k in shown], atol=5)
    assert (tmp_path / 'v/v-000001.jpg').exists() and not list(tmp_path.glob('.*'))


def test_pixels_are_those_of_the_training_pipeline(tmp_path):
    path = shared('videos/mmaction2__demo.mp4')
    extract_video(path, tmp_path, Settings(short_side=128, quality=100))
    name = path.stem
    raw = dict(frame_dir=str(tmp_path / name), filename_tmpl=f'{name}-{{:06d}}.jpg', start_index=1,
               modality='RGB', total_frames=count_frames(tmp_path / name, name))
    sample = dict(type='mmaction.SampleFrames', clip_len=1, num_clips=5, test_mode=True)
    frames = Compose([sample, dict(type='mmaction.RawFrameDecode')])(raw)['imgs']
    video = Compose([dict(type='mmaction.DecordInit'), sample, dict(type='mmaction.DecordDecode'),
                     dict(type='mmaction.Resize', scale=(-1, 128))])(
                         dict(filename=str(path), start_index=0, modality='RGB'))['imgs']
    assert len(frames) == len(video) == 5
    for ours, theirs in zip(frames, video):
        assert ours.shape == theirs.shape and min(ours.shape[:2]) == 128
        assert np.abs(ours.astype(int) - theirs).mean() < 2  # JPEG's loss


def test_small_videos_are_not_enlarged(tmp_path):
    write_video(tmp_path / 'v.mp4', 2, size=(48, 64))
    extract_video(tmp_path / 'v.mp4', tmp_path, Settings())
    assert cv2.imread(str(tmp_path / 'v/v-000001.jpg')).shape == (48, 64, 3)


def test_complete_folders_stay_and_others_are_made_again(tmp_path):
    write_video(tmp_path / 'v.mp4', 5)
    (tmp_path / '.v.partial').mkdir()  # left by a run that was killed
    (tmp_path / '.v.partial/v-000001.jpg').write_text('half')
    assert not extract_video(tmp_path / 'v.mp4', tmp_path, Settings()).skipped
    assert not (tmp_path / '.v.partial').exists()
    mark = (tmp_path / 'v/v-000003.jpg').stat().st_mtime_ns
    assert extract_video(tmp_path / 'v.mp4', tmp_path, Settings()) == ('v', 5, None, True, None)
    assert (tmp_path / 'v/v-000003.jpg').stat().st_mtime_ns == mark
    (tmp_path / 'v/v-000002.jpg').unlink()
    assert extract_video(tmp_path / 'v.mp4', tmp_path, Settings()) == ('v', 5, None, False, None)
    (tmp_path / 'v/v-000005.jpg').unlink()  # the last one leaves no gap
    with pytest.raises(ValueError, match='v: 4 frames, frames.txt says .5.'):
        count_frames(tmp_path / 'v', 'v')
    assert extract_video(tmp_path / 'v.mp4', tmp_path, Settings()) == ('v', 5, None, False, None)
    (tmp_path / 'v/frames.txt').write_text('')
    with pytest.raises(ValueError, match='frames.txt says ..$'):
        count_frames(tmp_path / 'v', 'v')


@pytest.mark.parametrize('names', [['masks.npy'], ['v-000001.jpg', 'v-000003.jpg']])
def test_incomplete_folders_of_others_stay_as_they_are(tmp_path, names):
    write_video(tmp_path / 'v.mp4', 3)
    (tmp_path / 'out/v').mkdir(parents=True)
    for name in names:
        (tmp_path / 'out/v' / name).write_text('mine')
    result = extract_video(tmp_path / 'v.mp4', tmp_path / 'out', Settings())
    assert result.frames == 0 and 'was not made by this command' in result.error
    assert sorted(os.listdir(tmp_path / 'out/v')) == names


def test_the_id_ends_where_the_given_ending_begins(tmp_path, monkeypatch, capsys):
    write_video(tmp_path / 'videos/ABC_480.mp4', 3)
    (tmp_path / 'c.csv').write_text('id,actions,length\nABC,c000 0 1,1\n')
    assert run_tool(monkeypatch, tmp_path / 'videos', tmp_path / 'out', '--workers', 1, '--csv', tmp_path / 'c.csv',
                    '--extension', '_480.mp4') == 0
    assert count_frames(tmp_path / 'out/ABC', 'ABC') == 3 and (tmp_path / 'out/ABC/ABC-000001.jpg').is_file()


def test_an_error_of_any_kind_is_the_videos_alone(tmp_path, monkeypatch):
    def fail(path):
        raise ZeroDivisionError('odd header')

    monkeypatch.setattr('kssnet_mm.datasets.extract.read_index', fail)
    result = extract_video(tmp_path / 'v.mp4', tmp_path / 'out', Settings())
    assert result.error.endswith('v.mp4: odd header') and not list((tmp_path / 'out').iterdir())


def test_a_killed_extraction_goes_on(tmp_path, monkeypatch, capsys):
    """All its processes are killed at the second frame of the second video."""
    for name in 'ABC':
        write_video(tmp_path / f'videos/{name}.mp4', 6)
    program = f'''
import os, runpy, signal, sys
import cv2
encode, calls = cv2.imencode, []

def encode_or_die(*args):
    calls.append(1)
    if len(calls) == 8:
        os.killpg(0, signal.SIGKILL)
    return encode(*args)

cv2.imencode = encode_or_die
sys.argv = ['extract_frames.py', 'videos', 'out', '--workers', '1']
runpy.run_path({str(TOOL)!r}, run_name='__main__')
'''
    done = subprocess.run([sys.executable, '-c', program], cwd=tmp_path, start_new_session=True,
                          env=dict(os.environ, PYTHONPATH=str(TOOL.parents[2])))
    assert done.returncode == -signal.SIGKILL
    assert {path.name for path in (tmp_path / 'out').iterdir()} == {'A', '.B.partial', 'extraction.json'}
    before = (tmp_path / 'out/A').stat().st_mtime_ns
    assert run_tool(monkeypatch, tmp_path / 'videos', tmp_path / 'out', '--workers', 1) == 0
    assert '2 videos extracted, 1 were there already, 0 failed; 18 frames' in capsys.readouterr().out
    assert {path.name for path in (tmp_path / 'out').iterdir()} == {'A', 'B', 'C', 'extraction.json'}
    assert (tmp_path / 'out/A').stat().st_mtime_ns == before


def test_bad_videos_leave_nothing_behind(tmp_path):
    (tmp_path / 'text.mp4').write_text('no video')
    write_video(tmp_path / 'cut.mp4', 40)
    data = bytearray((tmp_path / 'cut.mp4').read_bytes())
    begin, end = data.index(b'mdat') + 4, data.index(b'moov') - 4
    data[(begin + end) // 2:end] = bytes(end - (begin + end) // 2)  # the later frames
    (tmp_path / 'cut.mp4').write_bytes(data)
    for name, match in (('none.mp4', 'missing'), ('text.mp4', 'cannot be opened'),
                        ('cut.mp4', 'of 40 frames can be decoded')):
        result = extract_video(tmp_path / name, tmp_path / 'out', Settings())
        assert result.frames == 0 and name in result.error and match in result.error, result
    assert not list((tmp_path / 'out').iterdir())


def test_settings_are_checked_and_kept(tmp_path):
    for bad, match in ((Settings(short_side=0), 'short_side'), (Settings(fps=0), 'fps'),
                       (Settings(quality=101), 'quality')):
        with pytest.raises(ValueError, match=match):
            prepare(tmp_path, bad)
    prepare(tmp_path, Settings(fps=24))
    prepare(tmp_path, Settings(fps=24))
    with pytest.raises(ValueError, match="extraction.json: .*'fps': 24.*'fps': 12"):
        prepare(tmp_path, Settings(fps=12))


def run_tool(monkeypatch, *arguments):
    monkeypatch.setattr(sys, 'argv', ['extract_frames.py', *map(str, arguments)])
    with pytest.raises(SystemExit) as end:
        runpy.run_path(str(TOOL), run_name='__main__')
    return end.value.code


def test_tool(tmp_path, monkeypatch, capsys):
    for name in 'ABC':
        write_video(tmp_path / f'videos/{name}.mp4', 6)
    (tmp_path / 'train.csv').write_text('id,actions,length\nA,,1\nB,,1\n')
    arguments = (tmp_path / 'videos', tmp_path / 'out', '--workers', 2)
    assert run_tool(monkeypatch, *arguments, '--csv', tmp_path / 'train.csv') == 0
    assert '2 videos extracted, 0 were there already, 0 failed; 12 frames' in capsys.readouterr().out
    (tmp_path / 'videos/D.mp4').write_text('no video')
    assert run_tool(monkeypatch, *arguments) == 1
    streams = capsys.readouterr()
    assert '1 videos extracted, 2 were there already, 1 failed; 18 frames' in streams.out
    assert 'D.mp4: it cannot be opened as a video' in streams.err
    assert sorted(path.name for path in (tmp_path / 'out').iterdir()) == [
        'A', 'B', 'C', 'extraction.json']
    assert run_tool(monkeypatch, *arguments, '--fps', 12) == 2
    assert 'give another folder' in capsys.readouterr().err


@pytest.mark.parametrize('ending', ['mp4', 'mkv'])
def test_frames_of_a_variable_rate_are_those_shown_at_each_time(tmp_path, ending):
    path = painted.write(tmp_path / f'v.{ending}', painted.PHONE)
    result = extract_video(path, tmp_path, Settings(fps=10, quality=100))
    # the last frame begins at 2.964 s or so and lasts as long as the file says: 3.1 s hold 31 or 32 times
    assert result.error is None and result.frames in (31, 32)
    pictures = [cv2.imread(str(file)) for file in sorted((tmp_path / 'v').glob('*.jpg'))]
    expected = [sum(time <= Fraction(j, 10) for time in painted.PHONE) - 1 for j in range(result.frames)]
    assert painted.numbers_of(pictures) == expected
    assert read_times(str(tmp_path / 'v'))[:, 0] == pytest.approx(np.arange(result.frames) / 10)


def test_all_frames_keep_their_times(tmp_path):
    """With them the labels of clips of extracted frames follow the stamps too, not frame_fps."""
    path = painted.write(tmp_path / 'v.mp4', painted.PHONE)
    assert extract_video(path, tmp_path, Settings()).frames == 60
    spans = read_times(str(tmp_path / 'v'))
    np.testing.assert_allclose(spans[:, 0], np.array(painted.PHONE, dtype=float), atol=1e-4)
    assert (spans[1:, 0] == spans[:-1, 1]).all()
    results = dict(frame_dir=str(tmp_path / 'v'), video_id='v', frame_inds=np.array([30, 31]), clip_len=1,
                   start_index=1, avg_fps=24., actions=[(0, 1.54, 1.56), (1, 1.2, 1.3)], label=np.zeros(2))
    # file 31 is frame 30 of 10 groups of .156 s: 1.56 s to 1.593 s; file 30 the frame before, from 1.47 s on
    assert TRANSFORMS.build(dict(type='ClipLabels'))(results)['label'].tolist() == [1, 0]
    (tmp_path / 'v/frames.txt').write_text('60\n0\nx\n')
    with pytest.raises(ValueError, match='frames.txt: expected the number of frames'):
        read_times(str(tmp_path / 'v'))


def test_a_trimmed_file_gives_what_it_shows_and_a_cut_one_what_is_there(tmp_path):
    source = painted.write(tmp_path / 'a.mp4', painted.constant(60), options=dict(bf='2', g='12'))
    painted.trim(source, tmp_path / 'b.mp4', begin=Fraction(22, 25), keep_from=Fraction(30, 25))
    result = extract_video(tmp_path / 'b.mp4', tmp_path, Settings(quality=100))
    assert result == ('b', 30, None, False, None)
    assert painted.numbers_of([cv2.imread(str(file)) for file in sorted((tmp_path / 'b').glob('*.jpg'))]) == [
        *range(30, 60)]
    painted.cut(painted.write(tmp_path / 'c.mkv', painted.constant(100), options=dict(bf='0', g='12')))
    result = extract_video(tmp_path / 'c.mkv', tmp_path, Settings())
    assert result.error is None and 40 < result.frames < 80 and 'announces 4.00 s' in result.note
