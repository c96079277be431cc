"""Checking that neck and head can read the label embeddings of a LabelGraphBackbone, and do."""
import torch.nn as nn

from .label_graph_backbone import LabelGraphBackbone


def check_readers(model: nn.Module) -> None:
    """Refuse necks and heads that would take the label embeddings for a feature map, or leave them aside.

    A classifier that leaves them aside would train without the last GCN layer, and training on several GPUs would end
    in an error about unused parameters.

    Args:
        model: A classifier of mmpretrain or a recognizer of mmaction2.

    Raises:
        ValueError: The backbone gives label embeddings, and the model has a neck, a head of another package, or a
            classifier that does not read them (``reads_embedding`` is False); the message says what to set.
    """
    backbone = getattr(model, 'backbone', None)
    if not isinstance(backbone, LabelGraphBackbone) or (backbone.gcn is None and backbone.embedding is None):
        return
    neck = getattr(model, 'neck', None)
    if neck is not None:
        raise ValueError(f'the neck {type(neck).__name__} cannot read the label embeddings that a LabelGraphBackbone '
                         'gives beside its features: set neck=None in the model, KSSNet\'s heads pool by themselves')
    video = hasattr(model, 'cls_head')
    head = model.cls_head if video else getattr(model, 'head', None)
    if not hasattr(head, 'classifier'):
        wanted = "cls_head=dict(type='KSSNetVideoHead', ...)" if video else "head=dict(type='KSSNetHead', ...)"
        raise ValueError(f'the head {type(head).__name__} cannot read the label embeddings that a LabelGraphBackbone '
                         f'gives: set {wanted} in the model (with _delete_=True where a base config has another head)')
    for part, kind in ((head, 'head'), (head.classifier, 'classifier')):
        if not getattr(part, 'reads_embedding', True):
            raise ValueError(f'the {kind} {type(part).__name__} does not read the label embeddings that a '
                             "LabelGraphBackbone gives: set classifier=dict(type='LabelGraphClassifier') or "
                             "dict(type='GraphLinearClassifier', embedding=True, ...) in a KSSNet head, or take the "
                             'backbone inside the LabelGraphBackbone as the backbone')
