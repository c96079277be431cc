"""Which checkpoints are loaded whole."""
import pytest
import torch
import torch.nn as nn

from kssnet_mm.models.loading import load_trained


@pytest.mark.parametrize('names', ['0.{}', 'module.0.{}'], ids=['as saved', 'wrapped'])
@pytest.mark.parametrize('bare', [True, False])
def test_weights_that_a_wrapper_saved_are_loaded_too(tmp_path, names, bare):
    """``nn.DataParallel`` and ``DistributedDataParallel`` put ``module.`` before all names."""
    path, weight, bias = str(tmp_path / 'x.pth'), torch.rand(2, 3), torch.rand(2)
    state = {names.format('weight'): weight, names.format('bias'): bias}
    torch.save(state if bare else dict(state_dict=state, meta=dict(epoch=3)), path)
    model = nn.Sequential(nn.Linear(3, 2))
    assert load_trained(model, path) == ({} if bare else dict(epoch=3))
    assert torch.equal(model[0].weight, weight) and torch.equal(model[0].bias, bias)


def test_weights_that_begin_so_in_part_are_refused(tmp_path):
    path = str(tmp_path / 'x.pth')
    torch.save({'module.0.weight': torch.rand(2, 3), '0.bias': torch.rand(2)}, path)
    with pytest.raises(ValueError, match='missing 0.weight; unexpected module.0.weight'):
        load_trained(nn.Sequential(nn.Linear(3, 2)), path)
