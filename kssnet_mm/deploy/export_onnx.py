"""ONNX files of deployed models."""
from typing import Optional, Sequence

import torch
import torch.nn as nn

from kssnet_mm.utils.io import whole_file

from .export import Scorer, check_scores, is_image, metadata_of, trace_arguments


def export_onnx(model: nn.Module, path: str, shape: Sequence[int], classes: Sequence[str], preprocessing: dict,
                dynamic_size: Optional[bool] = None) -> str:
    """Write a deployed model as ONNX with a dynamic batch, and check it against onnxruntime.

    Args:
        model: Deployed, on the CPU, in float32.
        path: ``.onnx`` to write; only if the check passes.
        shape: Of one input, (3, [T,] H, W).
        classes: N label names, kept in the file's metadata with thresholds and ``preprocessing``.
        preprocessing: Of ``describe_preprocessing``.
        dynamic_size: Whether height and width are dynamic too; None: for images.

    Returns:
        What was checked, in words.

    Raises:
        RuntimeError: onnxruntime gives other scores, states the difference; or a package is missing or
            too old.
    """
    try:
        import onnx
        import onnxruntime
        import onnxscript  # noqa: F401
    except ImportError as error:
        raise RuntimeError(f'exporting needs torch >= 2.6, onnx, onnxscript and onnxruntime ({error})') from None
    dynamic_size = is_image(shape) if dynamic_size is None else dynamic_size
    scorer = Scorer(model).eval()
    arguments, axes = trace_arguments(shape, dynamic_size)
    program = torch.onnx.export(scorer, arguments, dynamo=True, verbose=False, input_names=['input'],
                                output_names=['scores'], dynamic_shapes=axes)
    with whole_file(path) as temporary:
        program.save(temporary)
        proto = onnx.load(temporary)
        onnx.helper.set_model_props(proto, metadata_of(model, classes, preprocessing))
        onnx.save(proto, temporary)
        session = onnxruntime.InferenceSession(temporary, providers=['CPUExecutionProvider'])
        return check_scores('onnxruntime', lambda x: torch.from_numpy(session.run(None, {'input': x.numpy()})[0]),
                            scorer, shape, dynamic_size)
