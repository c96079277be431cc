"""Every config loads, its model builds and its pipelines' parts are registered."""
from pathlib import Path

import pytest
from mmengine.config import Config
from mmengine.registry import DefaultScope

from kssnet_mm.registry import DATASETS, METRICS, MODELS, TRANSFORMS

ROOT = Path(__file__).resolve().parents[2]
CONFIGS = sorted((ROOT / 'configs').glob('*.py'))


@pytest.mark.parametrize('path', CONFIGS, ids=lambda path: path.stem)
def test_config(path):
    cfg = Config.fromfile(path)
    with DefaultScope.overwrite_default_scope(cfg.default_scope):
        for loader in (cfg.train_dataloader, cfg.val_dataloader, cfg.test_dataloader):
            assert DATASETS.get(loader.dataset.type) is not None, loader.dataset.type
            for step in loader.dataset.pipeline:
                TRANSFORMS.build(step)
        METRICS.build(cfg.test_evaluator)
        # weights are fetched by init_weights, which is not called here
        backbone = cfg.model.backbone.get('backbone', cfg.model.backbone)
        backbone.pop('pretrained', None)
        model = MODELS.build(cfg.model)
        assert sum(p.numel() for p in model.parameters()) > 1e5
        names = {name for name, _ in model.named_parameters()}
        for key in cfg.optim_wrapper.get('paramwise_cfg', {}).get('custom_keys', {}):
            if path.stem.startswith('kssnet') and 'without' not in path.stem:
                assert any(key in name for name in names), f'{key} names no parameter of {path.stem}'
