"""Parts that the exports to ONNX and torch.export share: network, free axes, metadata and the comparison."""
import json
from typing import Callable, Dict, List, Sequence, Tuple

import torch
import torch.nn as nn

from .switch import Network, head_of


class Scorer(nn.Module):
    """Preprocessed input (B, 3, [T,] H, W) -> probabilities (B, N)."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.network = Network(model)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return self.network(input).sigmoid()


def thresholds_of(model: nn.Module, num_classes: int) -> list:
    """The decision threshold of each class, from the head."""
    thr = head_of(model).thr
    return thr.tolist() if isinstance(thr, torch.Tensor) else [float(thr)] * num_classes


def metadata_of(model: nn.Module, classes: Sequence[str], preprocessing: dict) -> Dict[str, str]:
    """Classes, decision thresholds and preprocessing, each as json, so that a program can predict from the file."""
    return dict(classes=json.dumps(list(classes)), preprocessing=json.dumps(preprocessing),
                thresholds=json.dumps(thresholds_of(model, len(classes))))


def trace_arguments(shape: Sequence[int], dynamic_size: bool) -> Tuple[tuple, tuple]:
    """(arguments, their dynamic shapes) for torch's exporters; the batch is free, a size if wanted.

    Raises:
        RuntimeError: torch is too old.
    """
    try:
        from torch.export import Dim
        free = Dim.AUTO
    except (ImportError, AttributeError) as error:
        raise RuntimeError(f'exporting needs torch >= 2.6, not {torch.__version__} ({error})') from None
    axes = {0: Dim('batch', min=1, max=4096)}
    if dynamic_size:
        axes.update({2: free, 3: free})
    return (torch.randn(2, *shape), ), (axes, )


def is_image(shape: Sequence[int]) -> bool:
    """Whether one input of this shape is an image; the networks for images are fully convolutional."""
    return len(shape) == 3


@torch.no_grad()
def check_scores(name: str, run: Callable[[torch.Tensor], torch.Tensor], scorer: nn.Module, shape: Sequence[int],
                 dynamic_size: bool, tolerance: float = 1e-4) -> str:
    """Compare an exported form with torch on batches of 1, 2 and 5, and on another size where that is free.

    Args:
        name: Of the form, for messages.
        run: Input -> scores, by the exported form.
        scorer: The same in eager mode.
        shape: Of one input.
        dynamic_size: Whether height and width are free.
        tolerance: Largest difference of two scores.

    Returns:
        What was checked, in words.

    Raises:
        RuntimeError: The scores differ by more; states the difference.
    """
    shapes: List[tuple] = [(batch, *shape) for batch in (1, 2, 5)]
    if dynamic_size:
        shapes.append((1, *shape[:-2], shape[-2] + 32, shape[-1] + 64))
    worst, generator = 0.0, torch.Generator().manual_seed(0)
    for size in shapes:
        x = torch.randn(size, generator=generator)
        difference = (run(x) - scorer(x)).abs().max().item()
        if not difference <= tolerance:  # NaN too
            raise RuntimeError(f'{name} differs from torch by {difference:.3g} on input {size}')
        worst = max(worst, difference)
    return f'scores within {worst:.1g} of torch on inputs ' + ', '.join(str(size) for size in shapes)
