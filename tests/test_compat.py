"""Workarounds: what they allow, and what they still refuse."""
import pickle

import numpy as np
import pytest
import torch
from mmengine.logging import HistoryBuffer

NEW_TORCH = tuple(int(v) for v in torch.__version__.split('.')[:2]) >= (2, 6)


def test_a_runners_checkpoint_loads_without_unpickling_code(tmp_path):
    if not NEW_TORCH:
        pytest.skip('torch below 2.6 knows no list of allowed types: see test_utils/test_checkpoints.py')
    buffer = HistoryBuffer([1., 3.], [1, 1])
    scalars = [np.float64(2.5), np.int64(7), np.arange(3.)]
    torch.save(dict(buffer=buffer, scalars=scalars), tmp_path / 'a.pth')
    loaded = torch.load(tmp_path / 'a.pth', weights_only=True)
    assert loaded['buffer'].mean() == 2. and loaded['scalars'][0] == 2.5


class Evil:

    def __reduce__(self):
        return getattr, (HistoryBuffer, 'update')


def test_getattr_on_anything_else_is_refused(tmp_path):
    if not NEW_TORCH:
        pytest.skip('torch below 2.6 knows no list of allowed types: see test_utils/test_checkpoints.py')
    torch.save(dict(x=Evil()), tmp_path / 'evil.pth')
    with pytest.raises((ValueError, pickle.UnpicklingError)):
        torch.load(tmp_path / 'evil.pth', weights_only=True)


def test_models_of_mmaction_can_be_imported():
    from mmaction.models import ResNet3d  # noqa: F401
    from mmaction.models.localizers import BMN  # noqa: F401
