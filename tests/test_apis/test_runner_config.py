import pytest
import torch
from mmengine.config import Config
from mmengine.hooks import CheckpointHook, SyncBuffersHook

from kssnet_mm.apis import runner_config
from kssnet_mm.apis.runner_config import (add_score_dump, build_runner, enable_amp, enable_auto_scale_lr,
                                          enable_resume, enable_robust_hooks, load_config)
from kssnet_mm.engine import CPUAmpOptimWrapper
from kssnet_mm.registry import OPTIM_WRAPPERS


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
    cfg.auto_scale_lr = dict(base_batch_size=16, enable=False)
    enable_auto_scale_lr(cfg)
    assert cfg.auto_scale_lr == dict(base_batch_size=16, enable=True)


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


def test_none_switches_a_default_hook_off(tmp_path):
    """mmengine ends with an AssertionError without words where the hook is not one of its own."""
    cfg = Config(dict(model=dict(type='mmengine.ImgDataPreprocessor'), work_dir=str(tmp_path),
                      experiment_name='without_some_hooks',
                      default_hooks=dict(mean_loss=None, timer=None, checkpoint=None)))
    enable_robust_hooks(cfg)
    runner = build_runner(cfg)
    kinds = {type(hook).__name__ for hook in runner.hooks}
    assert {'SeedStepsHook', 'LoggerHook'} <= kinds
    assert not {'MeanLossHook', 'IterTimerHook', 'SafeCheckpointHook', 'CheckpointHook'} & kinds


@pytest.mark.parametrize('kind', ['SyncBuffersHook', 'mmengine.SyncBuffersHook', SyncBuffersHook])
def test_no_hook_averages_the_integers_of_a_label_graph(kind, monkeypatch):
    """mmaction2's runtime has SyncBuffersHook among the default hooks."""
    lines, other = [], dict(type='CheckLabelsHook')
    monkeypatch.setattr(runner_config, 'print_log', lambda line, **_: lines.append(line))
    for cfg in (dict(default_hooks=dict(sync_buffers=dict(type=kind))),
                dict(default_hooks=dict(average_batch_norm=None), custom_hooks=[dict(type=kind), other]),
                dict(default_hooks=dict(sync_buffers=dict(type=kind)), custom_hooks=[SyncBuffersHook(), other])):
        cfg = Config(cfg)
        enable_robust_hooks(cfg)
        assert 'SyncBuffersHook' not in str(cfg.to_dict())
        assert cfg.default_hooks.average_batch_norm == dict(type='AverageBatchNormHook')
        assert cfg.get('custom_hooks', [other]) == [other]
        assert len(lines) == 1 and 'SyncBuffersHook is replaced by AverageBatchNormHook' in lines.pop()
    cfg = Config(dict(default_hooks=dict(average_batch_norm=dict(type='Mine')), custom_hooks=None))
    enable_robust_hooks(cfg)
    assert cfg.default_hooks.average_batch_norm.type == 'Mine' and not lines


@pytest.mark.parametrize('hook, left, begun', [
    (dict(), (), False),
    (None, (), False),
    (dict(), ('weights.pth', 'best_mAP_epoch_1.pth', '.epoch_1.pth.0123456789ab.part'), False),
    (dict(), ('epoch_1.pth', ), True),  # killed before last_checkpoint was written; it need not be readable
    (dict(), ('last_checkpoint', ), True),
    (None, ('last_checkpoint', ), True),
    (dict(by_epoch=False), ('epoch_1.pth', ), False),
    (dict(by_epoch=False), ('iter_5.pth', ), True),
    (dict(filename_tmpl='e{}.pth'), ('e12.pth', ), True),
    (dict(out_dir='elsewhere'), ('epoch_1.pth', ), False),
    (dict(out_dir='elsewhere'), ('../elsewhere/run/epoch_1.pth', ), True)])
def test_a_first_start_with_resume_loads_the_configs_weights(tmp_path, monkeypatch, hook, left, begun):
    monkeypatch.chdir(tmp_path)
    for name in left:
        path = (tmp_path / 'run' / name).resolve()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    cfg = Config(dict(work_dir='run/', load_from='weights.pth', default_hooks=dict(checkpoint=hook)))
    enable_resume(cfg, 'auto')
    assert (cfg.resume, cfg.load_from) == ((True, None) if begun else (False, 'weights.pth'))
    enable_resume(cfg, 'mine.pth')
    assert (cfg.resume, cfg.load_from) == (True, 'mine.pth')


def test_amp_on_a_cpu_takes_the_settings_of_a_gpus_wrapper(monkeypatch):
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: False)
    settings = dict(type='AmpOptimWrapper', loss_scale='dynamic', dtype='float16', use_fsdp=False,
                    accumulative_counts=2)
    cfg = Config(dict(optim_wrapper=settings))
    enable_amp(cfg)
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    built = OPTIM_WRAPPERS.build(dict(cfg.optim_wrapper, optimizer=optimizer))
    assert type(built) is CPUAmpOptimWrapper and cfg.optim_wrapper.accumulative_counts == 2


def test_amp_by_device(monkeypatch):
    for gpu, kind in ((False, 'CPUAmpOptimWrapper'), (True, 'AmpOptimWrapper')):
        monkeypatch.setattr(torch.cuda, 'is_available', lambda gpu=gpu: gpu)
        cfg = Config(dict(optim_wrapper=dict(optimizer=dict(type='SGD', lr=0.1))))
        enable_amp(cfg)
        assert cfg.optim_wrapper.type == kind
        assert ('loss_scale' in cfg.optim_wrapper) == gpu
    with pytest.raises(ValueError, match="'Apex'"):
        enable_amp(Config(dict(optim_wrapper=dict(type='Apex'))))
