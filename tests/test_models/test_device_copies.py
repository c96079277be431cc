"""A step on a device leaves the host alone: no tensor is made there, copied from there or read from there.

The meta device stands for a GPU: it runs forward and backward without one, and whatever lies on the host
is as foreign to it.
"""
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten

from kssnet_mm.registry import MODELS

RESNET = dict(type='mmpretrain.ResNet', depth=18)
I3D = dict(type='InceptionI3D')
LAYERS, MIXED = ('layer1', 'layer2', 'layer3'), ('Conv3d_2c_3x3', 'Mixed_3c', 'Mixed_4f')


class HostTensors(TorchDispatchMode):
    """Names of the operations that touch a tensor outside the meta device, or read a number from one."""

    def __init__(self):
        super().__init__()
        self.found = []

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        result = function(*args, **kwargs)
        tensors = [t for t in tree_flatten((args, kwargs, result))[0] if isinstance(t, torch.Tensor)]
        if any(t.device.type != 'meta' for t in tensors) or '_local_scalar_dense' in str(function):
            self.found.append(str(function))
        return result


@pytest.mark.parametrize('backbone, stages, channels, shape', [
    (RESNET, LAYERS, (64, 128, 256, 512), (2, 3, 64, 64)),
    (I3D, MIXED, (192, 480, 832, 1024), (1, 3, 16, 64, 64))
], ids=['resnet', 'i3d'])
@pytest.mark.parametrize('dtype', [torch.float32, torch.bfloat16])
def test_a_step_touches_nothing_on_the_host(backbone, stages, channels, shape, dtype):
    classes = 110  # of both nets the first connections are fused, the others pairs
    model = MODELS.build(dict(
        type='LabelGraphBackbone', backbone=backbone, stages=stages,
        gcn=dict(type='LabelGCN', num_classes=classes, in_channels=7, out_channels=channels)))
    assert {lateral.fused for lateral in model.laterals.values()} == {True, False}
    head = MODELS.build(dict(type='LabelGraphClassifier', num_classes=classes, in_channels=channels[-1]))
    model, head = model.to('meta', dtype).train(), head.to('meta', dtype).train()
    x = torch.empty(shape, device='meta', dtype=dtype)
    with HostTensors() as host:
        head(model(x)).sum().backward()
    assert host.found == []
