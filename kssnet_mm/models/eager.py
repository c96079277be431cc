"""Whether code of our own may stand for torch's operators."""
import torch
from torch.utils._python_dispatch import _get_current_dispatch_mode

from kssnet_mm.compat import is_compiling


def is_eager_cpu(*tensors: torch.Tensor) -> bool:
    """Whether these are ordinary tensors on a CPU, which torch works on now.

    Where code is traced, transformed (``torch.func``, forward-mode gradients) or watched (FLOP counters), torch's
    own operators are asked for: who does that knows them.
    """
    if is_compiling() or torch.jit.is_tracing():
        return False
    return (all(type(x) in (torch.Tensor, torch.nn.Parameter) and x.device.type == 'cpu' and x.numel() > 0
                and not torch._C._functorch.is_functorch_wrapped_tensor(x) for x in tensors)
            and _get_current_dispatch_mode() is None and torch.autograd.forward_ad._current_level < 0)
