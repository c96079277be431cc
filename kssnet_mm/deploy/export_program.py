"""Programs of torch.export: deployed models for torch alone, without OpenMMLab."""
from typing import Optional, Sequence

import torch
import torch.nn as nn

from kssnet_mm.utils.io import whole_file

from .export import Scorer, check_scores, is_image, metadata_of, trace_arguments


def export_program(model: nn.Module, path: str, shape: Sequence[int], classes: Sequence[str], preprocessing: dict,
                   dynamic_size: Optional[bool] = None) -> str:
    """Write a deployed model as a ``.pt2`` of torch.export with a dynamic batch, and check what it gives.

    ``torch.export.load(path, extra_files=dict.fromkeys(('classes', 'thresholds', 'preprocessing'), ''))`` reads
    it and fills the dict with json; ``.module()(x)`` gives probabilities.

    Args:
        model: Deployed, on the CPU, in float32.
        path: ``.pt2`` to write; only if the check passes.
        shape: Of one input, (3, [T,] H, W).
        classes: N label names, kept in the file with thresholds and ``preprocessing``.
        preprocessing: Of ``describe_preprocessing``.
        dynamic_size: Whether height and width are dynamic too; None: for images.

    Returns:
        What was checked, in words.

    Raises:
        RuntimeError: The program read from the file gives other scores, states the difference; or torch is
            too old.
    """
    dynamic_size = is_image(shape) if dynamic_size is None else dynamic_size
    scorer = Scorer(model).eval()
    arguments, axes = trace_arguments(shape, dynamic_size)
    with torch.no_grad():
        program = torch.export.export(scorer, arguments, dynamic_shapes=axes)
    with whole_file(path) as temporary:
        # as open files: torch warns of names that end in anything but .pt2
        with open(temporary, 'wb') as file:
            torch.export.save(program, file, extra_files=metadata_of(model, classes, preprocessing))
        with open(temporary, 'rb') as file:
            run = torch.export.load(file).module()
        return check_scores('the exported program', run, scorer, shape, dynamic_size)
