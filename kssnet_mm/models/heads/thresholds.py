"""Decision thresholds of the heads: one number, or one for each class, matched by the names of the classes."""
from typing import Dict, Optional, Sequence, Union

import torch

from kssnet_mm.utils.io import PathLike
from kssnet_mm.utils.thresholds import Thresholds, read_thresholds


class DecisionThresholds:
    """Mixin of heads with decision thresholds on probabilities. The head has ``num_classes``.

    Attributes:
        thr: A number, or a float tensor (N,) in the order of the classes. Thresholds by class name are kept as they
            are until :meth:`set_classes` is called, because a head does not know the names. ``load_trained`` calls it
            with the names of the checkpoint, ``CheckLabelsHook`` with those of the data set.
    """

    def set_thresholds(self, thr: Union[float, PathLike, Sequence[float], Dict[str, float]],
                       classes: Optional[Sequence[str]] = None) -> None:
        """Take thresholds, see ``read_thresholds``.

        Raises:
            ValueError: A threshold outside [0, 1], another count than N, or other names than the classes'.
        """
        self.thr = read_thresholds(thr)
        self.thr.check_number(self.num_classes)
        if classes is not None or not self.thr.by_name:
            self.set_classes(classes)

    def set_classes(self, classes: Optional[Sequence[str]]) -> None:
        """Match thresholds by class name with the N names. Thresholds that are matched already stay.

        Raises:
            ValueError: The file has other names than the classes.
        """
        if isinstance(self.thr, Thresholds):
            found = self.thr.for_classes(self.num_classes, classes)
            self.thr = found if isinstance(found, float) else torch.tensor(found, dtype=torch.float32)

    def ready_thresholds(self, device: torch.device) -> Union[float, torch.Tensor, None]:
        """``thr`` on a device.

        Raises:
            ValueError: The thresholds are by class name, and :meth:`set_classes` has not been called.
        """
        if isinstance(self.thr, Thresholds):
            raise ValueError(f'{self.thr.source} gives thresholds by class name, and the head does not know the names '
                             'of its classes: put CheckLabelsHook into custom_hooks, read the checkpoint by '
                             'load_trained, or call set_classes(names) of the head')
        if isinstance(self.thr, torch.Tensor):
            self.thr = self.thr.to(device)
        return self.thr
