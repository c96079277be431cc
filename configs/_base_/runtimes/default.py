# What every config of ours shares: hooks, logging, environment.
custom_imports = dict(imports=['kssnet_mm'], allow_failed_imports=False)
default_hooks = dict(
    timer=dict(type='IterTimerHook'),
    skipped_samples=dict(type='SkippedSamplesHook'),
    logger=dict(type='LoggerHook', interval=50),
    param_scheduler=dict(type='ParamSchedulerHook'),
    checkpoint=dict(type='SafeCheckpointHook', interval=1, max_keep_ckpts=2, save_best='mAP', rule='greater'),
    sampler_seed=dict(type='DistSamplerSeedHook'),
    seed_steps=dict(type='SeedStepsHook'),
    average_batch_norm=dict(type='AverageBatchNormHook'),
    mean_loss=dict(type='MeanLossHook'),
    refuse_deployed=dict(type='RefuseDeployedHook'),
    fit_labels=dict(type='FitLabelsHook'))
custom_hooks = [dict(type='CheckLabelsHook')]
env_cfg = dict(
    cudnn_benchmark=True,
    mp_cfg=dict(mp_start_method='fork', opencv_num_threads=0),
    dist_cfg=dict(backend='nccl'))
log_level = 'INFO'
load_from = None
resume = False
randomness = dict(seed=0)
