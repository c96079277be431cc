"""The one line that says what is missing."""
from importlib.metadata import PackageNotFoundError

import pytest

from kssnet_mm.dependencies import check_dependencies

GOOD = dict(torch='2.12.1+cu130', torchvision='0.27.1', mmengine='0.10.7', mmcv='2.1.0',
            mmpretrain='1.2.0', mmaction2='1.2.0')


def lookup(versions):

    def find(name):
        if name not in versions:
            raise PackageNotFoundError(name)
        return versions[name]

    return find


def test_full_mmcv_and_mmcv_lite_both_do():
    check_dependencies(lookup(GOOD))
    lite = {('mmcv-lite' if k == 'mmcv' else k): v for k, v in GOOD.items()}
    check_dependencies(lookup(lite))


def test_what_is_missing_or_too_old_is_named_in_one_line():
    versions = dict(GOOD, mmengine='0.7.0')
    del versions['mmaction2']
    with pytest.raises(ImportError) as error:
        check_dependencies(lookup(versions))
    text = str(error.value)
    assert 'mmengine 0.7.0 does not work (needs >=0.10.4,<0.11)' in text
    assert 'mmaction is not installed (needs mmaction2>=1.1.0,<1.3)' in text
    assert '\n' not in text and 'mmcv' not in text.split('needs mmaction2')[0]


def test_a_transformers_that_openmmlab_cannot_import_is_named():
    with pytest.raises(ImportError, match=r'transformers 5.17.0 does not work \(needs <4.56\)'):
        check_dependencies(lookup(dict(GOOD, transformers='5.17.0')))
    check_dependencies(lookup(dict(GOOD, transformers='4.45.2')))
