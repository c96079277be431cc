import numpy as np
import pytest

from kssnet_mm.datasets.transforms.multi_scale_crop import (MultiScaleImageCrop, crop_corners,
                                                            crop_sizes)


def test_sizes_of_ml_gcn():
    """Worked by hand: sides 512, 448, 384, 337 (512 x .66 = 337.92), 256; no pair more than 2 apart."""
    sizes = crop_sizes(512, 600, 448, (1, .875, .75, .66, .5), 2)
    assert len(sizes) == 25 - 6  # (0,3) (0,4) (1,4) and their mirrors are too far apart
    assert {h for h, _ in sizes} == {512, 448, 384, 337, 256}
    assert (512, 337) not in sizes and (512, 384) in sizes
    # 225 and 222 lie within two pixels of 224, 221 does not
    assert crop_sizes(225, 225, 224, (1,), 0) == [(224, 224)]
    assert crop_sizes(222, 222, 224, (1,), 0) == [(224, 224)]
    assert crop_sizes(221, 221, 224, (1,), 0) == [(221, 221)]


def test_corners():
    corners = crop_corners(512, 640, 448, 512)  # steps of 16 and 32
    assert len(set(corners)) == 13
    assert {(0, 0), (64, 128), (32, 64), (16, 32), (48, 96), (0, 64)} <= set(corners)
    assert max(y for y, _ in corners) + 448 == 512 and max(x for _, x in corners) + 512 == 640


def test_a_crop_is_a_window_of_the_image():
    image = np.dstack([*np.meshgrid(np.arange(64), np.arange(64), indexing='ij'), np.zeros((64, 64))])
    crop = MultiScaleImageCrop(size=32, scales=(.5, ), max_distort=0)
    seen = set()
    for _ in range(200):
        out = crop(dict(img=image.astype(np.float32)))
        assert out['img_shape'] == (32, 32)
        y, x = (int(v) for v in out['img'][0, 0, :2])
        np.testing.assert_array_equal(out['img'], image[y:y + 32, x:x + 32])
        seen.add((y, x))
    assert seen == set(crop_corners(64, 64, 32, 32))


@pytest.mark.parametrize('max_distort, shapes', [
    (0, {(64, 64), (32, 32)}), (1, {(64, 64), (64, 32), (32, 64), (32, 32)})])
def test_how_far_the_sides_may_differ(max_distort, shapes):
    """The sides of a crop are told by the span of its rows and columns; half of the span is lost where it shrinks."""
    image = np.dstack([*np.meshgrid(np.arange(64), np.arange(64), indexing='ij'), np.zeros((64, 64))])
    crop = MultiScaleImageCrop(size=32, scales=(1, .5), max_distort=max_distort)
    seen = set()
    for _ in range(200):
        out = crop(dict(img=image.astype(np.float32)))['img']
        seen.add(tuple(64 if np.ptp(out[..., axis]) > 40 else 32 for axis in (0, 1)))
    assert seen == shapes


def test_bad_settings():
    with pytest.raises(ValueError, match='1.5'):
        MultiScaleImageCrop(scales=(1.5, ))
    with pytest.raises(ValueError, match='0'):
        MultiScaleImageCrop(size=0)


@pytest.mark.parametrize('height, width', [(222, 222), (222, 300), (300, 223)])
def test_a_side_taken_as_the_target_does_not_begin_before_the_image(height, width):
    """Sides of 222 and 223 are taken as 224: the crop is then the image, not its last rows."""
    image = np.arange(height * width, dtype=np.float32).reshape(height, width)
    for y, x in crop_corners(height, width, 224, 224):
        assert 0 <= y and 0 <= x
        assert image[y:y + 224, x:x + 224].shape == (min(height, 224), min(width, 224))
