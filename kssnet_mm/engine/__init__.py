"""Hooks and optimiser wrappers for mmengine's runner."""
from kssnet_mm.utils.lazy import lazy_names, places

PLACES = places(
    __name__,
    average_batch_norm_hook=['AverageBatchNormHook'],
    channels_last_hook=['ChannelsLastHook'],
    check_labels_hook=['CheckLabelsHook'],
    cpu_amp_optim_wrapper=['CPUAmpOptimWrapper'],
    fit_labels_hook=['FitLabelsHook'],
    mean_loss_hook=['MeanLossHook'],
    refuse_deployed_hook=['RefuseDeployedHook'],
    safe_checkpoint_hook=['SafeCheckpointHook'],
    seed_steps_hook=['SeedStepsHook'],
    skipped_samples_hook=['SkippedSamplesHook'],
    whole_file_backend=['WholeFileBackend'])
__all__ = list(PLACES)
__getattr__, __dir__ = lazy_names(__name__, PLACES)
