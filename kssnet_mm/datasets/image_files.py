"""Refuse images that are too large to decode, whose values say no brightness, or that are broken in the middle."""
import os
import tempfile
import threading
from contextlib import contextmanager
from typing import Iterator, List, Optional

from PIL import Image

from kssnet_mm.utils.input_files import regular_file

# 10,000 x 10,000: 300 MB of pixels. COCO's largest image has 640 x 640.
MAX_PIXELS = 100_000_000
# PIL's names of what 8 bits a channel hold. OpenCV, which reads files for training, makes the same of them as PIL.
EIGHT_BIT = ('1', 'L', 'LA', 'P', 'PA', 'RGB', 'RGBA', 'RGBX', 'CMYK', 'YCbCr')
# How the decoders inside OpenCV begin what they print about an image that is not whole. They then go on.
COMPLAINTS = ('Corrupt JPEG data', 'Premature end of JPEG', 'libpng error')
# What is changed meanwhile belongs to the whole process.
_one = threading.RLock()


class ImageError(ValueError):
    """An image must not be used; the message names it and the reason."""


def check_mode(mode: str) -> None:
    """Refuse a PIL mode whose values have no agreed range.

    Raises:
        ValueError: It is neither of 8 nor of 16 bits a channel; names it.
    """
    if mode not in EIGHT_BIT and not mode.startswith('I;16'):
        what = {'F': '32-bit floats', 'I': '32-bit integers'}.get(mode, f'of mode {mode}')
        raise ValueError(f'its pixels are {what}, whose range nobody knows: save it with 8 or 16 bits a channel')


def check_header(path: str, max_pixels: int = MAX_PIXELS) -> None:
    """Read an image's header alone; what is not on this machine, or not known to PIL, is left to the decoder.

    Raises:
        ValueError: It is a folder or a FIFO.
        ImageError: By its header the image has more than ``max_pixels`` pixels, or a mode of :func:`check_mode`, or it
            is a PNG that ends before its parts do.
    """
    if os.path.exists(path):
        _check_chunks(regular_file(path))
    with _one:
        limit, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None  # PIL's own bound is not ours
        try:
            with Image.open(path) as image:
                (width, height), mode = image.size, image.mode
        except (OSError, SyntaxError, ValueError):
            return  # missing, or of a format that PIL does not know: the decoder will say so, or read it
        finally:
            Image.MAX_IMAGE_PIXELS = limit
    if width * height > max_pixels:
        raise ImageError(f'{path}: {width} x {height} pixels are more than max_pixels={max_pixels}; scale it down, or '
                         'raise max_pixels in the data set')
    try:
        check_mode(mode)
    except ValueError as error:
        raise ImageError(f'{path}: {error}') from None


def _check_chunks(path: str) -> None:
    """Compare the lengths that the parts of a PNG announce with the file, before a decoder takes memory for them.

    Files of other kinds are left alone.

    Raises:
        ImageError: A part is not there as a whole.
    """
    size, place, kind = os.path.getsize(path), 8, b''
    with open(path, 'rb') as file:
        if file.read(8) != b'\x89PNG\r\n\x1a\n':
            return
        while kind != b'IEND' and place < size:
            file.seek(place)
            length, kind = int.from_bytes(file.read(4), 'big'), file.read(4)
            place += 12 + length  # with its length, kind and checksum
    if place > size:
        raise ImageError(f'{path}: it is broken (a part of {length} bytes is not there as a whole)')


@contextmanager
def whole_images(path: str) -> Iterator[None]:
    """Run a pipeline that decodes images with OpenCV, and fail where OpenCV would hand out a broken one.

    OpenCV fills what it cannot decode with grey or with what it makes of the rest, and all that says so is a line
    that its decoders print. What else is printed meanwhile appears afterwards.

    Args:
        path: Of the image or folder, for the message.

    Raises:
        ImageError: After the block, if a decoder complained in it.
    """
    complaints: List[str] = []
    with _one, _captured() as captured:
        yield
        if captured is not None:
            complaints = captured()
    if complaints:
        raise ImageError(f'{path}: it is broken ({complaints[0]})')


@contextmanager
def _captured() -> Iterator[Optional[object]]:
    """The process's standard error goes to a file; yields what gives the complaints in it."""
    try:
        kept = os.dup(2)
    except OSError:  # nothing is open there: nothing can be heard
        yield None
        return
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), 2)

        def complaints() -> List[str]:
            file.seek(0)
            return [line for line in file.read().decode(errors='replace').splitlines() if line.startswith(COMPLAINTS)]

        try:
            yield complaints
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            file.seek(0)
            other = [line for line in file.read().splitlines(keepends=True)
                     if not line.decode(errors='replace').startswith(COMPLAINTS)]
            if other:
                os.write(2, b''.join(other))
