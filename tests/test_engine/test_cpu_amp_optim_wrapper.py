"""Mixed precision on the CPU."""
import torch

from kssnet_mm.engine import CPUAmpOptimWrapper


def test_the_forward_pass_is_in_bfloat16():
    layer, x = torch.nn.Linear(2, 3), torch.ones(1, 2)
    wrapper = CPUAmpOptimWrapper(optimizer=torch.optim.SGD(layer.parameters(), lr=.1))
    with wrapper.optim_context(layer):
        assert layer(x).dtype == torch.bfloat16
    assert layer(x).dtype == layer.weight.dtype == torch.float32
