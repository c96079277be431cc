"""Pictures of every mode -> 8 bits a channel, against what OpenCV reads for training."""
import runpy

import cv2
import numpy as np
import pytest
from PIL import Image
from packaging.version import Version
from shared_data import ROOT

from kssnet_mm.apis.inputs import Source
from kssnet_mm.apis.pictures import to_rgb
from kssnet_mm.apis.reading import Reader
from kssnet_mm.registry import DATASETS

Y, X = np.mgrid[:24, :36]
RGB = np.stack([7 * X, 10 * Y, 3 * X + 6 * Y], axis=2).clip(0, 255).astype(np.uint8)
DEEP = (X * 1800 + Y * 13).astype(np.uint16)  # every byte of the 16 bits matters
IMAGE, GREY = Image.fromarray(RGB), Image.fromarray(RGB[..., 0])
ALPHA = Image.fromarray(np.dstack([RGB, (255 - 5 * X).clip(0, 255).astype(np.uint8)]))
TURNED = Image.Exif()
TURNED[0x0112] = 6
# (a file's name, what is saved in it, how)
READ = [('grey16.png', Image.fromarray(DEEP), {}), ('grey16.tif', Image.fromarray(DEEP), {}),
        ('palette.png', IMAGE.quantize(16), {}), ('transparent.png', IMAGE.quantize(16), dict(transparency=3)),
        ('cmyk.tif', IMAGE.convert('CMYK'), {}), ('cmyk.jpg', IMAGE.convert('CMYK'), dict(quality=100)),
        ('alpha.png', ALPHA, {}), ('alpha.webp', ALPHA, dict(lossless=True)),
        ('grey_alpha.png', ALPHA.convert('LA'), {}),
        ('bits.png', IMAGE.convert('1'), {}), ('grey.png', GREY, {}), ('grey.bmp', GREY, {}),
        ('turned.png', IMAGE, dict(exif=TURNED)), ('turned.jpg', IMAGE, dict(exif=TURNED, quality=100, subsampling=0)),
        ('turned.webp', IMAGE, dict(exif=TURNED, lossless=True)), ('turned.tif', IMAGE, dict(exif=TURNED)),
        ('turned16.png', Image.fromarray(DEEP), dict(exif=TURNED))]
REFUSED = [('float.tif', Image.fromarray(RGB[..., 0].astype(np.float32)), 'mode F', '32-bit floats'),
           ('integers.tif', Image.fromarray(DEEP.astype(np.int32)), 'mode I', '32-bit integers'),
           ('lab.tif', IMAGE.convert('LAB'), 'mode LAB', 'mode LAB')]


def alone():
    """``read_image`` of the script that needs nothing of ours."""
    return runpy.run_path(str(ROOT / 'tools/deployment/predict_onnx.py'))['read_image']


STEPS = [dict(type='mmpretrain.LoadImageFromFile'), dict(type='mmpretrain.PackInputs')]


def by_inferencer(path):
    """RGB, as the inferencer reads a file."""
    return Reader(STEPS, video=False)(Source(str(path), str(path)))[0]['inputs'].numpy().transpose(1, 2, 0)[..., ::-1]


def by_training(path):
    """RGB, as a data set reads a file."""
    (path.parent / 't.csv').write_text(f'id,labels\n{path.name},cat\n')
    data = DATASETS.build(dict(type='TableMultiLabel', data_root=str(path.parent), ann_file='t.csv', pipeline=STEPS))
    return data[0]['inputs'].numpy().transpose(1, 2, 0)[..., ::-1]


def of_opencv(path):
    return cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)[..., ::-1]


@pytest.mark.parametrize('name, image, options', READ, ids=[row[0] for row in READ])
def test_scaled_as_opencv_does(tmp_path, name, image, options):
    if name == 'turned.webp' and Version(cv2.__version__) < Version('4.12'):
        pytest.skip('OpenCV before 4.12 does not read the orientation of webp files')
    path = tmp_path / name
    image.save(path, **options)
    expected = of_opencv(path).astype(int)
    assert expected.shape == ((36, 24, 3) if 'turned' in name else (24, 36, 3)) and np.ptp(expected) > 150
    for found in (alone()(path), to_rgb(Image.open(path)), by_inferencer(path), by_training(path)):
        assert np.abs(found.astype(int) - expected).max() <= 1


@pytest.mark.parametrize('name, image, theirs, ours', REFUSED, ids=[row[0] for row in REFUSED])
def test_refused_by_name(tmp_path, name, image, theirs, ours):
    path = tmp_path / name
    image.save(path)
    for refuse in (lambda: by_inferencer(path), lambda: by_training(path), lambda: to_rgb(Image.open(path))):
        with pytest.raises(ValueError, match=ours):
            refuse()
    with pytest.raises(ValueError, match=theirs):
        alone()(path)


def test_an_alpha_channel_of_a_tiff(tmp_path):
    """OpenCV multiplies it into the colours there, and nowhere else."""
    ALPHA.save(tmp_path / 'alpha.tif')
    assert np.abs(of_opencv(tmp_path / 'alpha.tif').astype(int) - RGB).max() > 50
    with pytest.raises(ValueError, match='a TIFF with an alpha channel'):
        alone()(tmp_path / 'alpha.tif')
    with pytest.raises(ValueError, match='a TIFF with an alpha channel'):
        to_rgb(Image.open(tmp_path / 'alpha.tif'))
    # both read files by OpenCV
    assert (by_inferencer(tmp_path / 'alpha.tif') == by_training(tmp_path / 'alpha.tif')).all()


def test_arrays():
    assert (to_rgb(RGB, 'rgb') == RGB).all() and (to_rgb(RGB) == RGB[..., ::-1]).all()
    assert (to_rgb(np.asarray(ALPHA), 'rgb') == RGB).all()
    assert (to_rgb(RGB[..., 0]) == RGB[..., :1]).all() and to_rgb(RGB[..., :1]).shape == RGB.shape
    assert (to_rgb(DEEP)[..., 1] == DEEP // 256).all() and to_rgb(Y > 9).max() == 255
    for array, message in ((RGB.astype(np.float32), 'an array of float32'), (RGB.astype(int), 'an array of int64'),
                           (RGB[..., :2], r'shape \(24, 36, 2\)'), (RGB[:0], 'shape')):
        with pytest.raises(ValueError, match=message):
            to_rgb(array)
