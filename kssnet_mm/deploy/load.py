"""From a config and a checkpoint to the model that is exported."""
from typing import Optional, Sequence, Tuple

import torch.nn as nn
from mmengine.config import Config
from mmengine.registry import MODELS, init_default_scope

from kssnet_mm.models.label_gcn import label_keys
from kssnet_mm.models.label_graph_backbone import LabelGraphBackbone
from kssnet_mm.models.loading import load_trained
from kssnet_mm.utils.configs import scope_of
from kssnet_mm.utils.labels import check_places

from .preprocessing import describe_preprocessing, input_shape
from .switch import GRAPH_IN_HEAD, head_of, switch_to_deploy


def build_trained(cfg: Config, checkpoint: str) -> Tuple[nn.Module, dict]:
    """(model in evaluation mode, the checkpoint's meta).

    Raises:
        ValueError or FileNotFoundError: The checkpoint does not fit, or is not there.
    """
    init_default_scope(scope_of(cfg))
    model = MODELS.build(cfg.model)
    meta = load_trained(model, checkpoint)
    return model.eval(), meta


def remember_labels(model: nn.Module, meta: dict) -> None:
    """Give a deployed head the hashes of the label names in ``meta``, if the graph had none."""
    keys = head_of(model).classifier.label_keys
    classes = (meta.get('dataset_meta') or {}).get('classes')
    if classes is not None and len(classes) == len(keys) and not keys.any():
        keys.copy_(label_keys(classes))


def load_for_export(cfg: Config, checkpoint: str,
                    shape: Optional[Sequence[int]] = None,
                    names: Optional[Sequence[str]] = None) -> Tuple[nn.Module, tuple, list, dict]:
    """What ``export_model`` takes; a model with a label graph is deployed on the way.

    Args:
        cfg: Config of the model: trained, deployed, or a plain backbone of ours.
        checkpoint: Its checkpoint.
        shape: Of one input; default the test pipeline's.
        names: Of the classes; default the checkpoint's.

    Returns:
        (model, shape of one input, class names, description of the preprocessing).

    Raises:
        ValueError: The checkpoint does not fit or has no class names and none are given, the names given are too few
            or too many or stand in another order than the checkpoint's, the thresholds are of other classes, the
            head has none, or the preprocessing or the head's ``topk`` cannot be described.
        FileNotFoundError: There is no checkpoint.
    """
    described = describe_preprocessing(cfg)
    shape = tuple(shape) if shape else input_shape(described)
    model, meta = build_trained(cfg, checkpoint)
    classes = (meta.get('dataset_meta') or {}).get('classes')
    if names is not None:
        if len(names) != head_of(model).num_classes:
            raise ValueError(f'there are {len(names)} class names, but the model has {head_of(model).num_classes} '
                             'classes')
        if classes is not None:
            check_places(names, classes, 'the list of class names', checkpoint)
        classes = names
    if classes is None:
        raise ValueError(f'{checkpoint} holds no class names (meta.dataset_meta.classes), as its data set had none: '
                         'give them, one a line, by --classes FILE')
    head = cfg.model.get('cls_head') or cfg.model.head
    if head.get('topk') is not None:
        raise ValueError(f'the head has topk={head.topk}, which an export cannot carry: set thr instead')
    if getattr(head_of(model), 'thr', None) is None:
        raise ValueError(f'the head {type(head_of(model)).__name__} has no decision threshold (thr), which an export '
                         'carries: export the model with a head of kssnet_mm')
    shares = isinstance(getattr(head_of(model), 'classifier', None), GRAPH_IN_HEAD)
    if shares or (isinstance(model.backbone, LabelGraphBackbone) and model.backbone.deployed is None):
        switch_to_deploy(model.double()).float()
    return model, shape, list(classes), described
