"""What travels with an exported network is checked when the file is opened."""
import runpy

import pytest
from shared_data import ROOT

from kssnet_mm.apis.exported_model import check_metadata

SCRIPT = runpy.run_path(str(ROOT / 'tools/deployment/predict_onnx.py'))['check']  # which has no package to ask

HOW = dict(kind='image', resize=[48, 32], crop=None, channels='rgb', mean=[120., 110., 100.], std=[60., 60., 60])


@pytest.mark.parametrize('check', [check_metadata, SCRIPT], ids=['package', 'script'])
def test_what_an_export_writes_is_taken(check):
    for how in (HOW, dict(HOW, resize=256, crop=[224, 224]), dict(HOW, kind='video', frames=64)):
        check(['cat', 'dog'], [.5, 1], how)


@pytest.mark.parametrize('change, message', [
    (dict(classes='cat'), 'classes must be a list of names'), (dict(classes=[]), 'classes must'),
    (dict(classes=['cat', 1]), 'classes must'), (dict(thresholds=[.5]), 'thresholds must be 2 numbers'),
    (dict(thresholds=[.5, 1.5]), 'thresholds must be 2 numbers from 0 to 1'),
    (dict(thresholds=[.5, None]), 'thresholds'), (dict(thresholds=[.5, float('nan')]), 'thresholds'),
    (dict(how=[]), 'no kind'), (dict(thresholds=None), 'thresholds must'), (dict(classes=None), 'classes must'),
    (dict(how='image'), 'no kind'), (dict(resize='32'), 'no resize'), (dict(kind='sound'), 'no kind'), (dict(kind='video'), 'no frames'),
    (dict(kind='video', frames=0), 'no frames'), (dict(resize=[10**9, 1]), 'no resize'), (dict(resize=-1), 'no resize'),
    (dict(crop=[1, 2, 3]), 'no crop'), (dict(crop=[True, 2]), 'no crop'), (dict(channels='grey'), 'no channels'),
    (dict(mean=[1., 2.]), 'no mean'), (dict(std=[1., 0., 1.]), 'no std')])
def test_everything_else_is_named(change, message):
    given = dict(classes=['cat', 'dog'], thresholds=[.5, .5], how={**HOW, **change})
    given.update({key: value for key, value in change.items() if key in given})
    with pytest.raises(ValueError, match=message):
        check_metadata(given['classes'], given['thresholds'], given['how'])
    with pytest.raises(ValueError, match=message.removeprefix('no ').split()[0]):
        SCRIPT(given['classes'], given['thresholds'], given['how'])


@pytest.mark.parametrize('key', HOW)
def test_a_key_that_is_missing(key):
    with pytest.raises(ValueError, match=f'no {key}'):
        check_metadata(['cat'], [.5], {name: value for name, value in HOW.items() if name != key})
    with pytest.raises(ValueError, match=f'its {key} cannot be used'):
        SCRIPT(['cat'], [.5], {name: value for name, value in HOW.items() if name != key})
