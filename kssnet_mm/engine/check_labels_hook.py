"""A hook that refuses to train or test with labels in another order than the model's."""
import logging
from typing import Iterable, List, Sequence

import torch
from mmengine.hooks import Hook
from mmengine.logging import print_log
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner

from kssnet_mm.graphs.label_graph import LabelGraph
from kssnet_mm.models.heads.thresholds import DecisionThresholds
from kssnet_mm.models.label_gcn import label_keys
from kssnet_mm.models.reading_checks import check_readers
from kssnet_mm.registry import HOOKS
from kssnet_mm.utils.io import listed

SHOWN = 8


@HOOKS.register_module()
class CheckLabelsHook(Hook):
    """Compares the data set's class names with those that the label graph (or checkpoint) was for.

    A graph or a checkpoint whose classes are in another order gives no error by itself, only bad
    numbers. It runs late, after weights and graph buffers are loaded. Decision thresholds that the head was given
    by class name are matched with the data set's names. Necks and heads that cannot read label embeddings are
    refused before anything is loaded.
    """

    priority = 'LOW'

    def __init__(self) -> None:
        self._loaded: List[str] = []

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Remember the names that go with the weights: a model holds hashes alone."""
        meta = checkpoint.get('meta') or {}
        self._loaded = list((meta.get('dataset_meta') or {}).get('classes') or ())

    def before_run(self, runner: Runner) -> None:
        """Before anything is loaded: whether neck and head can read label embeddings."""
        check_readers(runner.model.module if is_model_wrapper(runner.model) else runner.model)

    def _check(self, runner: Runner, dataset) -> bool:
        """Compare what the model keeps of its labels; returns whether it keeps any."""
        found = False
        classes = (getattr(dataset, 'metainfo', None) or {}).get('classes')
        model = runner.model.module if is_model_wrapper(runner.model) else runner.model
        for module in model.modules():
            if classes is not None and isinstance(module, DecisionThresholds):
                module.set_classes(classes)
            keys = getattr(module, 'label_keys', None)  # of a LabelGCN, or of the head of a deployed model
            if not isinstance(keys, torch.Tensor) or not keys.any():
                continue
            found = True
            if classes is None:
                print_log(f'{type(dataset).__name__} does not name its classes: whether they stand in the order of '
                          'the label graph is not checked', logger='current', level=logging.WARNING)
            else:
                check_labels(keys.cpu(), classes, self._loaded + _names_of_graph(getattr(module, 'graph', None)))
        return found

    def before_train(self, runner: Runner) -> None:
        """Before the first epoch."""
        self._check(runner, runner.train_dataloader.dataset)

    def after_train(self, runner: Runner) -> None:
        """From now on the weights are those of the data set's classes."""
        self._loaded = []

    def before_val(self, runner: Runner) -> None:
        """Before each validation."""
        self._check(runner, runner.val_dataloader.dataset)

    def before_test(self, runner: Runner) -> None:
        """Before testing; a model without a label graph is compared by the names in its checkpoint."""
        dataset = runner.test_dataloader.dataset
        classes = (getattr(dataset, 'metainfo', None) or {}).get('classes')
        if not self._check(runner, dataset) and self._loaded and classes is not None:
            reason = difference(label_keys(self._loaded), classes, self._loaded)
            if reason:
                raise ValueError(f"the data set's classes are not those of the checkpoint: {reason}. Give the data "
                                 "set the checkpoint's classes")


def _names_of_graph(graph) -> List[str]:
    """The labels in the file that a ``LabelGCN``'s graph names, none where there is none to read."""
    path = graph if isinstance(graph, str) else (graph or {}).get('file')
    try:
        return [] if path is None else LabelGraph.load(path).labels
    except (OSError, ValueError):  # a checkpoint needs no graph: its file may be gone, or another by now
        return []


def check_labels(keys: torch.Tensor, classes: Sequence[str], known: Iterable[str] = ()) -> None:
    """Compare the label order kept in a model with a data set's class names.

    Args:
        keys: int64 (N,), ``LabelGCN.label_keys``.
        classes: The data set's class names, in its order.
        known: Names that the keys may be of, for the error.

    Raises:
        ValueError: Names what stands elsewhere, or what only the one and only the other has.
    """
    reason = difference(keys, classes, known)
    if reason:
        raise ValueError("the data set's classes are not the labels of the label graph that the model holds: "
                         f"{reason}. Build the graph with labels=<the data set's class names>, or give the data set "
                         "the model's classes")


def difference(keys: torch.Tensor, classes: Sequence[str], known: Iterable[str] = ()) -> str:
    """What differs, in words; empty where nothing does. Takes what :func:`check_labels` takes."""
    keys, asked = keys.tolist(), label_keys(classes).tolist()
    if keys == asked:
        return ''
    known = [*known, *classes]
    names = dict(zip(label_keys(known).tolist(), known))
    if sorted(keys) == sorted(asked):
        moved = [f'{i} is {classes[i]!r} in the data set and {names[key]!r} in the model'
                 for i, key in enumerate(keys) if key != asked[i]]
        return f'the same labels stand in another order: {listed(moved, SHOWN, "; ")}'
    extra = [repr(name) for name, key in zip(classes, asked) if key not in set(keys)]
    lacking = [repr(names[key]) if key in names else 'one whose name is not on record' for key in keys
               if key not in set(asked)]
    parts = [f'only {owner} has {listed(found, SHOWN)}' for owner, found in (('the data set', extra),
                                                                      ('the model', lacking)) if found]
    return f'{len(asked)} classes and {len(keys)} labels, ' + ('; '.join(parts) or 'some of them twice')
