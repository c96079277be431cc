"""Hooks and optimiser wrappers for mmengine's runner."""
from .average_batch_norm_hook import AverageBatchNormHook
from .channels_last_hook import ChannelsLastHook
from .check_labels_hook import CheckLabelsHook
from .cpu_amp_optim_wrapper import CPUAmpOptimWrapper
from .fit_labels_hook import FitLabelsHook
from .mean_loss_hook import MeanLossHook
from .refuse_deployed_hook import RefuseDeployedHook
from .safe_checkpoint_hook import SafeCheckpointHook
from .seed_steps_hook import SeedStepsHook
from .skipped_samples_hook import SkippedSamplesHook
from .whole_file_backend import WholeFileBackend

__all__ = [
    'AverageBatchNormHook', 'CPUAmpOptimWrapper', 'ChannelsLastHook', 'CheckLabelsHook', 'FitLabelsHook',
    'MeanLossHook',
    'RefuseDeployedHook', 'SafeCheckpointHook', 'SeedStepsHook', 'SkippedSamplesHook', 'WholeFileBackend'
]
