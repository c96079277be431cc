import pytest
import torch
from mmengine.config import Config
from mmengine.hooks import CheckpointHook

from kssnet_mm.apis.runner_config import (add_score_dump, enable_amp, enable_auto_scale_lr, enable_resume,
                                          enable_robust_hooks, load_config)


def test_flags_become_settings(tmp_path):
    (tmp_path / 'my.py').write_text("a = dict(b=1)\noptim_wrapper = dict()\ntest_evaluator = dict(type='X')\n")
    cfg = load_config(str(tmp_path / 'my.py'), {'a.b': 2})
    assert cfg.a.b == 2 and cfg.launcher == 'none' and cfg.work_dir == 'work_dirs/my'
    assert load_config(str(tmp_path / 'my.py'), work_dir='w').work_dir == 'w'
    enable_resume(cfg, 'auto')
    assert cfg.resume and cfg.load_from is None
    enable_resume(cfg, 'x.pth')
    assert cfg.load_from == 'x.pth'
    add_score_dump(cfg, 'o.npz')
    assert [e['type'] for e in cfg.test_evaluator] == ['X', 'DumpScores']
    with pytest.raises(ValueError, match='base_batch_size'):
        enable_auto_scale_lr(cfg)


@pytest.mark.parametrize('kind', ['CheckpointHook', 'mmengine.CheckpointHook', CheckpointHook])
def test_a_runtime_of_ones_own_gets_what_survives_kills(kind):
    cfg = Config(dict(default_hooks=dict(checkpoint=dict(type=kind, interval=3), mean_loss=None)))
    enable_robust_hooks(cfg)
    assert cfg.default_hooks.checkpoint == dict(type='SafeCheckpointHook', interval=3)
    assert cfg.default_hooks.seed_steps.type == 'SeedStepsHook' and cfg.default_hooks.mean_loss is None
    empty, other = Config(), Config(dict(default_hooks=dict(checkpoint=dict(type='Mine'))))
    for cfg in (empty, other, Config(dict(default_hooks=dict(checkpoint=None)))):
        enable_robust_hooks(cfg)
        assert cfg.default_hooks.average_batch_norm.type == 'AverageBatchNormHook'
    assert empty.default_hooks.checkpoint.type == 'SafeCheckpointHook' and cfg.default_hooks.checkpoint is None
    assert other.default_hooks.checkpoint.type == 'Mine'


def test_amp_by_device(monkeypatch):
    for gpu, kind in ((False, 'CPUAmpOptimWrapper'), (True, 'AmpOptimWrapper')):
        monkeypatch.setattr(torch.cuda, 'is_available', lambda gpu=gpu: gpu)
        cfg = Config(dict(optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.1))))
        enable_amp(cfg)
        assert cfg.optim_wrapper.type == kind
        assert ('loss_scale' in cfg.optim_wrapper) == gpu
    with pytest.raises(ValueError, match="'Apex'"):
        enable_amp(Config(dict(optim_wrapper=dict(type='Apex'))))
