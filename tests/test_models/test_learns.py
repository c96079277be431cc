"""The main configs learn: eight samples are learnt by heart, gradients reach every parameter, nothing is NaN."""
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.optim import build_optim_wrapper
from mmengine.registry import DefaultScope

from kssnet_mm.deploy import logits
from kssnet_mm.evaluation.functional import average_precision
from kssnet_mm.registry import MODELS

ROOT = Path(__file__).resolve().parents[2]
# config, one input, steps within which eight samples are known by heart
CASES = {
    'kssnet_r18_sample-coco': ((3, 64, 64), 60),
    'kssnet_i3d-r18_sample-charades': ((3, 8, 32, 32), 60),
    'kssnet_i3d_charades_released': ((3, 8, 32, 32), 60),
    'kssnet_i3d_charades': ((3, 8, 32, 32), 60),
}


def build(name: str):
    cfg = Config.fromfile(ROOT / f'configs/{name}.py')
    cfg.model.backbone.gcn.graph = None
    cfg.model['cls_head' if 'cls_head' in cfg.model else 'head'].classifier.dropout = 0.0
    with DefaultScope.overwrite_default_scope(cfg.default_scope):
        model = MODELS.build(cfg.model)
        # embeddings of length 1, as the sample data's and Charades' are
        model.backbone.gcn.embedding.copy_(torch.nn.functional.normalize(model.backbone.gcn.embedding, dim=1))
        wrapper = build_optim_wrapper(model, cfg.optim_wrapper)
    return model, wrapper


@pytest.mark.parametrize('name', CASES)
def test_learns_eight_samples_by_heart(name):
    shape, steps = CASES[name]
    model, wrapper = build(name)
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(8, *shape, generator=generator)
    n = model.backbone.gcn.num_classes
    targets = (torch.rand(8, n, generator=generator) < 0.3).float()
    model.train()
    for step in range(steps):
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logits(model, x), targets)
        assert torch.isfinite(loss), f'step {step}'
        if step == 1:  # LC's own weight is 0 at first: E gets a gradient through it from the second step on
            wrapper.optimizer.zero_grad()
            loss.backward(retain_graph=True)
            without = [key for key, p in model.named_parameters() if p.grad is None or not p.grad.any()]
            assert not without
            wrapper.optimizer.zero_grad()
        wrapper.update_params(loss)
        if step % 10 == 9:
            scores = logits(model, x).detach().sigmoid().numpy()
            found = np.nanmean(average_precision(scores, targets.numpy().astype(np.int8)))
            if found > 0.95:
                break
    assert found > 0.95, f'mAP {found:.3f} after {steps} steps'
