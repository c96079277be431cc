"""Features of a config's pretrained backbone for its data, computed once and kept on disk."""
import copy
import hashlib
import json
import os
from pathlib import Path
from typing import Callable, List, Tuple

import numpy as np
import torch
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmengine.registry import DATASETS, MODELS, init_default_scope

from kssnet_mm.evaluation.metrics.sample_ids import sample_name, unique_ids
from kssnet_mm.graphs.sources.dataset import sample_labels
from kssnet_mm.models.heads.pooling import global_pool
from kssnet_mm.models.outside_backbones import build_backbone, load_pretrained
from kssnet_mm.reports.graph_comparison.feature_table import FeatureTable
from kssnet_mm.utils.configs import pretrained_inits, scope_of
from kssnet_mm.utils.io import whole_file
from kssnet_mm.utils.npz_files import read_npz

# Samples of one file of the cache: what a kill loses at most.
PIECE = 256


def plain_model(cfg: Config) -> dict:
    """The config's model around the plain backbone, without a label graph."""
    model = copy.deepcopy(cfg.model.to_dict())
    model['backbone'] = model['backbone'].get('backbone', model['backbone'])
    head = model.get('cls_head') or model['head']
    classifier = head.get('classifier')
    if classifier is not None:  # it is not used, and must not ask for embeddings or a graph
        head['classifier'] = dict(type='LinearClassifier')
    return model


def unwrapped(dataset: dict) -> dict:
    """The data set inside wrappers that repeat or balance its samples."""
    while 'dataset' in dataset:
        dataset = dataset['dataset']
    return dataset


def dataset_targets(dataset, classes: int) -> np.ndarray:
    """n x N int8 of 1, 0 and -1 from the annotations; decodes nothing."""
    targets = np.zeros((len(dataset), classes), dtype=np.int8)
    for row, target in enumerate(targets):
        held, unknown = sample_labels(dataset.get_data_info(row), classes, f'sample {row}')
        target[list(held)], target[list(unknown)] = 1, -1
    return targets


class FeatureExtractor:
    """Runs the config's test pipeline, preprocessor and plain backbone; global average of its last feature map.

    Args:
        cfg: A config of ours. Its backbone's pretrained weights are loaded, as a training does.
        cache: Folder of the pieces. Another backbone, pipeline, data set or weight file gets another folder in it.
        batch_size: Samples that run at once.
        device: Default the GPU if there is one.
    """

    def __init__(self, cfg: Config, cache: str, batch_size: int = 32, device: str = None) -> None:
        init_default_scope(scope_of(cfg))
        self.cfg, self.cache, self.batch_size = cfg, Path(cache), batch_size
        self.device = device or ('cuda' if torch.cuda.is_available() else 'cpu')
        self.model_cfg = plain_model(cfg)
        self.model = None

    def _model(self) -> torch.nn.Module:
        if self.model is None:
            # a stand-in: mmpretrain does not build backbones of torchvision and timm
            self.model = MODELS.build(dict(self.model_cfg, backbone=dict(type='ReLU')))
            self.model.backbone = backbone = build_backbone(self.model_cfg['backbone'])
            if not getattr(backbone, 'is_init', False):
                backbone.init_weights()
            load_pretrained(backbone)
            self.model.to(self.device)
            self.model.eval()
        return self.model

    def dataset(self, split: str):
        """The data set of ``train`` or ``test``, both read as the test pipeline does."""
        loader = self.cfg.train_dataloader if split == 'train' else self.cfg.test_dataloader
        settings = copy.deepcopy(unwrapped(loader.dataset))
        settings['pipeline'] = copy.deepcopy(unwrapped(self.cfg.test_dataloader.dataset)['pipeline'])
        settings['test_mode'] = True
        return DATASETS.build(settings)

    def folder(self, split: str) -> Path:
        """Of a split's pieces; its name holds a hash of all that decides the features."""
        model = self.model_cfg
        used = dict(backbone=model['backbone'], preprocessor=model.get('data_preprocessor'),
                    pipeline=unwrapped(self.cfg.test_dataloader.dataset)['pipeline'],
                    dataset=unwrapped((self.cfg.train_dataloader if split == 'train' else
                                       self.cfg.test_dataloader).dataset))
        used['dataset'] = {key: value for key, value in used['dataset'].items() if key != 'pipeline'}
        weights = [entry['checkpoint'] for entry in pretrained_inits(model['backbone'].get('init_cfg'))]
        weights.append(str(model['backbone'].get('pretrained') or ''))  # as mmaction2's networks name them
        for path in filter(os.path.isfile, weights):
            used.setdefault('weights', []).extend([os.path.getsize(path), os.stat(path).st_mtime_ns])
        key = hashlib.sha256(json.dumps(used, sort_keys=True, default=str).encode()).hexdigest()[:12]
        return self.cache / f'{split}-{key}'

    def __call__(self, split: str, progress: Callable[[int, int], None] = lambda done, total: None) -> FeatureTable:
        """Features, targets, classes and ids of a split; only pieces that are not there yet are computed.

        Args:
            split: 'train' or 'test'.
            progress: Called with the samples that are done and all samples.

        Raises:
            ValueError: The data set does not name its classes.
        """
        dataset, folder = self.dataset(split), self.folder(split)
        classes = dataset.metainfo.get('classes')
        if classes is None:
            raise ValueError(f'{type(dataset).__name__} does not name its classes (metainfo.classes)')
        infos = [dataset.get_data_info(row) for row in range(len(dataset))]
        ids = unique_ids([sample_name(info) for info in infos])
        pieces = []
        for begin in range(0, len(dataset), PIECE):
            rows = range(begin, min(begin + PIECE, len(dataset)))
            pieces.append(self._piece(dataset, rows, folder / f'{begin:07d}.npz', [ids[row] for row in rows]))
            progress(rows[-1] + 1, len(dataset))
        return FeatureTable(np.concatenate(pieces), dataset_targets(dataset, len(classes)), list(classes), ids)

    def _piece(self, dataset, rows: range, path: Path, ids: List[str]) -> np.ndarray:
        try:
            stored = read_npz(path, 'no piece of the cache')
            if stored['ids'].tolist() == ids:
                return stored['features']
        except (OSError, KeyError, ValueError):  # not there, or not ours: it is made again
            pass
        found = [self._run(dataset, range(begin, min(begin + self.batch_size, rows.stop)))
                 for begin in range(rows.start, rows.stop, self.batch_size)]
        features = np.concatenate(found)
        with whole_file(path) as temporary, open(temporary, 'wb') as stream:
            np.savez(stream, features=features, ids=np.array(ids, dtype=np.str_))
        return features

    @torch.no_grad()
    def _run(self, dataset, rows: range) -> np.ndarray:
        """(B, F) of a batch; several views of a video are averaged."""
        model = self._model()
        batch = model.data_preprocessor(pseudo_collate([dataset[row] for row in rows]), False)
        x = batch['inputs']
        if 'cls_head' in self.model_cfg:  # mmaction2: B x views x ...
            x = x.flatten(0, 1)
        maps = model.backbone(x.to(self.device))
        last = maps if isinstance(maps, torch.Tensor) else maps[-1]
        pooled = global_pool(last, 'avg') if last.dim() > 2 else last
        return pooled.reshape(len(rows), -1, pooled.shape[1]).mean(dim=1).float().cpu().numpy()


def extract_features(cfg: Config, cache: str, progress: Callable[[str, int, int], None],
                     **settings) -> Tuple[FeatureTable, FeatureTable]:
    """(training, test) tables; ``settings`` of :class:`FeatureExtractor`."""
    run = FeatureExtractor(cfg, cache, **settings)
    return tuple(run(split, lambda done, total, split=split: progress(split, done, total))
                 for split in ('train', 'test'))
