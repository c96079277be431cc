"""Parameters, size and operations of the parts of a model."""
import logging
from typing import List, NamedTuple

import torch
import torch.nn as nn

from kssnet_mm.deploy.switch import Network

try:
    from fvcore.nn import FlopCountAnalysis
except ImportError as error:
    raise ImportError('counting operations needs the package fvcore: pip install fvcore') from error


class Part(NamedTuple):
    """Costs of a part: parameters, bytes of its state dict (buffers too), multiply-accumulates."""
    name: str
    parameters: int
    bytes: int
    macs: int


def state_bytes(module: nn.Module) -> int:
    """Bytes of the tensors in a state dict."""
    return sum(value.numel() * value.element_size() for value in module.state_dict().values())


def count_parts(model: nn.Module, x: torch.Tensor) -> List[Part]:
    """CNN, GCN, lateral connections and head, then the whole network.

    Multiply-accumulates of convolutions and matrix products, a multiply and an add as one, by fvcore.

    Args:
        model: An mmpretrain classifier or mmaction2 recognizer.
        x: Network input with a batch of 1.
    """
    network = Network(model).eval()
    analysis = FlopCountAnalysis(network, x).unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    logging.getLogger('fvcore.nn.jit_analysis').setLevel(logging.ERROR)
    # fvcore also counts norms and pools; here only convolutions and matrix products are counted
    analysis.set_op_handle(**{f'aten::{name}': lambda inputs, outputs: 0 for name in
                              ('batch_norm', 'adaptive_avg_pool2d', 'adaptive_avg_pool3d', 'layer_norm')})
    macs = analysis.by_module()
    backbone = network.backbone
    modules = {'CNN': ('backbone', backbone), 'head': ('head', network.head)}
    if hasattr(backbone, 'laterals'):
        modules = {'CNN': ('backbone.backbone', backbone.backbone),
                   'GCN': ('backbone.gcn', backbone.gcn),
                   'lateral connections': ('backbone.laterals', backbone.laterals),
                   'head': ('head', network.head)}
    rows = [Part(name, sum(p.numel() for p in module.parameters()), state_bytes(module), int(macs[path]))
            for name, (path, module) in modules.items() if module is not None]
    rows.append(Part('all', sum(p.numel() for p in network.parameters()), state_bytes(network),
                     int(analysis.total())))
    return rows
