"""Exported forms of deployed models: ONNX files, and programs of torch.export, which run with torch alone."""
import json
import os
from typing import Callable, Dict, Optional, Sequence

import torch
import torch.nn as nn

from kssnet_mm.utils.io import whole_file

from .switch import Network, head_of

# Largest difference of two scores.
TOLERANCE = 1e-4
Run = Callable[[torch.Tensor], torch.Tensor]


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


def write_onnx(scorer: nn.Module, x: torch.Tensor, axes: dict, meta: Dict[str, str], path: str) -> Run:
    """Write a network as ONNX; what runs the file in onnxruntime."""
    try:
        import onnx
        import onnxruntime
        import onnxscript  # noqa: F401
    except ImportError as error:
        raise RuntimeError(f'exporting needs torch >= 2.6, onnx, onnxscript and onnxruntime ({error})') from None
    torch.onnx.export(scorer, (x, ), dynamo=True, verbose=False, input_names=['input'], output_names=['scores'],
                      dynamic_shapes=(axes, )).save(path)
    proto = onnx.load(path)
    onnx.helper.set_model_props(proto, meta)
    onnx.save(proto, path)
    session = onnxruntime.InferenceSession(path, providers=['CPUExecutionProvider'])
    return lambda x: torch.from_numpy(session.run(None, {'input': x.numpy()})[0])


def write_program(scorer: nn.Module, x: torch.Tensor, axes: dict, meta: Dict[str, str], path: str) -> Run:
    """Write a network as a program of torch.export; what runs the file."""
    program = torch.export.export(scorer, (x, ), dynamic_shapes=(axes, ))
    # as open files: torch warns of names that end in anything but .pt2
    with open(path, 'wb') as file:
        torch.export.save(program, file, extra_files=meta)
    with open(path, 'rb') as file:
        return torch.export.load(file).module()


WRITERS = {'.onnx': write_onnx, '.pt2': write_program}


@torch.no_grad()
def export_model(model: nn.Module, path: str, shape: Sequence[int], classes: Sequence[str],
                 preprocessing: dict) -> str:
    """Write a deployed model with a dynamic batch, and check the file.

    For images height and width are dynamic too, unless the network takes one size only, as one with position
    embeddings does.

    The file holds ``classes``, ``thresholds`` and ``preprocessing`` as json: an ONNX in its metadata; of a program
    ``torch.export.load(path, extra_files=dict.fromkeys(('classes', 'thresholds', 'preprocessing'), ''))`` fills the
    dict, and ``.module()(x)`` gives probabilities.

    Args:
        model: Deployed, on the CPU, in float32.
        path: ``.onnx`` or ``.pt2`` to write; only if the check passes.
        shape: Of one input, (3, [T,] H, W).
        classes: N label names.
        preprocessing: Of ``describe_preprocessing``.

    Returns:
        What was checked, in words.

    Raises:
        RuntimeError: The file gives other scores than the model, states the difference; or a package is missing or
            too old.
    """
    try:
        from torch.export import Dim
        free = Dim.AUTO
    except (ImportError, AttributeError) as error:
        raise RuntimeError(f'exporting needs torch >= 2.6, not {torch.__version__} ({error})') from None
    batch = {0: Dim('batch', min=1, max=4096)}
    meta = dict(classes=json.dumps(list(classes)), preprocessing=json.dumps(preprocessing),
                thresholds=json.dumps(thresholds_of(model, len(classes))))
    scorer, write = Scorer(model).eval(), WRITERS[os.path.splitext(path)[1]]
    x, sizes = torch.randn(2, *shape), [(1, *shape), (2, *shape), (5, *shape)]
    image = len(shape) == 3
    with whole_file(path) as temporary:
        run = None
        if image:
            other = (1, 3, shape[1] + 32, shape[2] + 64)
            run = _of_any_size(lambda: write(scorer, x, {**batch, 2: free, 3: free}, meta, temporary), scorer, other)
        fixed = image and run is None
        if run is None:
            run = write(scorer, x, batch, meta, temporary)
        else:
            sizes.append(other)
        worst = check_scores(os.path.splitext(path)[1], run, scorer, sizes)
    said = f'scores within {worst:.1g} of torch on inputs ' + ', '.join(str(size) for size in sizes)
    return said + (f'. Height and width are fixed at {shape[1]} and {shape[2]}, because the network or its exported '
                   'form takes no other size.' if fixed else '')


def _of_any_size(write: Callable[[], Run], scorer: Run, other: tuple) -> Optional[Run]:
    """What runs the file, if the network and the file both take inputs of another size."""
    try:
        scorer(torch.zeros(other))
        run = write()
        run(torch.zeros(other))
    except Exception:  # assertions of backbones, errors of torch.export and of onnxruntime: each has kinds of its own
        return None
    return run


@torch.no_grad()
def check_scores(name: str, run: Run, scorer: Run, sizes: Sequence[tuple]) -> float:
    """The largest difference of an exported form from torch on inputs of these sizes.

    Raises:
        RuntimeError: It is above ``TOLERANCE``; states the difference and the size.
    """
    worst, generator = 0.0, torch.Generator().manual_seed(0)
    for size in sizes:
        x = torch.randn(size, generator=generator)
        difference = (run(x) - scorer(x)).abs().max().item()
        if not difference <= TOLERANCE:  # NaN too
            raise RuntimeError(f'the {name} differs from torch by {difference:.3g} on input {size}')
        worst = max(worst, difference)
    return worst
