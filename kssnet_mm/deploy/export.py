"""ONNX files of deployed models."""
import json
from typing import Optional, Sequence

import numpy as np
import torch
import torch.nn as nn

from kssnet_mm.files import whole_file

from .switch import Network, head_of


class Scorer(nn.Module):
    """Preprocessed input (B, 3, [T,] H, W) -> probabilities (B, N)."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.network = Network(model)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return self.network(input).sigmoid()


def thresholds_of(model: nn.Module, num_classes: int) -> list:
    """One threshold a class, from the head."""
    thr = head_of(model).thr
    return thr.tolist() if isinstance(thr, torch.Tensor) else [float(thr)] * num_classes


def export_onnx(model: nn.Module, path: str, shape: Sequence[int], classes: Sequence[str], preprocessing: dict,
                dynamic_size: Optional[bool] = None) -> str:
    """Write a deployed model as ONNX with a dynamic batch, and check it against onnxruntime.

    Args:
        model: Deployed, on the CPU, in float32.
        path: ``.onnx`` to write; only if the check passes.
        shape: Of one input, (3, [T,] H, W).
        classes: N label names, kept in the file's metadata with thresholds and ``preprocessing``.
        preprocessing: Of ``describe_preprocessing``.
        dynamic_size: Whether height and width are dynamic too; None: for images, whose networks are fully
            convolutional.

    Returns:
        What was checked, in words.

    Raises:
        RuntimeError: onnxruntime gives other scores, or torch is too old; states the difference.
    """
    try:
        import onnx
        import onnxruntime  # noqa: F401
        from torch.export import Dim
    except ImportError as error:
        raise RuntimeError(f'exporting needs torch >= 2.6, onnx, onnxscript and onnxruntime ({error})') from None
    images = len(shape) == 3
    dynamic_size = images if dynamic_size is None else dynamic_size
    scorer = Scorer(model).eval()
    axes = {0: Dim('batch', min=1, max=4096)}
    if dynamic_size:
        axes.update({2: Dim.AUTO, 3: Dim.AUTO})
    program = torch.onnx.export(scorer, (torch.randn(2, *shape), ), dynamo=True, verbose=False,
                                input_names=['input'], output_names=['scores'], dynamic_shapes=(axes, ))
    with whole_file(path) as temporary:
        program.save(temporary)
        proto = onnx.load(temporary)
        onnx.helper.set_model_props(proto, dict(
            classes=json.dumps(list(classes)), preprocessing=json.dumps(preprocessing),
            thresholds=json.dumps(thresholds_of(model, len(classes)))))
        onnx.save(proto, temporary)
        return check_onnx(scorer, temporary, shape, dynamic_size)


@torch.no_grad()
def check_onnx(scorer: nn.Module, path: str, shape: Sequence[int], dynamic_size: bool,
               tolerance: float = 1e-4) -> str:
    """Compare onnxruntime with torch on batches of 1, 2 and 5, and on another size where that is dynamic."""
    import onnxruntime
    session = onnxruntime.InferenceSession(path, providers=['CPUExecutionProvider'])
    shapes = [(batch, *shape) for batch in (1, 2, 5)]
    if dynamic_size:
        shapes.append((1, *shape[:-2], shape[-2] + 32, shape[-1] + 64))
    worst, generator = 0.0, torch.Generator().manual_seed(0)
    for size in shapes:
        x = torch.randn(size, generator=generator)
        got, expected = session.run(None, {'input': x.numpy()})[0], scorer(x).numpy()
        difference = np.abs(got - expected).max()
        if not difference <= tolerance:
            raise RuntimeError(f'onnxruntime differs from torch by {difference:.3g} on input {size}')
        worst = max(worst, float(difference))
    return f'scores within {worst:.1g} of torch on inputs ' + ', '.join(str(size) for size in shapes)
