"""Hooks and optimiser wrappers for mmengine's runner."""
from .channels_last_hook import ChannelsLastHook
from .check_labels_hook import CheckLabelsHook
from .cpu_amp_optim_wrapper import CPUAmpOptimWrapper
from .refuse_deployed_hook import RefuseDeployedHook
from .skipped_samples_hook import SkippedSamplesHook

__all__ = ['CPUAmpOptimWrapper', 'ChannelsLastHook', 'CheckLabelsHook', 'RefuseDeployedHook',
           'SkippedSamplesHook']
