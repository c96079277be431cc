"""Configs and state dicts of deployed models."""
import copy
from typing import Dict, Sequence, Tuple

import torch
import torch.nn as nn
from mmengine.config import Config

from kssnet_mm.models.dry_run import dry_run
from kssnet_mm.registry import TRANSFORMS
from kssnet_mm.utils.configs import type_name, with_named_types
from kssnet_mm.utils.data_configs import test_pipeline

from .switch import connections_left, head_of, norms_are_fused

State = Dict[str, torch.Tensor]


def _renamed(state: State, old: str, new: str) -> State:
    return {new + k[len(old):] if k.startswith(old) else k: v for k, v in state.items()}


def _plain_backbone(cfg: Config) -> dict:
    inner = copy.deepcopy(cfg.model.backbone.get('backbone', cfg.model.backbone))
    inner.pop('init_cfg', None)  # its weights are in the checkpoint
    for key, nothing in dict(pretrained=None, pretrained2d=False, weights=None).items():
        if key in inner:
            inner[key] = nothing
    return inner


def _is_outside(backbone: dict) -> bool:
    """Whether a backbone is in no registry, so that our wrapper has to build it."""
    return isinstance(backbone.type, str) and backbone.type.startswith(('torchvision.', 'timm.'))


def _is_stock(step: dict, scope: str) -> bool:
    """Whether a step of a pipeline is none of this package's."""
    with TRANSFORMS.switch_scope_and_registry(scope) as registry:
        return not registry.get(step['type']).__module__.startswith('kssnet_mm.')


def _named(cfg: Config) -> Config:
    """A copy that can be written to a file: without the classes that pure-Python configs hold."""
    return Config(with_named_types(cfg.to_dict()))


def deployed_config(cfg: Config, model: nn.Module) -> Tuple[Config, State]:
    """What builds and fills the inference form of a model.

    Args:
        cfg: The config it was trained with.
        model: The deployed model.

    Returns:
        (config, state dict): of the plain backbone where every connection was folded and the norms were not.
    """
    cfg, state = _named(cfg), model.state_dict()
    inner, left = _plain_backbone(cfg), connections_left(model)
    if left or norms_are_fused(model) or _is_outside(inner):
        cfg.model.backbone = dict(type='LabelGraphBackbone', backbone=inner, deployed=left)
        if norms_are_fused(model):
            cfg.model.backbone.fuse_norm = True
    else:
        cfg.model.backbone = inner
        state = _renamed(state, 'backbone.backbone.', 'backbone.')
    classifier = head_of(model).classifier
    head = cfg.model['cls_head' if 'cls_head' in cfg.model else 'head']
    head.classifier = dict(type='LinearClassifier', pool=classifier.pool, dropout=classifier.dropout.p,
                           pathways=classifier.pathways, deploy=True)
    cfg.load_from = None
    return cfg, state


def several_views(pipeline: Sequence[dict], frames_alone: bool) -> bool:
    """Whether a test pipeline of videos gives several clips or crops of each.

    Args:
        pipeline: Its steps.
        frames_alone: Whether the network takes single frames, as ``Recognizer2D``: its clips are segments, whose logits
            are averaged. ``SegmentsToClip`` joins clips to one.
    """
    names = [type_name(step['type']).split('.')[-1] for step in pipeline]
    clips = any(step.get('num_clips', 1) > 1 for step in pipeline)
    return (clips and not frames_alone and 'SegmentsToClip' not in names) or bool({'ThreeCrop', 'TenCrop'} & set(names))


def stock_config(cfg: Config, model: nn.Module) -> Tuple[Config, State]:
    """A config and a state dict for mmpretrain or mmaction2 alone.

    mmaction2 has no head with sigmoid outputs: its ``I3DHead`` gives the logits there. The config holds
    the model, and the test pipeline where that is stock too.

    Raises:
        ValueError: A connection is left, the norms were fused, the pooling is not average, tokens or pathways
            are pooled, the backbone is ours, the stock head would decide otherwise, or there is no test pipeline.
    """
    cfg, left = _named(cfg), connections_left(model)
    if left:
        raise ValueError(f'the connections after {", ".join(left)} cannot be folded, so that the stock '
                         'packages cannot run this model: leave --stock out')
    if norms_are_fused(model):
        raise ValueError('the stock backbones have batch norms: leave --fuse-norm out')
    head, inner = head_of(model), _plain_backbone(cfg)
    pipeline = test_pipeline(cfg)
    plain = getattr(model.backbone, 'backbone', model.backbone)
    if type(plain).__module__.split('.')[0] not in ('mmpretrain', 'mmaction'):
        raise ValueError(f'the backbone {inner.type} is not one of mmpretrain or mmaction2')
    if head.classifier.pool != 'avg':
        raise ValueError(f'the stock packages have no neck for pool={head.classifier.pool!r}')
    outputs = dry_run(model.backbone).outputs
    if head.classifier.pathways > 1 or len(outputs[-1]) == 3:
        raise ValueError('the stock packages have no head that averages tokens, or that joins pathways in this order')
    state = _renamed(model.state_dict(), 'backbone.backbone.', 'backbone.')
    state = {k: v for k, v in state.items() if not k.endswith('.classifier.label_keys')}  # only ours reads them
    weights = head.classifier.fc
    sizes = dict(num_classes=weights.out_features, in_channels=weights.in_features)
    inner.type = type(plain).__name__
    new = dict(type=type_name(cfg.model.type), backbone=inner, data_preprocessor=cfg.model.get('data_preprocessor'))
    if 'cls_head' in cfg.model:
        if several_views(pipeline, new['type'] == 'Recognizer2D') and head.average_clips != 'score':
            raise ValueError(f'the stock head averages the logits of several views, and this one their '
                             f'probabilities (average_clips={head.average_clips!r}): set average_clips=\'score\', '
                             'or test one view, or leave --stock out')
        if not isinstance(head.thr, float) or head.thr != 0.5 or head.predicted_topk is not None:
            raise ValueError('the stock video head has no decision threshold: set cls_head.thr to 0.5 and leave topk '
                             'out, or leave --stock out')
        scope, old, fc = 'mmaction', 'cls_head.classifier.fc.', 'cls_head.fc_cls.'
        kind = 'TSNHead' if new['type'] == 'Recognizer2D' else 'I3DHead'
        new['cls_head'] = dict(type=kind, dropout_ratio=head.classifier.dropout.p, multi_class=True,
                               average_clips='score', loss_cls=dict(type='BCELossWithLogits'), **sizes)
    else:
        scope, old, fc = 'mmpretrain', 'head.classifier.fc.', 'head.fc.'
        if not isinstance(head.thr, float):
            raise ValueError('the stock head has one decision threshold for all classes: set head.thr to one number, '
                             'or leave --stock out')
        thr = head.thr
        neck = None if len(outputs[-1]) == 2 else dict(type='GlobalAveragePooling')
        new.update(neck=neck, head=dict(type='MultiLabelLinearClsHead', thr=thr, **sizes))
    text = dict(default_scope=scope, model=new)
    if all(_is_stock(step, scope) for step in pipeline):
        text['test_dataloader'] = dict(dataset=dict(pipeline=pipeline))
    return Config(text), _renamed(state, old, fc)
