"""What a backbone starts from: how a checkpoint is written into its config."""
from pathlib import Path
from typing import Optional

from mmengine.registry import DefaultScope

from kssnet_mm.checkpoints import CheckpointError, read_checkpoint
from kssnet_mm.models.backbone_table import Backbone
from kssnet_mm.registry import MODELS

# As checkpoints of whole models of mmpretrain and mmaction2 have it; bare keys are tried first.
PREFIXES = ('', 'backbone.', 'module.', 'module.backbone.')
# A file with less of the backbone's parameters is one of another network.
ENOUGH = 0.9


def backbone_config(row: Backbone, weights: Optional[str]) -> dict:
    """The config of a backbone that starts from ``weights``.

    Args:
        row: Of the table of backbones.
        weights: Path of a checkpoint, an address such as ``torchvision://resnet50``, which is not looked at before
            the training, or None for random weights.

    Raises:
        ValueError: The file is no checkpoint, or one of another network.
    """
    if weights is None:
        return row.config
    own_way = 'pretrained' in row.config  # mmaction2's networks, which can inflate the kernels of 2D ones
    if '://' in weights:
        return dict(row.config, pretrained=weights, pretrained2d=True) if own_way else dict(
            row.config, init_cfg=dict(type='Pretrained', checkpoint=weights))
    prefix = key_prefix(row, weights)
    if own_way and prefix:
        raise ValueError(f'--weights: the keys of {weights} begin with {prefix!r}, and {row.config["type"]} reads bare '
                         'ones: convert it with tools/model_converters/mmaction2_to_kssnet.py')
    path = str(Path(weights).resolve())
    if own_way:
        return dict(row.config, pretrained=path, pretrained2d=False)
    return dict(row.config, init_cfg=dict(type='Pretrained', checkpoint=path, **dict(prefix=prefix) if prefix else {}))


def key_prefix(row: Backbone, weights: str) -> str:
    """What the keys of a checkpoint have before the names of the backbone's parameters.

    Raises:
        ValueError: The file is no checkpoint, or one of another network.
    """
    try:
        content = read_checkpoint(weights)
    except (CheckpointError, OSError) as error:
        raise ValueError(f'--weights: {error}') from error
    state = content.get('state_dict', content)
    with DefaultScope.overwrite_default_scope(row.scope):
        wanted = {name: value.shape for name, value in MODELS.build(row.config).named_parameters()}
    for prefix in PREFIXES:
        fitting = sum(getattr(state.get(prefix + name), 'shape', None) == shape for name, shape in wanted.items())
        if fitting >= ENOUGH * len(wanted):
            return prefix
    raise ValueError(f'--weights: {weights} holds no weights of this {row.config["type"]}: it has keys such as '
                     f'{next(iter(state), None)!r}')
