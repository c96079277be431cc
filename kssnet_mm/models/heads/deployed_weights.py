"""Telling the weights of deployed models from others, and refusing them in a training."""
import os
from typing import Dict

import torch
import torch.nn as nn
from mmengine.runner import CheckpointLoader

DEPLOYED = ('a deployed model has no label graph left to train: train on from the checkpoint that it was made '
            'from')
ELSEWHERE = ('the weights are of a deployed model, which has no label graph left to train: train on from the '
             'checkpoint that they were made from, and test them with the config that was written beside them')
# What a deployed classifier has; one that keeps its label graph has buffers beside them.
DEPLOYED_NAMES = {'fc.weight', 'fc.bias', 'label_keys'}
NOT_DEPLOYED = ('the model is deployed, the weights are not: use the checkpoint that was written beside the '
                "model's config")


def check_weights(state: Dict[str, torch.Tensor], prefix: str, deployed: bool) -> None:
    """Compare a classifier's kind with that of the weights that are about to be loaded into it.

    A deployed classifier has ``label_keys`` and no other buffer. Without this a checkpoint of the other kind would
    load in part, or as a whole and then count the graph twice or not at all.

    Args:
        state: Names and tensors.
        prefix: Of the classifier's names in it.
        deployed: Whether the classifier is deployed.

    Raises:
        RuntimeError: They are of the other kind.
    """
    names = {name[len(prefix):] for name in state if name.startswith(prefix)}
    if deployed and names and ('label_keys' not in names or names - DEPLOYED_NAMES):
        raise RuntimeError(NOT_DEPLOYED)
    if not deployed and 'label_keys' in names:
        raise RuntimeError(ELSEWHERE)


def is_deployed(checkpoint: dict) -> bool:
    """Whether a checkpoint's ``meta`` says that it is of a deployed model. Those of ``--stock`` do not say so."""
    meta = checkpoint.get('meta') if isinstance(checkpoint, dict) else None
    return isinstance(meta, dict) and bool(meta.get('deployed'))


def refuse_deployed_init(model: nn.Module) -> None:
    """Refuse deployed checkpoints that ``init_cfg`` or ``pretrained`` of a model or of a part of it names.

    Only files on disk are checked, as the other schemes of mmengine are for published weights.

    Raises:
        RuntimeError: One is a deployed checkpoint; names it.
    """
    paths = {}
    for name, module in model.named_modules():
        given = getattr(module, 'init_cfg', None)
        for cfg in given if isinstance(given, (list, tuple)) else [given]:
            if isinstance(cfg, dict) and 'checkpoint' in cfg:
                paths.setdefault(cfg['checkpoint'], name)
        if isinstance(getattr(module, 'pretrained', None), str):  # of mmaction2's 3D backbones
            paths.setdefault(module.pretrained, name)
    for path, name in paths.items():
        if not os.path.isfile(path):
            continue
        if is_deployed(CheckpointLoader.load_checkpoint(path, map_location='cpu', logger='silent')):
            raise RuntimeError(f'{path}, which initialises {name or "the model"}: {ELSEWHERE}')
