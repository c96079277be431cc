"""Videos and folders of frames are verified as the config's own pipeline reads them."""
from fractions import Fraction

import av
import cv2
import numpy as np
import pytest
from mmengine.config import Config
from painted_videos import constant, cut, damage, paint, trim, write

from kssnet_mm.datasets.verify import verify_config
from kssnet_mm.datasets.verify_media import check_media, reading_steps

OURS = [dict(type='SequentialVideoInit'), dict(type='mmaction.SampleFrames', clip_len=1),
        dict(type='SequentialVideoDecode'), dict(type='mmaction.Resize', scale=(-1, 256))]
STOCK = [dict(type='mmaction.DecordInit'), OURS[1], dict(type='mmaction.DecordDecode'), OURS[3]]
G12 = dict(bf='0', g='12')


def test_steps_that_read():
    assert reading_steps(OURS) == [OURS[0], OURS[2]] and reading_steps(STOCK) == [STOCK[0], STOCK[2]]
    assert reading_steps([dict(type='LoadImageFromFile'), dict(type='mmpretrain.PackInputs')]) == [
        dict(type='LoadImageFromFile')]
    assert reading_steps(None) == reading_steps([dict(type='nothing is built')]) == []


@pytest.mark.parametrize('pipeline', [OURS, STOCK, []], ids=['ours', 'stock', 'none'])
def test_whole_videos(tmp_path, pipeline):
    for ending in ('mp4', 'ts', 'flv', 'mkv'):
        path = str(write(tmp_path / f'a.{ending}', constant(70), options=G12))
        for every_frame in (False, True):
            assert check_media(dict(filename=path), reading_steps(pipeline), every_frame) is None


def test_stock_decoding_of_hidden_frames_is_told(tmp_path):
    source = write(tmp_path / 'a.mp4', constant(60), options=dict(bf='2', g='12'))
    path = str(trim(source, tmp_path / 'b.mp4', begin=Fraction(22, 25), keep_from=Fraction(30, 25)))
    assert check_media(dict(filename=path), reading_steps(OURS), True) is None
    kind, message = check_media(dict(filename=path), reading_steps(STOCK))
    assert kind == 'other frames' and 'DecordInit counts 36 frames, a player shows 30: SequentialVideoInit' in message


def test_cut_and_broken_videos_are_told_apart(tmp_path):
    path = str(cut(write(tmp_path / 'cut.mkv', constant(100), options=G12)))
    kind, message = check_media(dict(filename=path))
    assert kind == 'cut media' and 'announces 4.00 s of video and holds' in message
    path = str(damage(write(tmp_path / 'broken.mp4', constant(100), options=G12)))
    # the first, middle and last frame lie in groups of pictures that are whole, or do not
    kind, message = check_media(dict(filename=path), every_frame=True)
    assert kind == 'unreadable media' and 'broken.mp4: ' in message and 'cannot be decoded' in message
    with av.open(str(tmp_path / 'sound.mp4'), 'w') as file:
        sound = file.add_stream('aac', rate=16000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format='fltp', layout='mono')
        frame.rate, frame.pts = 16000, 0
        file.mux(sound.encode(frame))
        file.mux(sound.encode())
    assert 'no video stream in it (it holds audio)' in check_media(dict(filename=str(tmp_path / 'sound.mp4')))[1]
    assert check_media(dict(filename=str(tmp_path)))[1].endswith('is no regular file')


@pytest.fixture
def table(tmp_path):
    """A table of two folders of frames."""
    for name in 'vw':
        (tmp_path / 'frames' / name).mkdir(parents=True)
        for k in range(9):
            assert cv2.imwrite(str(tmp_path / f'frames/{name}/img_{k:03d}.jpg'), paint(k))
    (tmp_path / 't.csv').write_text('id,labels\nv,cat\nw,cat\n')
    pipeline = [OURS[1], dict(type='mmaction.RawFrameDecode')]
    return Config(dict(train_dataloader=dict(dataset=dict(
        type='TableVideoMultiLabel', data_root=str(tmp_path), ann_file='t.csv', data_prefix=dict(img='frames'),
        pipeline=pipeline))))


def kinds(cfg, **kwargs):
    return [(fault.kind, fault.where.rsplit('/', 1)[-1]) for split in verify_config(cfg, workers=1, **kwargs)
            for fault in split.faults]


def test_folders_of_frames_of_any_naming(table, tmp_path):
    assert kinds(table) == kinds(table, every_frame=True) == []
    (tmp_path / 'frames/w/img_003.jpg').write_text('no image')
    assert kinds(table) == [] and kinds(table, every_frame=True) == [('unreadable media', 't.csv:3')]
    (tmp_path / 'frames/w/img_003.jpg').unlink()
    assert kinds(table) == [('missing or incomplete frames', 't.csv:3')]


def test_frames_that_begin_at_another_number(table, tmp_path):
    for name in 'vw':
        for k in range(7):
            (tmp_path / f'frames/{name}/img_{k:03d}.jpg').unlink()
    table.train_dataloader.dataset.start_index = 7
    assert kinds(table) == []


def test_frames_of_a_list_are_looked_for(tmp_path):
    (tmp_path / 'v').mkdir()
    for k in (7, 8, 9, 20):
        assert cv2.imwrite(str(tmp_path / f'v/img_{k:03d}.jpg'), paint(k))
    rows = ''.join(f'v 1 {k} v/img_{k + 7:03d}.jpg "0"\n' for k in range(3))
    (tmp_path / 'list.csv').write_text('original_vido_id video_id frame_id path labels\n' + rows)
    cfg = Config(dict(train_dataloader=dict(dataset=dict(
        type='FrameListMultiLabel', data_root=str(tmp_path), ann_file='list.csv', data_prefix=dict(img=''),
        classes=['cat'], pipeline=[OURS[1], dict(type='mmaction.RawFrameDecode')]))))
    assert kinds(cfg) == []  # frame 20 is not among the listed ones
    (tmp_path / 'v/img_008.jpg').unlink()
    [split] = verify_config(cfg, workers=1)
    assert [fault.message.rsplit('/', 1)[-1] for fault in split.faults] == [
        "v: 1 of the 3 frames are missing: 'img_008.jpg'"]


def test_the_pipeline_of_the_config_reads(tmp_path):
    """decord finds six frames more than players show, which is told where a pipeline uses it."""
    source = write(tmp_path / 'a.mp4', constant(60), options=dict(bf='2', g='12'))
    trim(source, tmp_path / 'b.mp4', begin=Fraction(22, 25), keep_from=Fraction(30, 25))
    (tmp_path / 't.csv').write_text('id,labels\nb,cat\n')
    for pipeline, expected in ((OURS, []), (STOCK, [('other frames', 't.csv:2')])):
        cfg = Config(dict(val_dataloader=dict(dataset=dict(type='RepeatDataset', times=1, dataset=dict(
            type='TableVideoMultiLabel', data_root=str(tmp_path), ann_file='t.csv', data_prefix=dict(video=''),
            extension='.mp4', pipeline=pipeline)))))
        assert kinds(cfg) == expected
