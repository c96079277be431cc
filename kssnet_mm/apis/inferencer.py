"""Labels with scores for images or videos, whatever they come as and from whatever form of a model."""
import logging
import os
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Union

import numpy as np
import torch
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmengine.infer import BaseInferencer
from mmengine.logging import print_log
from mmengine.registry import MODELS, init_default_scope
from rich.console import Console
from rich.progress import track

from kssnet_mm.annotations.class_list import class_names
from kssnet_mm.deploy.switch import head_of
from kssnet_mm.models.loading import load_trained
from kssnet_mm.utils.configs import scope_of, without_fetched_weights
from kssnet_mm.utils.data_configs import test_pipeline
from kssnet_mm.utils.input_files import refusing
from kssnet_mm.utils.io import PathLike
from kssnet_mm.utils.labels import check_places

from .configs import named_config, read_config
from .decision import Rule, gives_logits, make_rule, rule_of_head
from .drawing import draw_prediction, picture_names
from .exported_model import ExportedModel, is_exported
from .inputs import Source, list_sources
from .items import Item, scores_of
from .prediction import Prediction, choose_labels
from .prediction_files import check_ending, write_predictions
from .reading import Reader, first_line

Thr = Union[float, PathLike, Sequence[float], Dict[str, float]]


class MultiLabelInferencer(BaseInferencer):
    """Predicts labels of images or videos, whichever its model is for.

    It follows the conventions of mmengine's ``BaseInferencer``, whose other inferencers take the class of the highest
    score alone.

    Args:
        model: A config or its path, or the path of an exported ``.onnx`` or ``.pt2``.
        weights: The checkpoint that goes with a config: of a trained model, or of one in its inference form.
        device: Where to run. None: a GPU if there is one; the CPU for exported files.
        thr: Decision threshold on probabilities in the place of the model's own: a number, one for each class, a
            dict by class name, or the path of a json file of either.
        topk: At most so many labels, the highest scores. Without ``thr`` exactly so many, whatever their score.
        classes: The names of the classes, or the path of a file with one a line. None: those of the checkpoint.
        show_progress: Whether a progress bar is shown on the standard error.

    Raises:
        ValueError: The parts do not fit together; says what does not.
        FileNotFoundError: The config or the checkpoint is not there.
    """

    preprocess_kwargs = {'channel_order'}
    forward_kwargs = {'thr', 'topk'}
    visualize_kwargs = {'show_dir'}
    postprocess_kwargs = {'pred_out_file', 'all_scores'}

    def __init__(self,
                 model: Union[PathLike, dict, Config],
                 weights: Optional[PathLike] = None,
                 device: Optional[str] = None,
                 thr: Optional[Thr] = None,
                 topk: Optional[int] = None,
                 classes: Union[PathLike, Sequence[str], None] = None,
                 show_progress: bool = True) -> None:
        self.meta: dict = {}
        exported = isinstance(model, (str, os.PathLike)) and is_exported(os.fspath(model))
        if exported:
            network = ExportedModel(os.fspath(model), device or 'cpu')
            cfg, self.is_video = network.config(), network.described['kind'] == 'video'
            self.meta = dict(dataset_meta=dict(classes=network.classes))
        else:
            cfg, network = self._read_config(model), None
            if weights is None:
                raise ValueError('a config comes with the checkpoint of its weights; an exported .onnx or .pt2 comes '
                                 'alone')
            self.is_video = 'cls_head' in cfg.model
        scope = scope_of(cfg)
        init_default_scope(scope)
        self.exported, self._network, self._logits = exported, network, False
        weights = None if weights is None else os.fspath(weights)
        super().__init__(cfg, weights, device, scope, show_progress)
        self.classes = self._class_names(classes, weights or str(model))
        self.rule = self._rule(thr, topk)

    @staticmethod
    def _read_config(model: Union[PathLike, dict, Config]) -> Config:
        if isinstance(model, (str, os.PathLike)):
            return read_config(model, needs=['model'])
        cfg = named_config(model if isinstance(model, Config) else Config(model))
        if 'model' not in cfg:
            raise ValueError('the config describes no model')
        return cfg

    # What BaseInferencer asks of its subclasses.

    def _init_model(self, cfg: Config, weights: Optional[str], device: str = 'cpu') -> torch.nn.Module:
        model = self._network
        if model is None:
            with refusing(cfg.filename or 'the config', 'no config of a model that can be built'):
                model = MODELS.build(without_fetched_weights(cfg.model))
            self.meta = load_trained(model, weights)
            self._logits = gives_logits(head_of(model), self.is_video)
        model.to(device)
        model.eval()  # of mmpretrain's ResNet it returns None
        return model

    def _init_pipeline(self, cfg: Config) -> Reader:
        with refusing(cfg.filename or 'the config', 'no config of a test pipeline that can be built'):
            return Reader(test_pipeline(cfg), self.is_video)

    def _init_collate(self, cfg: Config) -> Callable:
        return pseudo_collate  # a config's own may be a dict, which mmengine does not read

    def _init_visualizer(self, cfg: Config) -> None:
        return None  # our pictures need none

    def _inputs_to_list(self, inputs: Any, recursive: bool = False) -> List[Source]:
        return list_sources(inputs, self.is_video, recursive)

    def _class_names(self, classes: Any, where: str) -> List[str]:
        stored = (self.meta.get('dataset_meta') or {}).get('classes')
        names = class_names(classes) or (None if stored is None else [str(name) for name in stored])
        if classes is not None and stored is not None:
            check_places(names, stored, 'classes' if not isinstance(classes, (str, os.PathLike)) else
                         os.fspath(classes), where)
        if names is None:
            raise ValueError(f'{where} holds no class names, as its data set had none: give them, one a line, by '
                             'classes=FILE (--classes FILE)')
        count = len(stored) if self.exported else head_of(self.model).num_classes
        if len(names) != count:
            raise ValueError(f'there are {len(names)} class names, but the model has {count} classes')
        return names

    def _rule(self, thr: Optional[Thr], topk: Optional[int]) -> Rule:
        """The rule of the settings; without any, that of the model."""
        if thr is None and topk is None and not self.exported:
            return rule_of_head(head_of(self.model), self.is_video, self.classes)
        return make_rule(self.model.thresholds if thr is None and topk is None else thr, topk, self.classes)

    # The workflow.

    def __call__(self, inputs: Any, return_datasamples: bool = False, batch_size: int = 1, recursive: bool = False,
                 **kwargs) -> dict:
        """Predict the labels of one or several inputs.

        An input that cannot be read, predicted or drawn is logged and listed by its name; the rest goes on.

        Args:
            inputs: A path, a folder, a glob pattern, an array (H, W, 3), a PIL image, a list of these; for videos
                also the list of the frames of one, arrays or PIL images.
            return_datasamples: Whether predictions are ``BaseDataElement`` in the place of dicts.
            batch_size: Inputs that run through the model together, where their sizes are the same.
            recursive: Whether the subfolders of folders are searched too.
            channel_order: 'bgr' (default, as OpenCV and mmcv read) or 'rgb': of arrays.
            thr: Decision threshold for this call. If it or ``topk`` is given, both replace those of the class.
            topk: Number of labels for this call, as for the class.
            show_dir: Folder for a picture of each prediction.
            pred_out_file: A ``.jsonl`` or ``.csv`` to write, see :func:`write_predictions`.
            all_scores: Whether the score of every class is given and written, in the place of the predicted ones'.

        Returns:
            ``predictions``: in the order of the inputs, without the failed ones: ``id`` and ``labels`` (``label``,
            ``score``, ``threshold``). ``visualization``: the path of the picture of each, or None. ``failures``:
            ``id`` and ``error`` of each input that failed, in reading or in drawing.

        Raises:
            ValueError: A setting is wrong. Nothing has been predicted then.
        """
        reading, deciding, drawing, ending = self._dispatch_kwargs(**kwargs)
        if not (isinstance(batch_size, int) and batch_size > 0):
            raise ValueError(f'batch_size is at least 1, got {batch_size!r}')
        if ending.get('pred_out_file'):
            check_ending(os.fspath(ending['pred_out_file']))
        make_rule(deciding.get('thr'), deciding.get('topk'), self.classes)  # a wrong one is known before the work
        sources = self._inputs_to_list(inputs, recursive)
        names = dict(zip(map(id, sources), picture_names([source.id for source in sources])))
        predictions: List[Prediction] = []
        pictures, failures = [], []
        for items in self.preprocess(sources, batch_size, keep=bool(drawing.get('show_dir')), **reading):
            found = self.forward(items, **deciding)
            pictures += self.visualize(items, found, names=names, **drawing)
            predictions += [prediction for prediction in found if prediction is not None]
            for item in items:
                if item.fault:
                    print_log(item.fault, logger='current', level=logging.WARNING)
                    failures.append(dict(id=item.source.id, error=item.fault))
        return self.postprocess(predictions, pictures, return_datasamples, failures=failures, **ending)

    def preprocess(self, inputs: List[Source], batch_size: int = 1, keep: bool = False,
                   channel_order: str = 'bgr') -> Iterator[List[Item]]:
        """Batches of inputs, read; one that cannot be read carries its fault."""
        if channel_order not in ('bgr', 'rgb'):
            raise ValueError(f"channel_order must be 'bgr' or 'rgb', got {channel_order!r}")
        console = Console(stderr=True)
        console.quiet = not (self.show_progress and console.is_terminal)
        bar = track(inputs, 'predicting', console=console, transient=True, disable=console.quiet)
        yield from self._get_chunk_data((self._read(source, keep, channel_order) for source in bar), batch_size)

    def _read(self, source: Source, keep: bool, channel_order: str) -> Item:
        try:
            return Item(source, *self.pipeline(source, keep, channel_order))
        except ValueError as error:
            return Item(source, fault=str(error))

    def forward(self, inputs: List[Item], thr: Optional[Thr] = None,
                topk: Optional[int] = None) -> List[Optional[Prediction]]:
        """A prediction for each input, None for one that failed, which gets its fault."""
        rule = self.rule if thr is None and topk is None else make_rule(thr, topk, self.classes)
        scores = scores_of(inputs, self._run)
        found: List[Optional[Prediction]] = []
        for item, row in zip(inputs, scores):
            if row is not None and not np.isfinite(row).all():
                item.fault, row = f'{item.source.id}: the model gives scores that are no numbers (NaN)', None
            found.append(None if row is None else Prediction(
                item.source.id, self.classes, row, rule.thresholds, choose_labels(row, *rule)))
        return found

    @torch.no_grad()
    def _run(self, data: List[dict]) -> List[np.ndarray]:
        samples = self.model.test_step(self.collate_fn(data))
        scores = [sample.pred_score if 'pred_score' in sample else sample.pred_scores.item for sample in samples]
        scores = [score.sigmoid() for score in scores] if self._logits else scores
        return [score.float().cpu().numpy().reshape(-1) for score in scores]

    def visualize(self, inputs: List[Item], preds: List[Optional[Prediction]], names: Optional[dict] = None,
                  show_dir: Optional[PathLike] = None) -> list:
        """The path of the picture of each prediction, None where none is drawn."""
        paths: list = []
        for item, prediction in zip(inputs, preds):
            path = None
            if show_dir is not None and prediction is not None:
                path = os.path.join(show_dir, names[id(item.source)])
                try:
                    draw_prediction(prediction, item.pictures, path)
                except Exception as error:  # a full disk, a folder that nobody may write to
                    item.fault, path = f'{item.source.id}: its picture cannot be drawn ({first_line(error)})', None
            if prediction is not None:
                paths.append(path)
        return paths

    def postprocess(self, preds: List[Prediction], visualization: list, return_datasamples: bool = False,
                    failures: Sequence[dict] = (), pred_out_file: Optional[PathLike] = None,
                    all_scores: bool = False) -> dict:
        """Write the file, and put the results together."""
        if pred_out_file:
            write_predictions(os.fspath(pred_out_file), preds, list(failures), all_scores)
        found = [p.as_datasample() if return_datasamples else p.as_dict(all_scores) for p in preds]
        return dict(predictions=found, visualization=visualization, failures=list(failures))
