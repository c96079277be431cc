"""How long what a label graph adds takes by itself: GCN, lateral connections and head."""
import time
from typing import Callable, List

import torch
from interleave import synchronize

from kssnet_mm.deploy.switch import Network


def _inputs(network: Network, x: torch.Tensor) -> List[tuple]:
    """(module, its inputs) of every lateral connection and the head, in one forward pass."""
    calls = []

    def record(module, inputs):
        calls.append((module, inputs))

    modules = [*network.backbone.laterals.values(), network.head]
    handles = [module.register_forward_pre_hook(record) for module in modules]
    try:
        with torch.no_grad():
            network(x)
    finally:
        for handle in handles:
            handle.remove()
    return calls


def _fresh(value):
    """The same tensors as leaves of a graph of their own."""
    if isinstance(value, torch.Tensor):
        return value.detach().clone().requires_grad_()
    return type(value)(_fresh(v) for v in value) if isinstance(value, (tuple, list)) else value


def part_calls(network: Network, x: torch.Tensor, training: bool) -> List[Callable[[], None]]:
    """One call for each part; in training forward and backward of it."""
    calls = _inputs(network, x)
    if training:
        calls = [(module, _fresh(inputs)) for module, inputs in calls]
    backbone = network.backbone

    def embed():
        """The GCN, and what is folded into weights."""
        embeddings = backbone.gcn()
        folded = backbone.fold_weights(dict(zip(backbone.stages, embeddings)))
        return [*embeddings, *(weight for weights in folded.values() for weight in weights.values())]

    if backbone.gcn is not None:
        calls.insert(0, (embed, ()))

    def call(module, inputs):
        if not training:
            module(*inputs)
            return
        outputs = module(*inputs)
        outputs = [o for o in (outputs if isinstance(outputs, (tuple, list)) else [outputs]) if o.requires_grad]
        torch.autograd.backward(outputs, [torch.ones_like(o) for o in outputs])

    return [lambda module=module, inputs=inputs: call(module, inputs) for module, inputs in calls]


def graph_seconds(network: Network, x: torch.Tensor, training: bool, repeats: int = 5) -> float:
    """Sum over the parts of the median time of one call, in seconds; inference without gradients is the caller's."""
    total = 0.0
    for call in part_calls(network, x, training):
        times = []
        for _ in range(repeats + 2):
            synchronize()
            start = time.perf_counter()
            call()
            synchronize()
            times.append(time.perf_counter() - start)
        total += sorted(times[2:])[repeats // 2]
    network.zero_grad(set_to_none=True)
    return total
