"""Loading a checkpoint of mmengine's runner completely or not at all."""
import torch
import torch.nn as nn
from mmengine.runner import CheckpointLoader

from kssnet_mm.checkpoints import without_wrapper
from kssnet_mm.utils.io import listed

from .heads.thresholds import DecisionThresholds
from .reading_checks import check_readers


def load_trained(model: nn.Module, path: str) -> dict:
    """Load a runner's checkpoint into a model and return the checkpoint's ``meta``.

    Decision thresholds by class name are matched with the checkpoint's classes.

    Raises:
        ValueError: Keys are missing, unexpected or of another shape; the message names them. Or the thresholds have
            other classes, or a part of the model cannot read label embeddings.
    """
    check_readers(model)
    # a file or an address; kssnet_mm.checkpoints reads either
    checkpoint = CheckpointLoader.load_checkpoint(path, map_location='cpu', logger='silent')
    state, meta = without_wrapper(checkpoint.get('state_dict', checkpoint)), checkpoint.get('meta') or {}
    if not all(isinstance(value, torch.Tensor) for value in state.values()):
        raise ValueError(f'{path} is no checkpoint of a model: it holds more than tensors under their names')
    own = model.state_dict()
    faults = dict(
        missing=[key for key in own if key not in state],
        unexpected=[key for key in state if key not in own],
        misshapen=[f'{key} {tuple(state[key].shape)} for {tuple(own[key].shape)}' for key in own
                   if key in state and state[key].shape != own[key].shape])
    parts = [listed([f'{kind} {key}' for key in keys], 4) for kind, keys in faults.items() if keys]
    if parts:
        if meta.get('deployed'):
            parts.append('it is of a deployed model, whose config was written beside it')
        raise ValueError(f"{path} does not fit the config's model: " + '; '.join(parts))
    model.load_state_dict(state, strict=False)  # the keys are checked above; SwinTransformerV2 computes some by itself
    classes = (meta.get('dataset_meta') or {}).get('classes')
    for module in model.modules():
        if classes is not None and isinstance(module, DecisionThresholds):
            module.set_classes(classes)
    return meta
