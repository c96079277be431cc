"""Grad-CAM (Selvaraju et al., ICCV 2017) by the package ``grad-cam``, for models without class activation maps."""
from typing import List, Optional, Sequence

import numpy as np
import torch
import torch.nn as nn

from kssnet_mm.models.label_graph_backbone import LabelGraphBackbone

from .activation_maps import over_frames


class LabelLogit:
    """The target of ``grad-cam``: the logit of one label, whatever the others are."""

    def __init__(self, label: int) -> None:
        self.label = label

    def __call__(self, logits: torch.Tensor) -> torch.Tensor:
        """(N,) -> scalar."""
        return logits[..., self.label]


@torch.no_grad()
def last_map(network: nn.Module, x: torch.Tensor) -> str:
    """The name of the backbone's last module that gives features with more than one position.

    Args:
        network: As of :func:`grad_cam`.
        x: Its input.

    Raises:
        ValueError: No module does.
    """
    names, handles = [], []

    def remember(name: str):
        def hook(module, inputs, output) -> None:
            if isinstance(output, torch.Tensor) and output.dim() >= 3:
                positions = output.shape[1] if output.dim() == 3 else output[0, 0].numel()
                names.extend([name] * (positions > 1))
        return hook

    for name, module in inner_backbone(network).named_modules():
        handles.append(module.register_forward_hook(remember(name)) if name else None)
    try:
        network.backbone(x)
    finally:
        for handle in filter(None, handles):
            handle.remove()
    if not names:
        raise ValueError('no module of the backbone gives a feature map: name one by its layer')
    return names[-1]


def inner_backbone(network: nn.Module) -> nn.Module:
    """The backbone without what attaches label embeddings to it."""
    return network.backbone.backbone if isinstance(network.backbone, LabelGraphBackbone) else network.backbone


def as_grid(x: torch.Tensor) -> torch.Tensor:
    """Tokens (B, L, C), a class token first or none -> (B, C, H, W); other maps as they are."""
    if x.dim() != 3:
        return x
    grid = over_frames(x.transpose(1, 2))  # (C, B, H, W)
    if grid is None:
        raise ValueError(f'{x.shape[1]} tokens fill no square')
    return grid.transpose(0, 1)


def grad_cam(network: nn.Module, x: torch.Tensor, labels: Sequence[int], layer: Optional[str] = None) -> np.ndarray:
    """Maps in [0, 1] of the size of the input.

    Args:
        network: With the parts ``backbone`` and ``head``; gives logits (B, N).
        x: Input of one image (1, 3, H, W), of the views of a clip (V, 3, T, H, W), or of frames (T, 3, H, W).
        labels: Positions of the labels.
        layer: Name of a module of the backbone. None: the last one that gives a feature map.

    Returns:
        (len(labels), T', H, W), where T' counts the frames of all views; 1 of an image.

    Raises:
        ValueError: The package is not installed, or the layer is not there.
    """
    try:
        from pytorch_grad_cam import GradCAM
    except ImportError as error:
        raise ValueError(f'Grad-CAM needs packages: pip install "kssnet_mm[explain]", then pip install --no-deps grad-cam '
                         f'ttach ({error})') from error
    backbone, layer = inner_backbone(network), layer or last_map(network, x)
    try:
        module = backbone.get_submodule(layer)
    except AttributeError as error:
        raise ValueError(f'the backbone has no module {layer!r}: {error}') from error
    maps: List[np.ndarray] = []
    with torch.enable_grad(), GradCAM(network, [module], reshape_transform=as_grid) as cam:
        for label in labels:
            found = cam(x.clone().requires_grad_(), [LabelLogit(label)] * len(x))
            maps.append(found.reshape(-1, *found.shape[-2:]))
    network.zero_grad()
    return np.stack(maps)
