"""Whether a config's network can learn eight drawn samples by heart."""
import cv2
import numpy as np
import torch
import torch.nn.functional as F
from mmengine.config import Config
from mmengine.optim import build_optim_wrapper
from mmengine.registry import MODELS, DefaultScope

from kssnet_mm.datasets.sample import charades, coco
from kssnet_mm.deploy import logits
from kssnet_mm.evaluation.functional import average_precision
from kssnet_mm.graphs import ks_graph, normalize_symmetric

SAMPLES = 8


def draw(cfg: Config, side: int, frames: int = 8) -> tuple:
    """Input (8, 3, [frames,] side, side) as the config's preprocessor would give it, targets (8, 12)."""
    video = 'cls_head' in cfg.model
    names = list(charades.CLASSES if video else coco.CATEGORIES)
    inputs, targets = [], torch.zeros(SAMPLES, len(names))
    for row in range(SAMPLES):
        drawn, objects = (charades.draw_video if video else coco.draw_scene)(np.random.default_rng(row))
        drawn = drawn[np.linspace(0, len(drawn) - 1, frames).round().astype(int)] if video else drawn[None]
        inputs.append(np.stack([cv2.resize(image, (side, side)) for image in drawn]))
        targets[row, [names.index(name) for name, *_ in objects]] = 1
    x = torch.from_numpy(np.stack(inputs)).float()  # (8, frames, side, side, 3)
    x = (x - torch.tensor(cfg.model.data_preprocessor.mean)) / torch.tensor(cfg.model.data_preprocessor.std)
    x = x.permute(0, 4, 1, 2, 3)
    return (x if video else x.squeeze(2)).contiguous(), targets


def build(cfg: Config, targets: torch.Tensor, length: float = 1.0) -> tuple:
    """The config's model for the targets' classes, with random label embeddings of this length, and its optimiser."""
    backbone, head = cfg.model.backbone, cfg.model['cls_head' if 'cls_head' in cfg.model else 'head']
    head.num_classes = targets.shape[1]
    if 'classifier' in head:  # mmpretrain's own heads have no dropout
        head.classifier.dropout = 0.0
    if 'gcn' in backbone:
        backbone.gcn.update(num_classes=targets.shape[1], graph=None)
    with DefaultScope.overwrite_default_scope(cfg.default_scope):
        model = MODELS.build(cfg.model)
        if 'gcn' in backbone:
            counts = (targets.t() @ targets).fill_diagonal_(0).numpy()
            adjacency = normalize_symmetric(ks_graph(counts, None, lam=1, tau=0.02, eta=0.4))
            model.backbone.gcn.adjacency.copy_(torch.from_numpy(adjacency))
            model.backbone.gcn.embedding.copy_(length * F.normalize(model.backbone.gcn.embedding))
        return model, build_optim_wrapper(model, cfg.optim_wrapper)


def learn(model: torch.nn.Module, optimizer, x: torch.Tensor, targets: torch.Tensor, steps: int):
    """Yields (loss, mAP) of every step, before its update.

    Raises:
        FloatingPointError: The loss is NaN or infinite; names the step.
    """
    model.train()
    for step in range(1, steps + 1):
        output = logits(model, x)
        loss = F.binary_cross_entropy_with_logits(output, targets)
        if not torch.isfinite(loss):
            raise FloatingPointError(f'the loss is {loss.item()} in step {step}')
        ap = average_precision(output.detach().sigmoid().numpy(), targets.numpy().astype(np.int8))
        yield loss.item(), float(np.nanmean(ap))
        optimizer.update_params(loss)
