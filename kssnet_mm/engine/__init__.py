"""Hooks and optimiser wrappers for mmengine's runner."""
from .channels_last_hook import ChannelsLastHook
from .check_labels_hook import CheckLabelsHook
from .cpu_amp_optim_wrapper import CPUAmpOptimWrapper
from .fit_labels_hook import FitLabelsHook
from .refuse_deployed_hook import RefuseDeployedHook

__all__ = ['CPUAmpOptimWrapper', 'ChannelsLastHook', 'CheckLabelsHook', 'FitLabelsHook', 'RefuseDeployedHook']
