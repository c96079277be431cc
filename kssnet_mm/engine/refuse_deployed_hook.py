"""A hook that refuses to train on from the checkpoint of a deployed model."""
from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from mmengine.optim import OptimWrapper, OptimWrapperDict
from mmengine.runner import Runner

from kssnet_mm.models.heads.deployed_weights import ELSEWHERE, is_deployed, refuse_deployed_init
from kssnet_mm.registry import HOOKS


@HOOKS.register_module()
class RefuseDeployedHook(Hook):
    """Refuses deployed checkpoints as ``load_from``, ``resume`` and ``init_cfg`` of a training.

    Their backbone holds the label graph already, in weights of a plain backbone's names, so that they
    would load without a word. Heads of ours refuse them by themselves; this also finds them where a
    backbone alone is loaded, or a head of other make is used. Testing is not touched.
    """

    priority = 'VERY_HIGH'

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Before the weights go into the model."""
        # built in training alone, before anything is loaded
        training = isinstance(runner.optim_wrapper, (OptimWrapper, OptimWrapperDict))
        if training and is_deployed(checkpoint):
            raise RuntimeError(ELSEWHERE)

    def before_train(self, runner: Runner) -> None:
        """Before the first epoch."""
        refuse_deployed_init(runner.model.module if is_model_wrapper(runner.model) else runner.model)
