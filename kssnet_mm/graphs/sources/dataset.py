"""Labels of any data set that a config builds."""
import os
from typing import List, Optional, Sequence, Set, Tuple, Union

import numpy as np
from mmengine.config import Config
from mmengine.utils import import_modules_from_strings
from scipy import sparse

from kssnet_mm.annotations.class_list import class_names
from kssnet_mm.registry import DATASETS, TASK_UTILS
from kssnet_mm.utils.configs import scope_of
from kssnet_mm.utils.data_configs import without_pipeline, without_repeats

from .label_source import LabelSource
from .targets import select, targets_from_sets


def sample_labels(info: dict, num_labels: int, where: str) -> Tuple[Set[int], Set[int]]:
    """Positions of the labels that a data set's own record of a sample says it holds, and of those that are unknown.

    ``gt_score`` (N numbers: above 0 held, below 0 unknown), ``gt_label`` (mmpretrain) or ``label`` (mmaction2): a
    position, several of them, or N floats as in ``gt_score``. mmaction2 gives floats if ``multi_class`` is set.

    Raises:
        ValueError: The record holds none of them; the message starts with ``where``.
    """
    found = [key for key in ('gt_score', 'gt_label', 'label') if key in info]
    if not found:
        raise ValueError(f"{where} has neither 'gt_label' nor 'label', but {sorted(info)}")
    value = np.asarray(info[found[0]])
    if found[0] == 'gt_score' and value.shape != (num_labels, ):
        raise ValueError(f'{where}: gt_score has shape {value.shape} for {num_labels} labels')
    if value.shape == (num_labels, ) and (value.dtype.kind == 'f' or found[0] == 'gt_score'):
        return set(np.flatnonzero(value > 0).tolist()), set(np.flatnonzero(value < 0).tolist())
    if value.size and value.dtype.kind not in 'iu':
        raise ValueError(f'{where}: {found[0]}={info[found[0]]!r} is not made of label positions')
    return set(value.ravel().tolist()), set()


@TASK_UTILS.register_module()
class DatasetLabels(LabelSource):
    """The labels of a data set registered in mmpretrain, mmaction2 or elsewhere; decodes no image.

    A sample counts once, also where ``ClassBalancedDataset`` or ``RepeatDataset`` gives it several times.

    Args:
        config: Config file whose ``train_dataloader`` has the data set; give this or ``dataset``.
        dataset: Config of the data set itself.
        class_names: Names by position, or the path of a class list, for data sets whose metainfo has no
            ``classes``, as mmaction2's.
        classes: Names to keep, in any order. None: all.
        keep_unlabelled: Whether samples without any of the classes count.
        scope: Registry scope of the data set; None: the config's ``default_scope``.
    """

    def __init__(self, config: Optional[Union[str, os.PathLike]] = None,
                 dataset: Optional[dict] = None,
                 class_names: Optional[Union[str, os.PathLike, Sequence[str]]] = None,
                 classes: Optional[Sequence[str]] = None, keep_unlabelled: bool = False,
                 scope: Optional[str] = None) -> None:
        if (config is None) == (dataset is None):
            raise ValueError('give either config, a file with a train_dataloader, or dataset')
        self.config, self.dataset, self.class_names, self.scope = config, dataset, class_names, scope
        self.classes, self.keep_unlabelled = classes, keep_unlabelled

    def _build(self):
        dataset, scope = self.dataset, self.scope
        if self.config is not None:
            config = Config.fromfile(self.config)
            if 'train_dataloader' not in config or 'dataset' not in config.train_dataloader:
                raise ValueError(f'{os.fspath(self.config)} has no train_dataloader with a dataset')
            if config.get('custom_imports'):
                import_modules_from_strings(**config['custom_imports'])
            dataset, scope = config.train_dataloader.dataset, scope or scope_of(config)
        bare = without_pipeline(without_repeats(dataset))
        if scope is not None:
            # `_scope_` only applies to this build, so that a running experiment keeps its own scope.
            bare.setdefault('_scope_', scope)
        return DATASETS.build(bare)

    def load(self) -> Tuple[List[str], sparse.csr_array]:
        """Labels (N) and targets (n x N uint8, int8 where some are unknown; CSR), in the order of the data set.

        Raises:
            ValueError: The names of the labels are not known, or a sample has none of the known fields.
        """
        dataset = self._build()
        names = class_names(self.class_names)
        if names is None:
            names = dataset.metainfo.get('classes')
        kind = type(dataset).__name__
        if names is None:
            raise ValueError(f'{kind} does not know the names of its labels; give class_names')
        rows = [sample_labels(dataset.get_data_info(index), len(names), f'sample {index} of {kind}')
                for index in range(len(dataset))]
        targets = targets_from_sets([held for held, _ in rows], len(names), [unknown for _, unknown in rows])
        return select(names, targets, self.classes, self.keep_unlabelled, kind)
