"""ML-GCN's multi-scale crop for images."""
from typing import List, Sequence, Tuple

import mmcv
import numpy as np
from mmcv.transforms import BaseTransform

from kssnet_mm.registry import TRANSFORMS


def crop_sizes(height: int, width: int, size: int, scales: Sequence[float],
               max_distort: int) -> List[Tuple[int, int]]:
    """All (height, width) that a crop may have: pairs of scaled short sides, not too far apart."""
    sides = [int(min(height, width) * scale) for scale in scales]
    # a side within two pixels of the target is taken as the target, so that nothing is resampled
    sides = [size if abs(side - size) < 3 else side for side in sides]
    return [(h, w) for i, h in enumerate(sides) for j, w in enumerate(sides)
            if abs(i - j) <= max_distort]


def crop_corners(height: int, width: int, crop_h: int, crop_w: int) -> List[Tuple[int, int]]:
    """The 13 (y, x) of TSN: corners, edges, centre and the four quarters, in steps of a quarter."""
    # a side that was taken as the target may be a little longer than the image, which then is the crop
    y, x = max(height - crop_h, 0) // 4, max(width - crop_w, 0) // 4
    steps = [(0, 0), (0, 4), (4, 0), (4, 4), (2, 2), (2, 0), (2, 4), (4, 2), (0, 2), (1, 1), (1, 3),
             (3, 1), (3, 3)]
    return [(i * y, j * x) for i, j in steps]


@TRANSFORMS.register_module()
class MultiScaleImageCrop(BaseTransform):
    """Crop at a random scale, aspect and fixed corner, then resize: ML-GCN's training augmentation.

    mmaction2's ``MultiScaleCrop`` does the same to clips (``imgs``) and nothing to images (``img``);
    mmpretrain's ``RandomResizedCrop`` draws scale and ratio from continuous ranges and the corner
    from everywhere, which is another distribution.

    Required and changed keys: ``img``; changed: ``img_shape``.

    Args:
        size: Side of the square result, in pixels.
        scales: Shares of the short side that the crop's sides may have.
        max_distort: How many entries of ``scales`` the two sides may lie apart.
    """

    def __init__(self, size: int = 448, scales: Sequence[float] = (1, .875, .75, .66, .5),
                 max_distort: int = 2) -> None:
        if size < 1:
            raise ValueError(f'size must be positive, got {size}')
        if not scales or not all(0 < scale <= 1 for scale in scales):
            raise ValueError(f'scales must lie above 0 and at most at 1, got {scales}')
        self.size, self.scales, self.max_distort = size, tuple(scales), max_distort

    def transform(self, results: dict) -> dict:
        """Draw from numpy's global generator, as mmcv's transforms do, which workers seed."""
        image = results['img']
        sizes = crop_sizes(*image.shape[:2], self.size, self.scales, self.max_distort)
        crop_h, crop_w = sizes[np.random.randint(len(sizes))]
        corners = crop_corners(*image.shape[:2], crop_h, crop_w)
        y, x = corners[np.random.randint(len(corners))]
        crop = image[y:y + crop_h, x:x + crop_w]
        results['img'] = mmcv.imresize(crop, (self.size, self.size))
        results['img_shape'] = results['img'].shape[:2]
        return results

    def __repr__(self) -> str:
        return (f'{type(self).__name__}(size={self.size}, scales={self.scales}, '
                f'max_distort={self.max_distort})')
