"""A hook for training on from the checkpoint of a network of other labels, or of a plain one."""
import logging
from typing import List, Optional

import torch
import torch.nn as nn
from mmengine.hooks import Hook
from mmengine.logging import print_log
from mmengine.model import is_model_wrapper
from mmengine.optim import OptimWrapper, OptimWrapperDict
from mmengine.runner import Runner

from kssnet_mm.checkpoints import without_wrapper
from kssnet_mm.models.label_gcn import label_keys
from kssnet_mm.models.other_labels import BACKBONE, Fit, State, fit_labels, graph_buffers, move_backbone
from kssnet_mm.registry import HOOKS
from kssnet_mm.utils.io import listed

SHOWN = 6
EMA = 'module.'  # before the names in ema_state_dict


@HOOKS.register_module()
class FitLabelsHook(Hook):
    """Fits the weights of ``load_from`` to the config's labels, and says what was taken over and what is new.

    The config's label graph, embeddings and label order are kept. The backbone, the GCN's weights and the weights of
    labels that both know, matched by name, are taken over. The weights of a plain network of mmpretrain or mmaction2 go
    into the backbone inside a ``LabelGraphBackbone``, and the other way round. It acts in training alone, and not on
    ``resume``, which continues the same network.
    """

    priority = 'VERY_HIGH'  # before EMAHook copies the weights

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Before the weights go into the model."""
        training = isinstance(runner.optim_wrapper, (OptimWrapper, OptimWrapperDict))
        if not training or runner.cfg.get('resume'):
            return
        model = runner.model.module if is_model_wrapper(runner.model) else runner.model
        state = checkpoint.get('state_dict', checkpoint)
        plain = without_wrapper(state)
        state.clear()  # the runner loads this very dict
        state.update(plain)
        averaged = checkpoint.get('ema_state_dict')  # mmpretrain's EMAHook starts from it
        ema = {name[len(EMA):]: value for name, value in (averaged or {}).items() if name.startswith(EMA)}
        self._fit(runner, model, checkpoint, state, ema)
        if ema:
            checkpoint['ema_state_dict'] = {
                **{name: value for name, value in averaged.items() if not name.startswith(EMA)},
                **{EMA + name: value for name, value in ema.items()}}

    @staticmethod
    def _fit(runner: Runner, model: nn.Module, checkpoint: dict, state: State, ema: State) -> None:
        """Change the weights ``state``, and their moving averages, in place."""
        moved, own = move_backbone(model, state), model.state_dict()
        move_backbone(model, ema)
        if moved:
            print_log(f'load_from is a network {"without" if hasattr(model.backbone, "gcn") else "with"} a label graph: '
                      f'{moved} weights of its backbone are renamed.', logger='current')
        backbone = {name for name in own if name.startswith(BACKBONE)}
        if backbone and not any(name in backbone for name in state):
            print_log("load_from has no weight under a name of the model's backbone, which starts as if load_from were "
                      f'not set. The first names are {listed(list(state), SHOWN)}, and those of the model '
                      f'{listed(sorted(backbone), SHOWN)}', logger='current', level=logging.WARNING)
        classes = (getattr(runner.train_dataloader.dataset, 'metainfo', None) or {}).get('classes')
        loaded = (checkpoint.get('meta') or {}).get('dataset_meta') or {}
        loaded = _keys(loaded.get('classes'), state)
        wanted = _keys(classes, own)
        if loaded is None or wanted is None:
            return
        if loaded == wanted and not _graph_is_configured(model):
            return
        if loaded == wanted and all(torch.equal(state[name].cpu(), own.cpu()) for name, own in
                                    own.items() if name in graph_buffers(model) and name in state):
            return
        fit = fit_labels(model, state, loaded, wanted)
        fit_labels(model, ema, loaded, wanted)
        print_log(describe(fit, loaded, wanted, classes), logger='current')


def _keys(classes, state: dict) -> Optional[List[int]]:
    """Hashes of the labels' names: of the classes, or those that a label graph left in the weights."""
    if classes:
        return label_keys(classes).tolist()
    kept = [value for name, value in state.items() if name.endswith('label_keys') and value.any()]
    return kept[0].tolist() if kept else None


def _graph_is_configured(model: nn.Module) -> bool:
    return any(module.label_keys.any() for module in model.modules() if getattr(module, 'graph_buffers', ()))


def describe(fit: Fit, loaded: List[int], wanted: List[int], classes=None) -> str:
    """What was taken over and what is new, in sentences."""
    common, names = set(loaded) & set(wanted), classes or [f'label {i}' for i in range(len(wanted))]
    text = []
    if loaded == wanted:
        text.append('load_from has the labels of the config, and another label graph.')
    else:
        text.append(f'load_from is a network of other labels: it has {len(loaded)}, the config {len(wanted)}, and '
                    f'{len(common)} are in both.')
    if fit.graph:
        text.append(f"The label graph is the config's ({listed(fit.graph, SHOWN)}).")
    fresh = [str(name) for name, key in zip(names, wanted) if key not in common]
    if fit.matched and loaded != wanted:
        text.append(f'The weights of the {len(common)} common labels are taken over in {listed(fit.matched, SHOWN)}.')
        if fresh:
            text.append(f'Those of the others start anew: {listed(fresh, SHOWN)}.')
    if fit.new:
        text.append(f'These do not fit and start anew: {listed(fit.new, SHOWN)}.')
    text.append(f'All other {len(fit.taken)} weights are taken over.')
    return ' '.join(text)
