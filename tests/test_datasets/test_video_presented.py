"""Frames as players show them: mirrored, turned, of pixels that are not square, and with holes in the stream."""
import re
import runpy
from fractions import Fraction

import av
import numpy as np
import pytest
from painted_videos import constant, number_of, shown_by, write
from shared_data import ROOT

from kssnet_mm.datasets.transforms import SequentialVideoDecode, SequentialVideoInit
from kssnet_mm.datasets.video import VideoError, iterate_frames, read_frames, read_index
from kssnet_mm.datasets.video.transport_stream import first_hole

# four colours, so that every way of turning and mirroring gives another picture: red green / blue white
CORNERS = np.array([[[220, 0, 0], [0, 220, 0]], [[0, 0, 220], [220, 220, 220]]], dtype=np.uint8)
SIZE = 64, 96


def corners(path, pixel=Fraction(1)):
    """Three frames of the four colours, 96 x 64 stored pixels of that shape."""
    image = CORNERS.repeat(SIZE[0] // 2, axis=0).repeat(SIZE[1] // 2, axis=1)
    with av.open(str(path), 'w') as file:
        stream = file.add_stream('libx264', rate=10, options=dict(crf='5'))
        stream.height, stream.width, stream.pix_fmt = *SIZE, 'yuv420p'
        stream.codec_context.sample_aspect_ratio = pixel
        for _ in range(3):
            file.mux(stream.encode(av.VideoFrame.from_ndarray(image, format='rgb24')))
        file.mux(stream.encode())
    return path


def names(image):
    """The colours of the four quarters, in rows."""
    height, width = image.shape[:2]
    found = ''
    for row in (height // 4, 3 * height // 4):
        for column in (width // 4, 3 * width // 4):
            red, green, blue = image[row, column] > 110
            found += 'w' if red and green and blue else 'r' if red else 'g' if green else 'b'
    return found


def by_script(path):
    return runpy.run_path(str(ROOT / 'tools/deployment/predict_onnx.py'))['read_video'](str(path), 3)[0]


def decoded(path, **settings):
    results = SequentialVideoInit()(dict(filename=str(path)))
    return SequentialVideoDecode(**settings)(dict(results, frame_inds=[0]))['imgs'][0]


def all_readers(path):
    found = [read_frames(str(path), read_index(str(path)), [0])[0], next(iterate_frames(str(path), read_index(str(path))))[1],
             by_script(path), decoded(path), decoded(path, backend='decord')]
    assert len({image.shape for image in found}) == 1
    return found


@pytest.mark.parametrize('matrix, expected', [
    ((1, 0, 0, 1), 'rgbw'), ((-1, 0, 0, 1), 'grwb'), ((1, 0, 0, -1), 'bwrg'), ((-1, 0, 0, -1), 'wbgr'),
    # columns become rows: turned to the right, to the left, and mirrored at either diagonal
    ((0, 1, -1, 0), 'brwg'), ((0, -1, 1, 0), 'gwrb'), ((0, 1, 1, 0), 'rbgw'), ((0, -1, -1, 0), 'wgbr')])
def test_turned_and_mirrored(tmp_path, matrix, expected):
    path = shown_by(corners(tmp_path / 'a.mp4'), matrix)
    for image in all_readers(path):
        assert image.shape == ((*SIZE, 3) if matrix[0] else (*SIZE[::-1], 3)) and names(image) == expected


@pytest.mark.parametrize('pixel, shape', [((2, 1), (64, 192)), ((1, 2), (128, 96)), ((4, 3), (64, 128))])
def test_pixels_that_are_not_square(tmp_path, pixel, shape):
    """As stored, unless asked for. One side grows: 96 pixels that are twice as wide as high are shown over 192."""
    path = corners(tmp_path / 'a.mp4', Fraction(*pixel))
    turned = shown_by(corners(tmp_path / 'b.mp4', Fraction(*pixel)), (0, 1, -1, 0))
    assert all(image.shape == (*SIZE, 3) for image in all_readers(path))
    for backend in ('pyav', 'decord'):
        image = decoded(path, square_pixels=True, backend=backend)
        assert image.shape == (*shape, 3) and names(image) == 'rgbw'
        image = decoded(turned, square_pixels=True, backend=backend)
        assert image.shape == (*shape[::-1], 3) and names(image) == 'brwg'


def test_the_first_file_of_other_pixels_is_told(tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr('kssnet_mm.datasets.transforms.sequential_video.print_log',
                        lambda text, **options: told.append(text))
    step = SequentialVideoDecode()
    for name, pixel in (('a.mp4', 1), ('b.mp4', Fraction(4, 3)), ('c.mp4', Fraction(4, 3))):
        results = SequentialVideoInit()(dict(filename=str(corners(tmp_path / name, Fraction(pixel)))))
        step(dict(results, frame_inds=[0]))
    assert len(told) == 1 and 'b.mp4: its pixels are 4:3 wide' in told[0]


def test_what_is_not_done_is_told(tmp_path):
    path = str(corners(tmp_path / 'a.mp4', Fraction(9, 1)))
    with pytest.raises(VideoError, match='a.mp4: its pixels are 9:1 wide'):
        read_frames(path, read_index(path), [0], square_pixels=True)
    path = str(shown_by(corners(tmp_path / 'b.mp4'), (1, 1, -1, 1)))
    with pytest.raises(VideoError, match='b.mp4: its frames are to be shown turned by an odd angle'):
        read_frames(path, read_index(path), [0])


@pytest.mark.parametrize('codec', ['mpeg2video', 'libx264'])
@pytest.mark.parametrize('hole', [(.4, .6), (.55, .62), (.5, .52)])
def test_a_stream_with_a_hole_is_told(tmp_path, codec, hole):
    """FFmpeg shows what it makes up for the frames that are predicted from lost ones."""
    path = write(tmp_path / 'a.ts', constant(75), codec, dict(g='25'))
    data = bytearray(path.read_bytes())
    first, last = (int(len(data) * share) for share in hole)
    data[first:last] = bytes(last - first)
    path.write_bytes(data)
    with pytest.raises(VideoError, match=f'a.ts: a part of it is missing before byte .* of {len(data):,}') as error:
        read_index(str(path))
    told = int(re.search('byte ([0-9,]+)', str(error.value))[1].replace(',', ''))
    assert last - 188 < told < last + 20 * 188
    # without the packets, instead of zeros in their place
    path.write_bytes(bytes(data[:first]) + bytes(data[last:]))
    with pytest.raises(VideoError, match='a.ts: a part of it is missing before byte'):
        read_index(str(path))


def test_whole_streams_have_no_hole(tmp_path):
    path = write(tmp_path / 'a.ts', constant(75), 'libx264', dict(g='25'))
    whole = path.read_bytes()
    assert len(read_index(str(path)).times) == 75
    # joined with another one, whose numbers begin anew, with a picture's first packet lost at the beginning
    (tmp_path / 'b.ts').write_bytes(whole + write(tmp_path / 'c.ts', constant(75), 'libx264', dict(g='25')).read_bytes())
    assert first_hole(str(tmp_path / 'b.ts'), 256) is None
    # .m2ts has four more bytes before each packet
    packets = np.frombuffer(whole, np.uint8).reshape(-1, 188)
    (tmp_path / 'd.m2ts').write_bytes(np.pad(packets, ((0, 0), (4, 0))).tobytes())
    assert first_hole(str(tmp_path / 'd.m2ts'), 256) is None
    # every packet that has content of the video is missed, but for the first and the last of a group of pictures
    missed = [first_hole(str(_without(tmp_path, packets, k)), 256) is not None for k in range(len(packets))]
    video = [(packet[1] & 31, packet[2], packet[3] & 16) == (1, 0, 16) for packet in packets]
    assert sum(missed) >= sum(video) - 6 and not any(lost and not held for lost, held in zip(missed, video))


@pytest.mark.parametrize('piece', [1, 3, 7])
def test_holes_are_found_piece_by_piece(tmp_path, monkeypatch, piece):
    """A recording of hours is not looked at as a whole; the pieces change nothing."""
    whole = write(tmp_path / 'a.ts', constant(30), 'libx264', dict(g='10')).read_bytes()
    packets = np.frombuffer(whole, np.uint8).reshape(-1, 188)
    half = len(whole) // 376 * 188
    (tmp_path / 'zeros.ts').write_bytes(whole[:half] + bytes(1000) + whole[half:])
    paths = [str(tmp_path / 'a.ts'), str(tmp_path / 'zeros.ts')]
    for number in range(len(packets)):
        paths.append(str(tmp_path / f'{number}.ts'))
        _without(tmp_path, packets, number).rename(paths[-1])
    expected = [first_hole(path, 256) for path in paths]
    assert expected[0] is None and expected[1] is not None and 1 < sum(hole is not None for hole in expected)
    monkeypatch.setattr('kssnet_mm.datasets.video.transport_stream.PIECE', piece)
    assert [first_hole(path, 256) for path in paths] == expected


def _without(folder, packets, number):
    path = folder / 'e.ts'
    path.write_bytes(np.delete(packets, number, axis=0).tobytes())
    return path


@pytest.mark.parametrize('codec', ['mpeg2video', 'libx264'])
def test_zeros_at_the_end_are_a_file_that_was_cut_off(tmp_path, codec):
    path = write(tmp_path / 'a.ts', constant(75), codec, dict(g='25', bf='0'))
    data = bytearray(path.read_bytes())
    data[int(len(data) * .7):] = bytes(len(data) - int(len(data) * .7))
    path.write_bytes(data)
    shown = [number_of(image) for _, image in iterate_frames(str(path), read_index(str(path)))]
    assert 40 < len(shown) < 70 and shown == list(range(len(shown)))
    path.write_bytes(bytes(100_000))
    with pytest.raises(VideoError, match='a.ts: it cannot be opened as a video'):
        read_index(str(path))
