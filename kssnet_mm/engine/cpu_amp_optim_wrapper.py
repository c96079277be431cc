"""Mixed precision training without a GPU."""
from contextlib import contextmanager

import torch
import torch.nn as nn
from mmengine.optim import OptimWrapper

from kssnet_mm.registry import OPTIM_WRAPPERS


@OPTIM_WRAPPERS.register_module()
class CPUAmpOptimWrapper(OptimWrapper):
    """bfloat16 autocast on the CPU, where mmengine's AmpOptimWrapper refuses to start.

    bfloat16 has float32's range, so that no loss scaling is needed.

    Args:
        **kwargs: As for mmengine's ``OptimWrapper``.
    """

    @contextmanager
    def optim_context(self, model: nn.Module):
        """Run the forward pass under autocast."""
        with super().optim_context(model), torch.autocast('cpu', dtype=torch.bfloat16):
            yield
