"""A hook that lays the model's weights out channels-last."""
import torch
from mmengine.hooks import Hook
from mmengine.runner import Runner

from kssnet_mm.registry import HOOKS


@HOOKS.register_module()
class ChannelsLastHook(Hook):
    """Puts 2D models into ``torch.channels_last``; convolutions pass the layout on to what follows.

    The same function, other kernels: depthwise convolutions on CPU and mixed precision on GPU gain
    from it. It runs before the weights are loaded, which copies values into this layout.
    """

    priority = 'VERY_HIGH'

    def before_run(self, runner: Runner) -> None:
        """Before anything is trained or tested."""
        runner.model.to(memory_format=torch.channels_last)
