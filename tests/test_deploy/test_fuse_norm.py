import copy

import pytest
import torch
import torch.nn as nn
from deploy_cases import build

from kssnet_mm.deploy import logits, switch_to_deploy
from kssnet_mm.deploy.fuse_norm import fuse_conv_bn


@pytest.mark.parametrize('case, shape', [('r18', (1, 3, 64, 64)), ('r50_narrow', (1, 3, 64, 64)),
                                         ('mobilenet', (1, 3, 64, 64)), ('inception', (1, 3, 8, 32, 32)),
                                         ('r3d50', (1, 3, 8, 32, 32))])
def test_equal_without_norms(case, shape):
    model = switch_to_deploy(build(case)).double()
    fused = copy.deepcopy(model)
    norms = sum(isinstance(m, (nn.BatchNorm2d, nn.BatchNorm3d)) for m in model.modules())
    assert fuse_conv_bn(fused) == norms > 10
    assert not any(isinstance(m, (nn.BatchNorm2d, nn.BatchNorm3d)) for m in fused.modules())
    x = torch.randn(shape).double()
    with torch.no_grad():
        torch.testing.assert_close(logits(fused, x), logits(model, x), rtol=1e-9, atol=1e-9)
