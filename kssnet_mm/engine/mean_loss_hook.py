"""A hook that logs the mean of the losses of all processes."""
import torch
from mmengine.dist import all_reduce_dict, get_world_size
from mmengine.hooks import Hook
from mmengine.runner import Runner

from kssnet_mm.registry import HOOKS


@HOOKS.register_module()
class MeanLossHook(Hook):
    """Replaces the losses of this process's batch by their mean over all processes.

    mmengine logs those of the first process alone. The gradients are not touched.
    """

    priority = 'HIGHEST'  # before the hook that takes the losses down

    def after_train_iter(self, runner: Runner, batch_idx: int, data_batch=None, outputs=None) -> None:
        """After the model's step; ``outputs`` are its losses by name, changed in place."""
        if get_world_size() == 1 or not isinstance(outputs, dict):
            return
        losses = {name: value.detach().float() for name, value in outputs.items()
                  if isinstance(value, torch.Tensor) and value.is_floating_point()}
        all_reduce_dict(losses, op='mean')
        outputs.update(losses)
