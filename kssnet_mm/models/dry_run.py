"""Running a backbone once on small inputs, to learn the shapes of its modules' outputs."""
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

import torch
import torch.nn as nn

from .attachment import feature_maps

# (frames, height and width) of two inputs, smallest first. Backbones with windows, position tables or fully
# connected layers take only certain sizes, and some only one.
SIZES = (((8, 64), (16, 96)), ((16, 64), ), ((16, 112), ), ((16, 256), (32, 288)), ((16, 224), ), ((32, 224), ),
         ((16, 256), ))


class FeatureMap(NamedTuple):
    """The output of a module.

    Attributes:
        channels: Number of channels.
        axis: The axis of the channels.
    """
    channels: int
    axis: int


class DryRun(NamedTuple):
    """What the run of a backbone showed.

    Attributes:
        shape: Shape of the input, (B, 3, [T,] H, W).
        maps: Name of a module -> its output, for modules that are called once and give a feature map.
        calls: Name of a module -> how often it is called.
        outputs: Shapes of the backbone's outputs.
        last: Channels of the last output.
    """
    shape: Tuple[int, ...]
    maps: Dict[str, FeatureMap]
    calls: Dict[str, int]
    outputs: List[torch.Size]
    last: int


@contextmanager
def evaluating(module: nn.Module) -> Iterator[None]:
    """Evaluation mode within a ``with`` block.

    The flags are set one by one, because ``train()`` of many backbones does more.
    """
    flags = [(part, part.training) for part in module.modules()]
    for part, _ in flags:
        part.training = False
    try:
        yield
    finally:
        for part, flag in flags:
            part.training = flag


@torch.no_grad()
def record(backbone: nn.Module, shape: Sequence[int]) -> Tuple[Dict[str, List[Optional[torch.Size]]], Any]:
    """(name of a module -> the shape of each of its outputs, the backbone's output) for one input."""
    shapes: Dict[str, List[Optional[torch.Size]]] = {}

    def remember(name: str):
        def hook(module, inputs, output):
            found = (*feature_maps(output), None)[0]
            shapes.setdefault(name, []).append(found.shape if isinstance(found, torch.Tensor) else None)
        return hook

    handles = [module.register_forward_hook(remember(name)) for name, module in backbone.named_modules() if name]
    first = next(backbone.parameters())
    try:
        with evaluating(backbone):
            output = backbone(torch.zeros(shape, dtype=first.dtype, device=first.device))
    finally:
        for handle in handles:
            handle.remove()
    return shapes, output


def channel_axis(first: torch.Size, second: Optional[torch.Size]) -> int:
    """The axis of the channels: the only one after the batch that does not change with the size of the input.

    If two sizes do not decide it, it is the last of three axes (tokens) and otherwise the second.
    """
    if second is not None and len(first) == len(second):
        same = [axis for axis in range(1, len(first)) if first[axis] == second[axis]]
        if len(same) == 1:
            return same[0]
    return 2 if len(first) == 3 else 1


def input_shapes(backbone: nn.Module) -> Iterator[List[Tuple[int, ...]]]:
    """Lists of one or two input shapes to try: of images if the first convolution is 2D, otherwise of clips."""
    convs = [m for m in backbone.modules() if isinstance(m, (nn.Conv2d, nn.Conv3d))]
    video = bool(convs) and isinstance(convs[0], nn.Conv3d)
    channels = convs[0].in_channels * convs[0].groups if convs else 3
    # a temporal shift needs all segments of a video in one batch
    batch = next((m.num_segments for m in backbone.modules() if hasattr(m, 'num_segments')), 1)
    for sizes in SIZES:
        yield [(batch, channels, *((frames, ) if video else ()), side, side) for frames, side in sizes]


def dry_run(backbone: nn.Module, pathways: int = 1) -> DryRun:
    """Run a backbone on inputs of two sizes, or of one if it only accepts one.

    Args:
        backbone: A backbone for images or for clips.
        pathways: How many of its last outputs the classifier joins; their channels are added.

    Raises:
        ValueError: It runs on none of the sizes, or gives no feature map.
    """
    for shapes in input_shapes(backbone):
        try:
            runs = [record(backbone, shape) for shape in shapes]
            break
        except Exception as error:  # each backbone refuses sizes in its own way
            reason = error
    else:
        raise ValueError(f'{type(backbone).__name__} could not be run on a small input to learn the channels of its '
                         f'modules: {reason}') from reason
    outputs, other = (feature_maps(output) for _, output in (runs[0], runs[-1]))
    if not outputs or not all(isinstance(out, torch.Tensor) and out.dim() >= 2 for out in outputs):
        kinds = [type(out).__name__ for out in outputs]
        raise ValueError(f'{type(backbone).__name__} gives {kinds}, which are no feature maps: set its out_indices or '
                         'out_type so that it gives feature maps')
    second = runs[1][0] if len(runs) > 1 else {}
    maps = {}
    for name, found in runs[0][0].items():
        if len(found) == 1 and found[0] is not None and len(found[0]) >= 3:
            axis = channel_axis(found[0], second.get(name, [None])[0])
            maps[name] = FeatureMap(found[0][axis], axis)
    last = 0
    for out, again in tuple(zip(outputs, other))[-pathways:]:
        last += out.shape[1] if out.dim() == 2 else out.shape[channel_axis(out.shape, again.shape)]
    return DryRun(shapes[0], maps, {name: len(found) for name, found in runs[0][0].items()},
                  [out.shape for out in outputs], last)
