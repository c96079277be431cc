"""Batch norms folded into the convolutions before them, in 2D and in 3D."""
import torch.nn as nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm)
CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)


def fuse_conv_bn(module: nn.Module) -> int:
    """Fold each batch norm that follows a convolution among its parent's children, in place.

    mmcv's function of the same name only handles 2D convolutions. This is for inference: the running statistics of the
    norms become weights. The children must be defined in the order in which they are called, as in OpenMMLab's blocks
    and ours. Compare the outputs of other networks before and after.

    Returns:
        The number of norms folded.
    """
    count, last = 0, None
    for name, child in list(module.named_children()):
        if isinstance(child, NORMS) and last is not None:
            conv = module.get_submodule(last)
            if conv.out_channels == child.num_features:
                module.add_module(last, fuse_conv_bn_eval(conv.eval(), child.eval()))
                module.add_module(name, nn.Identity())
                count += 1
            last = None
        elif isinstance(child, CONVOLUTIONS):
            last = name
        else:
            last = None
            count += fuse_conv_bn(child)
    return count
