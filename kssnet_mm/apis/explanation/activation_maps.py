"""Class activation maps (Zhou et al., CVPR 2016): where in the features a class's logit comes from."""
from typing import List, Optional, Sequence, Tuple

import torch

from kssnet_mm.models.heads.linear_classifier import LinearClassifier


def as_linear(classifier: torch.nn.Module, features: Sequence[torch.Tensor]) -> Tuple[LinearClassifier, tuple]:
    """(the linear classifier of the same logits, the feature maps alone).

    A ``LabelGraphClassifier`` takes W = fc + tanh(E) from the last embedding, which follows the feature maps. The graph
    of other classifiers is in themselves, and they do on a plain backbone too.

    Raises:
        ValueError: It is a classifier of another kind, whose logits are not linear in pooled features.
    """
    if isinstance(classifier, LinearClassifier):
        return classifier, tuple(features)
    if not hasattr(classifier, 'to_linear'):
        raise ValueError(f'class activation maps need a linear classifier on pooled features, not a '
                         f'{type(classifier).__name__}: try Grad-CAM')
    embedded = features[-1].dim() == 3 and features[-1].shape[1:] == (classifier.num_classes, classifier.in_channels)
    if len(features) == 1 or not embedded:  # a plain backbone, whose classifier has all of the graph
        return classifier.to_linear(), tuple(features)
    return classifier.to_linear(features[-1][0]), tuple(features[:-1])


def class_activation_maps(linear: LinearClassifier, features: Sequence[torch.Tensor]) -> List[torch.Tensor]:
    """map_n = sum_c W_nc x_c at every position, one tensor for each pathway.

    With average pooling the logit of a class is exactly the sum over the pathways of the mean of its map, plus its
    bias. With maximum pooling it is not, because every channel takes another position.

    Args:
        linear: The classifier, with W (N, C).
        features: The backbone's outputs; the last ``linear.pathways`` are read: (B, C, [T,] H, W), or tokens
            (B, L, C).

    Returns:
        Maps (B, N, [T,] H, W), or (B, N, L) of tokens.

    Raises:
        ValueError: The features were pooled before, so that they have no positions.
    """
    maps, start = [], 0
    for x in features[-linear.pathways:]:
        if x.dim() == 2:
            raise ValueError('the backbone gives pooled features, which have no positions: try Grad-CAM')
        x = x.transpose(1, 2) if x.dim() == 3 else x  # tokens have their channels last
        weight = linear.fc.weight[:, start:start + x.shape[1]]
        maps.append(torch.einsum('nc,bc...->bn...', weight, x))
        start += x.shape[1]
    return maps


def over_frames(maps: torch.Tensor) -> Optional[torch.Tensor]:
    """Maps of B views or frames of one input -> (N, T', H, W), or None of tokens that fill no square.

    The views follow each other in time. Of tokens with a class token first, that is left out.
    """
    if maps.dim() == 3:
        count = maps.shape[2]
        side = int(count**0.5)
        if side * side != count:
            side, maps = int((count - 1)**0.5), maps[:, :, 1:]
        if side < 1 or side * side != maps.shape[2]:
            return None
        maps = maps.unflatten(2, (side, side))
    if maps.dim() == 4:
        maps = maps.unsqueeze(2)
    return maps.transpose(0, 1).flatten(1, 2)
