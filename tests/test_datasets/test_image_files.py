"""Images that are broken or too large are treated as the setting says, and every one that is skipped is counted."""
import os
import struct
import zlib

import cv2
import numpy as np
import pytest
from media import Log, write_image
from mmengine.registry import DATASETS
from torch.utils.data import DataLoader

from kssnet_mm.datasets.image_files import ImageError, check_header, whole_images

PIPELINE = [dict(type='mmpretrain.LoadImageFromFile'), dict(type='mmpretrain.PackInputs')]


@pytest.fixture
def photo():
    """Bytes of a JPEG of much detail."""
    pixels = np.random.default_rng(0).integers(0, 255, (96, 128, 3), dtype=np.uint8)
    return cv2.imencode('.jpg', pixels)[1].tobytes()


def zeros(data):
    middle = len(data) // 2
    return data[:middle] + bytes(800) + data[middle + 800:]


def noise(data):
    middle = len(data) // 2
    return data[:middle] + np.random.default_rng(1).bytes(800) + data[middle + 800:]


def lost(data):
    middle = len(data) // 2
    return data[:middle] + data[middle + 800:]


BREAKS = dict(zeros=zeros, noise=noise, lost=lost, cut=lambda data: data[:-200],
              half=lambda data: data[:len(data) // 2])


def build(root, **kwargs):
    return DATASETS.build(dict(type='TableMultiLabel', data_root=str(root), ann_file='t.csv', classes=['cat', 'dog'],
                               data_prefix=dict(img_path='images'), **{'pipeline': PIPELINE, **kwargs}))


@pytest.fixture
def table(tmp_path):
    for k in range(8):
        write_image(tmp_path / f'images/{k}.png', 10 * k)
    (tmp_path / 't.csv').write_text('id,labels\n' + ''.join(f'{k}.png,cat\n' for k in range(8)))
    return tmp_path


@pytest.mark.parametrize('how', BREAKS)
def test_a_jpeg_that_is_broken_in_the_middle(table, photo, how):
    """OpenCV gives pixels for the first four of these."""
    (table / 'images/3.png').write_bytes(BREAKS[how](photo))
    assert (cv2.imread(str(table / 'images/3.png')) is None) <= (how == 'half')
    with pytest.raises(ValueError, match='3.png cannot be read'):
        build(table)[3]
    with pytest.raises(ValueError, match='3.png cannot be read'):
        build(table, test_mode=True, on_bad_media='resample')[3]
    data = build(table, on_bad_media='resample')
    with Log() as messages:
        for _ in range(3):
            assert data[3]['inputs'].float().mean() % 10 == 0  # another picture
    assert data.bad_media >= 3 and any('3.png cannot be read' in text for text in messages)
    (table / 'images/3.png').write_bytes(photo)
    assert build(table)[3]['inputs'].shape == (3, 96, 128)


def test_what_others_print_is_not_lost(capfd):
    with whole_images('x'):
        os.write(2, b'a warning\n')
    assert capfd.readouterr().err == 'a warning\n'
    with pytest.raises(ImageError, match=r'x: it is broken \(Corrupt JPEG data: 3 extraneous bytes'):
        with whole_images('x'):
            os.write(2, b'one\nCorrupt JPEG data: 3 extraneous bytes\ntwo\n')
    assert capfd.readouterr().err == 'one\ntwo\n'
    with pytest.raises(KeyError):
        with whole_images('x'):
            os.write(2, b'before\n')
            raise KeyError('inside')
    assert capfd.readouterr().err == 'before\n'


def bomb(path, side):
    """A PNG that says it has side x side pixels, and has none."""
    header = b'IHDR' + struct.pack('>IIBBBBB', side, side, 8, 2, 0, 0, 0)
    chunks = b''.join(struct.pack('>I', len(chunk) - 4) + chunk + struct.pack('>I', zlib.crc32(chunk))
                      for chunk in (header, b'IDAT' + zlib.compress(b''), b'IEND'))
    path.write_bytes(b'\x89PNG\r\n\x1a\n' + chunks)


def test_images_are_bounded_before_they_are_decoded(table, monkeypatch):
    bomb(table / 'images/3.png', 12_000)
    bomb(table / 'images/4.png', 20_000)
    monkeypatch.setattr('mmcv.imfrombytes', lambda *args, **kwargs: pytest.fail('it was decoded'))
    data = build(table)
    with pytest.raises(ValueError, match='3.png: 12000 x 12000 pixels are more than max_pixels=100000000'):
        data[3]
    with pytest.raises(ValueError, match='4.png'):
        data[4]
    monkeypatch.undo()
    with pytest.raises(ValueError, match='0.png: 32 x 24 pixels are more than max_pixels=767'):
        build(table, max_pixels=767)[0]
    assert build(table, max_pixels=768)[0]['inputs'].shape == (3, 24, 32)
    with pytest.raises(ValueError, match='max_pixels must be positive, got 0'):
        build(table, max_pixels=0)
    check_header(str(table / 't.csv'))  # no image: for the decoder to say


def test_what_is_no_file_is_not_waited_for(table):
    (table / 'images/3.png').unlink()
    os.mkfifo(table / 'images/3.png')
    (table / 'images/4.png').unlink()
    (table / 'images/4.png').mkdir()
    data = build(table)
    with pytest.raises(ValueError, match='3.png is no regular file'):
        data[3]
    with pytest.raises(ValueError, match='4.png is a folder'):
        data[4]


@pytest.mark.parametrize('workers', [0, 2])
def test_skipped_samples_are_counted_in_all_workers(table, workers):
    (table / 'images/3.png').write_bytes(b'no image')
    (table / 'images/4.png').unlink()
    data = build(table, on_bad_media='resample', max_refetch=1000)
    drawn = []
    data._rand_another = lambda: drawn.append(1) or 0  # the one that is drawn instead is whole
    loader = DataLoader(data, batch_size=2, num_workers=workers, collate_fn=list, persistent_workers=workers > 0)
    for epoch in (1, 2):
        assert sum(len(batch) for batch in loader) == 8
        assert data.bad_media == 2 * epoch


def test_a_png_whose_parts_are_longer_than_the_file(tmp_path):
    path = tmp_path / 'a.png'
    data = cv2.imencode('.png', np.zeros((5, 6, 3), np.uint8))[1].tobytes()
    path.write_bytes(data + b'what follows the end does not matter')
    check_header(str(path))
    for broken in (data[:-1], data[:33] + b'\x7f\xff\xff\xff' + data[37:], data[:30]):
        path.write_bytes(broken)
        with pytest.raises(ImageError, match=r'a.png: it is broken \(a part of \d+ bytes is not there as a whole'):
            check_header(str(path))
