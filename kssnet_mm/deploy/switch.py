"""Turning a trained KSSNet into its inference form."""
from typing import Dict

import torch
import torch.nn as nn

from kssnet_mm.models.label_graph_backbone import LabelGraphBackbone
from kssnet_mm.models.heads.graph_linear_classifier import GraphLinearClassifier
from kssnet_mm.models.heads.label_graph_classifier import LabelGraphClassifier
from kssnet_mm.models.heads.refined_classifier import RefinedClassifier

from .folding import fold_connections, truncate_connections


# Classifiers whose graph is in the head alone, so that they deploy on a plain backbone too.
GRAPH_IN_HEAD = (GraphLinearClassifier, RefinedClassifier)


def head_of(model: nn.Module) -> nn.Module:
    """``head`` of mmpretrain's classifiers, ``cls_head`` of mmaction2's recognizers."""
    head = getattr(model, 'head', None)
    return getattr(model, 'cls_head', None) if head is None else head


def connections_left(model: nn.Module) -> Dict[str, dict]:
    """Stage -> settings of the connections that a deployed model could not fold; none of a plain backbone."""
    return getattr(model.backbone, 'deployed', None) or {}


def norms_are_fused(model: nn.Module) -> bool:
    """Whether the batch norms of a deployed model were folded into its convolutions."""
    return getattr(model.backbone, 'norm_fused', False)


class Network(nn.Module):
    """Backbone and head of a model: what is timed, counted and exported, without pre- and postprocessing."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.backbone, self.head = model.backbone, head_of(model)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, 3, [T,] H, W) -> logits (B, N)."""
        return self.head(self.backbone(x))


def logits(model: nn.Module, x: torch.Tensor) -> torch.Tensor:
    """Network input (B, 3, [T,] H, W) -> logits (B, N), past preprocessing and postprocessing."""
    return head_of(model)(model.backbone(x))


def switch_to_deploy(model: nn.Module, tolerance: float = 0.0, fuse_norm: bool = False) -> nn.Module:
    """Drop the GCN, fold or fix the lateral connections, and make the classifier one linear layer.

    In place, with equal outputs (``tolerance`` 0). Deployed models refuse to be trained. The head keeps the
    hashes of the label names. Completes what a loop over modules with a ``switch_to_deploy`` (mmpretrain's
    convention for re-parameterised backbones) leaves: there the connections are constant, but neither folded nor
    is the head deployed.

    Args:
        model: An mmpretrain classifier or mmaction2 recognizer on a ``LabelGraphBackbone``, or on any backbone
            where its classifier is a ``GraphLinearClassifier`` or a ``RefinedClassifier``.
        tolerance: Tolerance of ``ConstantConnection.truncated``, for connections that cannot be folded.
        fuse_norm: Also fold the batch norms into the convolutions before them, as RepVGG's form has it.

    Raises:
        ValueError: The model has no label graph, is deployed already, or the tolerance is not in [0, 1).
    """
    if not 0 <= tolerance < 1:
        raise ValueError(f'the tolerance is a share of the largest singular value, 0 or more and below 1, got '
                         f'{tolerance}')
    backbone, head = model.backbone, head_of(model)
    classifier = getattr(head, 'classifier', None)
    if not isinstance(backbone, LabelGraphBackbone):
        if isinstance(classifier, GRAPH_IN_HEAD):  # all of the graph is in the head
            if fuse_norm or tolerance:
                raise ValueError(f'the backbone is a plain {type(backbone).__name__}, which stays as it is: leave '
                                 'fuse_norm and tolerance out')
            head.classifier = classifier.to_linear()
            return model.eval()
        raise ValueError(f'the backbone is a {type(backbone).__name__}: only a LabelGraphBackbone has a '
                         'label graph to deploy')
    if not isinstance(classifier, (LabelGraphClassifier, *GRAPH_IN_HEAD)):
        if backbone.deployed is not None:
            raise ValueError('the model is deployed already')
        raise ValueError(f'the classifier is a {type(classifier).__name__}: only a LabelGraphClassifier '
                         'takes up the label embeddings')
    keys = None if backbone.gcn is None else getattr(backbone.gcn, 'label_keys', None)
    backbone.switch_to_deploy()
    fold_connections(backbone)
    if tolerance > 0:
        truncate_connections(backbone, tolerance)
    if fuse_norm:
        backbone.fuse_norm()
    head.switch_to_deploy(backbone.embedding, keys)
    backbone.embedding = None  # the head has taken it up
    return model
