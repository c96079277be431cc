"""The verify tool on data sets that are broken on purpose: each fault is named, with its place."""
import json
import os
import runpy
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from media import write_frames, write_image, write_video
from mmengine.config import Config

from kssnet_mm.datasets import verify_media
from kssnet_mm.datasets.verify import distinct_splits, verify_config

TOOL = Path(__file__).resolve().parents[2] / 'tools/analysis_tools/verify_dataset.py'
NAMES = ('a.jpg', 'b.jpg', 'c.jpg')


def config(**datasets):
    return Config({f'{split}_dataloader': dict(dataset=dataset) for split, dataset in datasets.items()})


def faults(cfg, **kwargs):
    return {(f.kind, f.where.rsplit('/', 1)[-1]): f.message
            for split in verify_config(cfg, workers=0, **kwargs) for f in split.faults}


@pytest.fixture
def table(tmp_path):
    """A table of three images in each of two splits, whole."""
    for split, start in (('train', 0), ('val', 3)):
        names = [f'{split}/{name}' for name in NAMES]
        for name in names:
            write_image(tmp_path / name)
        rows = ''.join(f'{name},cat;dog\n' for name in names)
        (tmp_path / f'{split}.csv').write_text('file,labels\n' + rows)
    (tmp_path / 'classes.txt').write_text('cat\ndog\n')
    return tmp_path


def images(root, split, **kwargs):
    return dict(type='TableMultiLabel', data_root=str(root), ann_file=f'{split}.csv',
                classes='classes.txt', pipeline=[dict(type='nothing is built')], **kwargs)


def both(root, **kwargs):
    return config(train=images(root, 'train', **kwargs), val=images(root, 'val', **kwargs))


def append(root, text, split='train'):
    with open(root / f'{split}.csv', 'a') as file:
        file.write(text)


def test_whole_data_has_no_fault(table):
    splits = verify_config(both(table), workers=2)
    assert [(s.name, s.samples, s.classes, s.faults) for s in splits] == [
        ('train', 3, ('cat', 'dog'), []), ('val', 3, ('cat', 'dog'), [])]


def cut(path):
    path.write_bytes(path.read_bytes()[:-200])


IMAGE_BREAKS = {
    'missing file': (lambda r: (r / 'train/b.jpg').unlink(), 'train.csv:3', 'b.jpg does not exist'),
    'empty file': (lambda r: (r / 'train/b.jpg').write_bytes(b''), 'train.csv:3', 'b.jpg is empty'),
    'unreadable media': (lambda r: cut(r / 'train/b.jpg'), 'train.csv:3', 'b.jpg cannot be decoded'),
    'unknown label': (lambda r: append(r, 'train/d.jpg,cow\n'), 'train.csv:5', "'cow' is not one"),
    'duplicate id': (lambda r: append(r, 'train/a.jpg,cat\n'), 'train.csv:5', 'was already at'),
    'duplicate media': (lambda r: append(r, './train/a.jpg,cat\n'), 'train.csv:5', 'was already at'),
    'malformed row': (lambda r: append(r, ',cat\n'), 'train.csv:5', 'no file name'),
    'malformed annotation': (lambda r: append(r, '"x,cat\ny,dog\n'), 'train.csv:5', 'a quote that is not'),
    'in two splits': (lambda r: append(r, 'train/a.jpg,cat\n', 'val'), 'val.csv:5', 'is in train too'),
    'no samples': (lambda r: (r / 'train.csv').write_text('file,labels\n'), 'train.csv', 'no sample'),
}


@pytest.mark.parametrize('kind', IMAGE_BREAKS)
def test_broken_tables_of_images(table, kind):
    write_image(table / 'train/d.jpg')
    broken, where, message = IMAGE_BREAKS[kind]
    broken(table)
    found = faults(both(table, keep_unlabelled=True))
    assert list(found) == [(kind, where)] and message in found[kind, where]


def test_a_cut_jpeg_that_opencv_fills_with_grey_is_found(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    path = tmp_path / 'x.jpg'
    assert cv2.imwrite(str(path), pixels)
    assert verify_media.check_media(dict(img_path=str(path))) is None
    cut(path)
    assert cv2.imread(str(path)).shape == (64, 64, 3)
    kind, message = verify_media.check_media(dict(img_path=str(path)))
    assert kind == 'unreadable media' and 'truncated' in message


def test_several_faults_are_all_found(table):
    (table / 'train/a.jpg').write_text('text')
    (table / 'train/c.jpg').unlink()
    append(table, 'train/e.jpg,cow;horse\ntrain/a.jpg,cat\n')
    found = [(f.kind, f.where.rsplit(':', 1)[1]) for f in verify_config(both(table))[0].faults]
    assert sorted(found) == [('duplicate id', '6'), ('missing file', '4'), ('unknown label', '5'),
                             ('unknown label', '5'), ('unreadable media', '2')]


def test_missing_annotation_and_class_files(table):
    (table / 'val.csv').unlink()
    assert list(faults(both(table))) == [('missing file', 'val.csv')]
    (table / 'classes.txt').write_text('cat\ncat\n')
    assert list(faults(both(table)))[0] == ('malformed annotation', 'classes.txt:2')


def test_class_lists_of_the_splits_are_compared(table):
    (table / 'other.txt').write_text('dog\ncat\n')
    cfg = both(table)
    cfg.val_dataloader.dataset.classes = 'other.txt'
    key = ('class list mismatch', 'val against train')
    assert 'another order' in faults(cfg)[key] and 'another order' in faults(cfg, split='val')[key]
    assert 'another order' in faults(cfg, split='train')['class list mismatch', 'val against train']
    (table / 'other.txt').write_text('dog\ncat\ncow\n')
    assert "only one of them has 'cow'" in faults(cfg)[key]


def test_only_the_asked_split_is_decoded(table):
    (table / 'train/b.jpg').unlink()
    assert faults(both(table), split='val') == {}
    cfg = both(table)
    cfg.test_dataloader = cfg.val_dataloader
    assert list(distinct_splits(cfg)) == ['train', 'val']
    assert [s.name for s in verify_config(cfg, split='test', workers=0)] == ['test']
    with pytest.raises(ValueError, match='no test_dataloader'):
        verify_config(both(table), split='test')


def test_wrappers_are_opened(table):
    (table / 'val/b.jpg').unlink()
    parts = dict(type='ConcatDataset', datasets=[images(table, 'train'), images(table, 'val')])
    cfg = config(train=dict(type='RepeatDataset', times=2, dataset=parts))
    assert verify_config(cfg)[0].samples == 6
    assert list(faults(cfg)) == [('missing file', 'val.csv:3')]


CSV = 'id,actions,length\nA,c000 0 1,1\nB,c001 0 1,1\n'


@pytest.fixture
def charades(tmp_path):
    (tmp_path / 'classes.txt').write_text('c000 Holding\nc001 Taking\n')
    (tmp_path / 'train.csv').write_text(CSV)
    for name in 'AB':
        write_video(tmp_path / f'videos/{name}.mp4', 8)
        write_frames(tmp_path / 'frames' / name, 6)
    return tmp_path


def videos(root, **prefix):
    return config(train=dict(type='CharadesDataset', data_root=str(root), ann_file='train.csv',
                             class_file='classes.txt', pipeline=[], data_prefix=prefix))


def damage(path):
    """Keep the header and the index at the end, overwrite the frames."""
    data = bytearray(path.read_bytes())
    begin, end = data.index(b'mdat') + 4, data.index(b'moov') - 4
    data[begin:end] = bytes(end - begin)
    path.write_bytes(data)


VIDEO_BREAKS = {
    'cut': (lambda r: cut(r / 'videos/B.mp4'), 'unreadable media', 'B.mp4 cannot be decoded'),
    'damaged': (lambda r: damage(r / 'videos/B.mp4'), 'unreadable media', 'B.mp4 cannot be decoded'),
    'empty': (lambda r: (r / 'videos/B.mp4').write_bytes(b''), 'empty file', 'B.mp4 is empty'),
    'missing': (lambda r: (r / 'videos/B.mp4').unlink(), 'missing file', 'B.mp4 does not exist'),
}


@pytest.mark.parametrize('broken', VIDEO_BREAKS)
def test_broken_videos(charades, broken):
    assert faults(videos(charades, video='videos')) == {}
    action, kind, message = VIDEO_BREAKS[broken]
    action(charades)
    found = faults(videos(charades, video='videos'))
    assert list(found) == [(kind, 'train.csv:3')] and message in found[kind, 'train.csv:3']


def test_broken_folders_of_frames(charades):
    cfg = videos(charades, img='frames')
    assert faults(cfg) == {}
    (charades / 'frames/B/B-000004.jpg').write_text('')
    assert faults(cfg)['empty file', 'train.csv:3'].endswith('B-000004.jpg is empty')
    (charades / 'frames/B/B-000004.jpg').unlink()
    assert 'B-000004.jpg is missing' in faults(cfg)['missing or incomplete frames', 'train.csv:3']


def test_broken_charades_rows(charades):
    (charades / 'train.csv').write_text(CSV + 'A,c000 0 1,1\nD,c009 0 1;c000 0 1,1\n')
    assert set(faults(videos(charades, video='videos'))) == {
        ('duplicate id', 'train.csv:4'), ('unknown label', 'train.csv:5'),
        ('missing file', 'train.csv:5')}


def test_zero_sizes_and_unknown_ids_of_coco(tmp_path):
    write_image(tmp_path / 'images/a.jpg')
    content = dict(categories=[dict(id=1, name='cat')], images=[
        dict(id=1, file_name='a.jpg', width=0, height=4), dict(id=2, file_name='a.jpg')],
        annotations=[dict(id=1, image_id=1, category_id=1), dict(id=2, image_id=2, category_id=1),
                     dict(id=3, image_id=2, category_id=7), dict(id=4, image_id=9, category_id=1)])
    (tmp_path / 'x.json').write_text(json.dumps(content))
    cfg = config(val=dict(type='CocoMultiLabel', data_root=str(tmp_path), ann_file='x.json',
                          data_prefix='images', pipeline=[]))
    assert sorted(kind for kind, _ in faults(cfg)) == [
        'duplicate media', 'unknown image', 'unknown label', 'zero size']


def test_a_decoder_that_crashes_is_blamed_on_its_file(monkeypatch):
    def check(path, decode):
        if path == 'bad':
            os._exit(1)  # as a decoder's segmentation fault ends a worker

    monkeypatch.setattr(verify_media, 'check_file', check)
    infos = [dict(img_path=name) for name in ('x', 'y', 'bad', 'z', 'bad', 'w')]
    found = [finding for _, finding in verify_media.check_all(infos, workers=2)]
    assert [finding and finding[0] for finding in found] == [
        None, None, 'unreadable media', None, 'unreadable media', None]
    assert found[2][1] == 'the decoder crashed on bad'


def run_tool(monkeypatch, *arguments):
    monkeypatch.setattr(sys, 'argv', ['verify_dataset.py', *map(str, arguments)])
    with pytest.raises(SystemExit) as end:
        runpy.run_path(str(TOOL), run_name='__main__')
    return end.value.code


def test_tool(table, monkeypatch, capsys):
    both(table).dump(table / 'config.py')
    assert run_tool(monkeypatch, table / 'config.py', '--workers', 0) == 0
    (table / 'train/b.jpg').unlink()
    append(table, 'train/a.jpg,cat;cow\n', 'val')
    out = table / 'out.json'
    assert run_tool(monkeypatch, table / 'config.py', '--workers', 1, '--out', out) == 1
    printed = capsys.readouterr().out
    assert 'train: missing file: ' in printed and 'train.csv:3: ' in printed
    content = json.loads(out.read_text())
    assert content['faults'] == 3
    assert [f['kind'] for f in content['splits']['train']['faults']] == ['missing file']
    assert {f['kind'] for f in content['splits']['val']['faults']} == {'unknown label', 'in two splits'}
    assert run_tool(monkeypatch, table / 'config.py', '--split', 'test') == 2
    assert 'no test_dataloader' in capsys.readouterr().err


def test_joined_data_sets_need_the_same_classes(table):
    (table / 'other.txt').write_text('dog\ncat\n')
    parts = [images(table, 'train'), dict(images(table, 'val'), classes='other.txt')]
    found = faults(config(train=dict(type='ConcatDataset', datasets=parts)))
    assert list(found) == [('class list mismatch', 'train.csv')] and 'another order' in found[next(iter(found))]
