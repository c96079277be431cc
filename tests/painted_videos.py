"""Videos whose pictures say which frame they are: frame k is painted with the eight bits of k."""
import struct
from fractions import Fraction

import av
import numpy as np

WIDTH, HEIGHT = 128, 64
# a phone's: two frames at 30 a second, then one that is held for 90 ms
PHONE = [Fraction(int(ms), 1000) for ms in np.cumsum([0] + [90 if k % 3 == 2 else 33 for k in range(59)])]


def paint(number):
    """RGB picture of frame ``number``: a bar of 16 pixels a bit, the lowest on the left."""
    image = np.full((HEIGHT, WIDTH, 3), 40, dtype=np.uint8)
    for bit in range(8):
        if number >> bit & 1:
            image[:, 16 * bit:16 * bit + 16] = 220
    return image


def number_of(image):
    """Which frame a picture is of."""
    height, width = image.shape[:2]
    middle = np.asarray(image)[height // 4:3 * height // 4, :, 1].reshape(height // 2, 8, width // 8)
    return sum(1 << bit for bit in range(8) if middle[:, bit, 4:-4].mean() > 130)


def numbers_of(images):
    """Which frames pictures are of."""
    return [number_of(image) for image in images]


def constant(count, rate=25):
    """Times of frames of one rate."""
    return [Fraction(k, rate) for k in range(count)]


def write(path, times, codec='libx264', options=(), unit=None, begin=0, **container_options):
    """Write frames 0, 1, ... at the given times in seconds.

    Args:
        path: Its ending says the container.
        times: Fractions of a second.
        codec: The encoder.
        options: Of the encoder.
        unit: In which the encoder counts time; default the coarsest that holds the times.
        begin: Number of the first frame.
        container_options: Of the muxer.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unit = unit or Fraction(1, int(np.lcm.reduce([time.denominator for time in times])))
    with av.open(str(path), 'w', options={key: str(value) for key, value in container_options.items()}) as file:
        stream = file.add_stream(codec, rate=25, options=dict(options))
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, 'yuv420p'
        stream.codec_context.time_base = unit
        for number, time in enumerate(times, begin):
            frame = av.VideoFrame.from_ndarray(paint(number), format='rgb24')
            frame.pts, frame.time_base = int(time / unit), unit
            file.mux(stream.encode(frame))
        file.mux(stream.encode())
    return path


def trim(source, path, begin, keep_from):
    """Copy packets without coding them anew: the file begins at ``begin`` s, and shows from ``keep_from`` s on."""
    with av.open(str(source)) as old, av.open(str(path), 'w') as new:
        stream = old.streams.video[0]
        copy = new.add_stream_from_template(stream)
        shift = int(keep_from / stream.time_base)
        for packet in old.demux(stream):
            if packet.size and packet.dts is not None and packet.dts * stream.time_base >= begin:
                packet.pts, packet.dts, packet.stream = packet.pts - shift, packet.dts - shift, copy
                new.mux(packet)
    return path


def cut(path, share=.7):
    """Keep the first bytes of a file."""
    data = path.read_bytes()
    path.write_bytes(data[:int(len(data) * share)])
    return path


def damage(path, begin=.55, end=.62):
    """Overwrite bytes in the middle of a file with zeros."""
    data = bytearray(path.read_bytes())
    first, last = int(len(data) * begin), int(len(data) * end)
    data[first:last] = bytes(last - first)
    path.write_bytes(data)
    return path


def shown_by(path, matrix):
    """Set the display matrix ``(a, b, c, d)`` of an mp4, in which the identity stands."""
    data, unit = bytearray(path.read_bytes()), 1 << 16
    identity = struct.pack('>9i', unit, 0, 0, 0, unit, 0, 0, 0, 1 << 30)
    place = data.index(identity, data.index(b'tkhd'))
    a, b, c, d = (number * unit for number in matrix)
    data[place:place + 36] = struct.pack('>9i', a, b, 0, c, d, 0, 0, 0, 1 << 30)
    path.write_bytes(data)
    return path
