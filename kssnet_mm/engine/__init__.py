"""Hooks and optimiser wrappers for mmengine's runner."""
from .check_labels_hook import CheckLabelsHook
from .cpu_amp_optim_wrapper import CPUAmpOptimWrapper

__all__ = ['CheckLabelsHook', 'CPUAmpOptimWrapper']
