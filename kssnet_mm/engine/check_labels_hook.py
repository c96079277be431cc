"""A hook that refuses to train or test with labels in another order than the model's."""
import torch
from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner

from kssnet_mm.models.label_gcn import LabelGCN, label_keys
from kssnet_mm.registry import HOOKS


@HOOKS.register_module()
class CheckLabelsHook(Hook):
    """Compares the data set's class names with those that the label graph (or checkpoint) was for.

    A graph or a checkpoint whose classes are in another order gives no error by itself, only bad
    numbers. It runs late, after weights and graph buffers are loaded.
    """

    priority = 'LOW'

    def _check(self, runner: Runner, dataset) -> None:
        classes = dataset.metainfo.get('classes')
        model = runner.model.module if is_model_wrapper(runner.model) else runner.model
        for module in model.modules():
            if isinstance(module, LabelGCN) and module.label_keys.any():
                check_labels(module.label_keys.cpu(), classes)

    def before_train(self, runner: Runner) -> None:
        """Before the first epoch."""
        self._check(runner, runner.train_dataloader.dataset)

    def before_val(self, runner: Runner) -> None:
        """Before each validation."""
        self._check(runner, runner.val_dataloader.dataset)

    def before_test(self, runner: Runner) -> None:
        """Before testing."""
        self._check(runner, runner.test_dataloader.dataset)


def check_labels(keys: torch.Tensor, classes) -> None:
    """Compare the label order kept in a model with a data set's class names.

    Args:
        keys: int64 (N,), ``LabelGCN.label_keys``.
        classes: The data set's class names, in its order.

    Raises:
        ValueError: Names the classes that differ.
    """
    if classes is None:
        return
    if len(classes) != len(keys):
        raise ValueError(f'the data set has {len(classes)} classes, the model was made for '
                         f'{len(keys)}')
    wrong = [i for i, same in enumerate((label_keys(classes) == keys).tolist()) if not same]
    if wrong:
        shown = ', '.join(f'{i} ({classes[i]!r})' for i in wrong[:8])
        known = set(keys.tolist())
        reason = ('the same labels stand in another order' if all(
            k in known for k in label_keys(classes).tolist()) else 'the labels are others')
        raise ValueError(f"{len(wrong)} of the data set's classes differ from the label graph that "
                         f'the model holds ({reason}): {shown}{", ..." if len(wrong) > 8 else ""}. '
                         "Build the graph with labels=<the data set's class names>.")
