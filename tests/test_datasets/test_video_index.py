"""Which frames a video has and when they are shown, and that reading gives those pictures and no others."""
from fractions import Fraction
from types import SimpleNamespace

import av
import numpy as np
import pytest
from painted_videos import PHONE, constant, cut, damage, number_of, numbers_of, paint, trim, write
from shared_data import shared

from kssnet_mm.datasets.video import FrameIndex, VideoError, iterate_frames, read_frames, read_index
from kssnet_mm.datasets.video import container
from kssnet_mm.datasets.video.container import packets
from kssnet_mm.datasets.video.read_index import forget_indexes

B_FRAMES = dict(bf='2', g='12')
# container, encoder, its options
KINDS = [('mp4', 'libx264', B_FRAMES), ('mp4', 'libx264', dict(bf='0')), ('mp4', 'mpeg4', B_FRAMES),
         ('mov', 'libx264', B_FRAMES), ('mkv', 'libx264', B_FRAMES),
         ('mkv', 'libx265', {'x265-params': 'log-level=0'}),
         ('webm', 'libvpx-vp9', {}), ('avi', 'mpeg4', B_FRAMES), ('ts', 'libx264', B_FRAMES), ('flv', 'flv', {}),
         ('flv', 'libx264', B_FRAMES), ('wmv', 'wmv2', {}), ('mpg', 'mpeg2video', B_FRAMES),
         ('h264', 'libx264', B_FRAMES)]


@pytest.mark.parametrize('ending, codec, options', KINDS)
def test_every_frame_of_a_constant_rate(tmp_path, ending, codec, options):
    path = str(write(tmp_path / f'a.{ending}', constant(60), codec, options))
    index = read_index(path)
    np.testing.assert_allclose(index.times, np.arange(60) / 25, atol=1e-9)
    assert index.end == pytest.approx(2.4) and index.note is None
    assert numbers_of(read_frames(path, index, range(60))) == list(range(60))
    assert [(k, number_of(image)) for k, image in iterate_frames(path, index)] == [(k, k) for k in range(60)]
    wanted = [50, 3, 3, 59, 0, 38]
    assert numbers_of(read_frames(path, index, wanted)) == wanted
    assert numbers_of(read_frames(path, index, wanted, num_threads=2)) == wanted
    assert index.slots().tolist() == list(range(60))


@pytest.mark.parametrize('ending', ['mp4', 'mkv', 'ts', 'flv'])
def test_a_phones_variable_rate(tmp_path, ending):
    path = str(write(tmp_path / f'a.{ending}', PHONE, options=B_FRAMES))
    index = read_index(path)
    np.testing.assert_allclose(index.times, np.array(PHONE, dtype=float), atol=2e-5)
    assert numbers_of(read_frames(path, index, range(60))) == list(range(60))
    # .5 s lies behind 0 + 3 * .156 = .468 s (frame 9) and before frame 10 at .501 s
    assert index.shown_at([-1, 0, .0324, .5, .502, 99]).tolist() == [0, 0, 0, 9, 10, 59]


def test_times_that_a_container_rounds(tmp_path):
    """Matroska has milliseconds: frame 1 of 24 a second stands at .042, and is what is shown at 1 / 24 s."""
    index = read_index(str(write(tmp_path / 'a.mkv', constant(48, 24))))
    assert index.times[1] == .042 and index.shown_at(np.arange(48) / 24).tolist() == list(range(48))


def test_samples_of_a_variable_rate_are_equally_spaced_in_time():
    # ten frames in the first second, then two, of a second each
    index = FrameIndex(np.append(np.arange(10) / 10, [1., 2.]), 3.)
    # twelve parts of a quarter of a second: their middles are .125, .375, .625, .875, 1.125, ...
    assert index.slots().tolist() == [1, 3, 6, 8, 10, 10, 10, 10, 11, 11, 11, 11]
    assert index.spans[[0, 10, 11]].tolist() == [[0, .1], [1, 2], [2, 3]]


@pytest.mark.parametrize('missing', [5, 30])
def test_one_lost_frame_moves_no_sample(missing):
    times = np.delete(np.arange(60) / 25, missing)
    assert FrameIndex(times, 2.4).slots().tolist() == list(range(59))


def test_frames_that_an_edit_list_hides_are_not_there(tmp_path):
    """Trimmed without coding anew: 36 packets from the keyframe 24 on, of which players show 30 to 59."""
    source = write(tmp_path / 'a.mp4', constant(60), options=B_FRAMES)
    path = str(trim(source, tmp_path / 'b.mp4', begin=Fraction(22, 25), keep_from=Fraction(30, 25)))
    with av.open(path) as file:
        packets = [packet for packet in file.demux(video=0) if packet.size]
        assert len(packets) == 36 and sum(packet.is_discard for packet in packets) == 6
    index = read_index(path)
    np.testing.assert_allclose(index.times, np.arange(30) / 25, atol=1e-9)
    assert index.note is None and index.end == pytest.approx(1.2)
    assert numbers_of(read_frames(path, index, range(30))) == list(range(30, 60))
    assert numbers_of(read_frames(path, index, [29, 0, 15])) == [59, 30, 45]


@pytest.mark.parametrize('ending, codec', [('mp4', 'libx264'), ('mkv', 'libx264'), ('avi', 'mpeg4'), ('flv', 'flv'),
                                           ('ts', 'libx264')])
def test_a_file_that_was_cut_off_has_the_frames_that_are_there(tmp_path, ending, codec):
    path = write(tmp_path / f'a.{ending}', constant(100), codec, dict(g='12', bf='0'), movflags='faststart')
    cut(path)
    index = read_index(str(path))
    count = len(index.times)
    assert 40 < count < 80
    np.testing.assert_allclose(index.times, np.arange(count) / 25, atol=1e-9)
    assert numbers_of(read_frames(str(path), index, range(count))) == list(range(count))
    if ending != 'ts':  # nothing in a transport stream says how long it is
        assert f'announces 4.00 s of video and holds {count / 25:.2f} s ({count} frames)' in index.note


def test_a_header_that_announces_more_frames(tmp_path):
    path = write(tmp_path / 'a.avi', constant(60), 'mpeg4', dict(bf='0'))
    data = bytearray(path.read_bytes())
    place = data.index(b'strh') + 8 + 32  # dwLength of the stream's header
    assert int.from_bytes(data[place:place + 4], 'little') == 60
    data[place:place + 4] = (90).to_bytes(4, 'little')
    path.write_bytes(data)
    index = read_index(str(path))
    assert len(index.times) == 60 and 'announces 3.60 s' in index.note and '2.40 s (60 frames)' in index.note
    assert numbers_of(read_frames(str(path), index, [59, 0])) == [59, 0]


def test_times_count_from_the_begin_of_the_file(tmp_path):
    """A transport stream's stamps begin anywhere; a picture that comes half a second after the sound does so."""
    path = str(write(tmp_path / 'a.ts', [time + 10 for time in constant(20)]))
    assert read_index(path).times[[0, 19]] == pytest.approx([0, 19 / 25])
    path = str(tmp_path / 'b.mkv')
    with av.open(path, 'w') as file:
        sound = file.add_stream('aac', rate=16000)
        video = file.add_stream('libx264', rate=25, options=dict(bf='0'))
        video.width, video.height, video.pix_fmt = 128, 64, 'yuv420p'
        video.codec_context.time_base = Fraction(1, 1000)
        for k in range(30):
            samples = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format='fltp', layout='mono')
            samples.rate, samples.pts, samples.time_base = 16000, 1024 * k, Fraction(1, 16000)
            file.mux(sound.encode(samples))
            frame = av.VideoFrame.from_ndarray(paint(k), format='rgb24')
            frame.pts, frame.time_base = 500 + 40 * k, Fraction(1, 1000)
            file.mux(video.encode(frame))
        file.mux(sound.encode())
        file.mux(video.encode())
    index = read_index(path)
    assert index.times[:2] == pytest.approx([.5, .54]) and index.note is None
    assert index.shown_at([0, .55]).tolist() == [0, 1]


@pytest.mark.parametrize('ending, codec', [('mp4', 'libx264'), ('mkv', 'libx264'), ('avi', 'mpeg4'), ('flv', 'flv')])
def test_nothing_stands_in_for_what_is_broken_in_the_middle(tmp_path, ending, codec):
    path = str(damage(write(tmp_path / f'a.{ending}', constant(100), codec, dict(g='12', bf='0'))))
    with pytest.raises(VideoError, match=f'a.{ending}: .* cannot be decoded'):
        read_frames(path, *(lambda index: (index, range(len(index.times))))(read_index(path)))


def test_the_first_of_two_video_streams(tmp_path):
    path = str(tmp_path / 'two.mkv')
    with av.open(path, 'w') as file:
        streams = []
        for width in (128, 64):
            stream = file.add_stream('libx264', rate=25, options=dict(bf='0'))
            stream.width, stream.height, stream.pix_fmt = width, 64, 'yuv420p'
            streams.append(stream)
        for k in range(10):
            for stream, image in zip(streams, (paint(k), np.zeros((64, 64, 3), np.uint8))):
                file.mux(stream.encode(av.VideoFrame.from_ndarray(image, format='rgb24')))
        for stream in streams:
            file.mux(stream.encode())
    assert numbers_of(read_frames(path, read_index(path), range(10))) == list(range(10))


def test_what_is_wrong_with_a_file_is_told_apart(tmp_path):
    write(tmp_path / 'a.mp4', constant(5))
    (tmp_path / 'text.mp4').write_text('no video')
    (tmp_path / 'empty.mp4').write_bytes(b'')
    (tmp_path / 'list.mp4').write_text('#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\na.mp4\n#EXT-X-ENDLIST\n')
    data = (tmp_path / 'a.mp4').read_bytes()
    (tmp_path / 'codec.mp4').write_bytes(data.replace(b'avc1', b'zz41'))
    with av.open(str(tmp_path / 'sound.mp4'), 'w') as file:
        sound = file.add_stream('aac', rate=16000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format='fltp', layout='mono')
        frame.rate, frame.pts = 16000, 0
        file.mux(sound.encode(frame))
        file.mux(sound.encode())
    for name, match in {'none.mp4': 'the file is missing', 'text.mp4': 'cannot be opened as a video',
                        'empty.mp4': 'the file is empty', 'list.mp4': 'as a video|a playlist',
                        '.': 'not a regular file',
                        'sound.mp4': r'no video stream in it \(it holds audio\)', 'codec.mp4': 'no decoder'}.items():
        with pytest.raises(VideoError, match=match):
            read_index(str(tmp_path / name))


def test_frames_of_any_size_are_not_read(tmp_path, monkeypatch):
    path = str(write(tmp_path / 'a.mp4', constant(5), 'libx264', {}))
    height, width = read_frames(path, read_index(path), [0])[0].shape[:2]
    monkeypatch.setattr(container, 'MOST_PIXELS', height * width - 1)
    forget_indexes()
    with pytest.raises(VideoError, match=f'a.mp4: its frames have {width} x {height} pixels, and'):
        read_index(path)


def test_a_size_that_grows_on_the_way_is_not_read(tmp_path, monkeypatch):
    """A raw stream may begin small: its decoder is told the bound as well."""
    path = tmp_path / 'a.h264'
    for size in (64, 128):
        with av.open(str(path.with_suffix(f'.{size}')), 'w', format='h264') as file:
            stream = file.add_stream('libx264', rate=25)
            stream.width, stream.height, stream.pix_fmt = size, size, 'yuv420p'
            for _ in range(5):
                file.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((size, size, 3), np.uint8), format='rgb24')))
            file.mux(stream.encode())
    path.write_bytes(b''.join(path.with_suffix(f'.{size}').read_bytes() for size in (64, 128, 64)))
    sides = [image.shape[0] for _, image in iterate_frames(str(path), read_index(str(path)))]
    assert sides == [64] * 5 + [128] * 5 + [64] * 5
    monkeypatch.setattr(container, 'MOST_PIXELS', 100 * 100)
    forget_indexes()
    with pytest.raises(VideoError, match='a.h264: a frame cannot be decoded'):
        list(iterate_frames(str(path), read_index(str(path))))


def test_a_rotated_video_stands_upright():
    path = str(shared('videos/decord__video_90.mov'))
    assert [image.shape for image in read_frames(path, read_index(path), [0, 2])] == [(568, 320, 3)] * 2


def test_numbers_beyond_the_end_are_refused(tmp_path):
    path = str(write(tmp_path / 'a.mp4', constant(5)))
    with pytest.raises(IndexError, match='frames 0 to 5 are wanted of 5'):
        read_frames(path, read_index(path), [0, 5])


def test_a_file_that_is_written_anew_is_read_anew(tmp_path):
    path = write(tmp_path / 'a.mp4', constant(5))
    assert len(read_index(str(path)).times) == 5
    write(path, constant(7))
    assert len(read_index(str(path)).times) == 7


@pytest.mark.parametrize('ending, codec, seed', [*(('mp4', 'libx264', seed) for seed in range(6)),
                                                 *(('avi', 'mpeg4', seed) for seed in (1, 2, 3, 6))])
def test_small_damage_is_an_error_and_not_a_wrong_picture(tmp_path, ending, codec, seed):
    """FFmpeg fills up what it cannot decode and marks the frame, which players show all the same."""
    path = write(tmp_path / f'a.{ending}', constant(100), codec, dict(bf='0', g='12'), movflags='faststart')
    generator, data = np.random.default_rng(seed), bytearray(path.read_bytes())
    begin = int(generator.integers(len(data) // 3, len(data) * 9 // 10))
    data[begin:begin + 10] = generator.bytes(10)
    path.write_bytes(data)
    try:
        index = read_index(str(path))
        images = read_frames(str(path), index, range(len(index.times)))
    except VideoError:
        return
    assert numbers_of(images) == np.rint(index.times * 25).astype(int).tolist()


def test_a_stream_that_begins_in_the_middle_is_passed_over():
    """PyAV raises an IndexError for the first packet of a stream that it did not see when it opened the file."""
    class Recording:
        stored = [SimpleNamespace(size=5), IndexError('list index out of range'), SimpleNamespace(size=0),
                  SimpleNamespace(size=7)]

        def demux(self, stream):
            while self.stored:
                packet = self.stored.pop(0)
                if isinstance(packet, IndexError):
                    raise packet
                yield packet

    assert [packet.size for packet in packets(Recording(), None)] == [5, 7]
