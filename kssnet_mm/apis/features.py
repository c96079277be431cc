"""Features of a config's pretrained backbone for its data, computed once and kept on disk."""
import copy
import hashlib
import json
import os
from pathlib import Path
from typing import Callable, List, Sequence, Tuple

import numpy as np
import torch
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from mmengine.registry import DATASETS, MODELS, init_default_scope

from kssnet_mm.evaluation.metrics.sample_ids import SampleName, sample_name, unique_ids
from kssnet_mm.graphs.sources.dataset import sample_labels
from kssnet_mm.models.heads.pooling import pool_pathways
from kssnet_mm.models.other_labels import load_backbone
from kssnet_mm.models.outside_backbones import build_backbone, load_pretrained
from kssnet_mm.reports.graph_comparison.feature_table import FeatureTable
from kssnet_mm.utils.configs import pretrained_inits, scope_of, type_name
from kssnet_mm.utils.data_configs import without_repeats
from kssnet_mm.utils.io import few, whole_file
from kssnet_mm.utils.npz_files import read_npz

# Samples of one file of the cache: what a kill loses at most.
PIECE = 256


def plain_model(cfg: Config) -> dict:
    """The config's model around the plain backbone, without a label graph."""
    model = copy.deepcopy(cfg.model.to_dict())
    if type_name(model['backbone'].get('type')) == 'LabelGraphBackbone':
        model['backbone'] = model['backbone']['backbone']
    head = model.get('cls_head') or model['head']
    classifier = head.get('classifier')
    if classifier is not None:  # it is not used, and must not ask for embeddings or a graph
        head['classifier'] = dict(type='LinearClassifier')
    return model


def inner_datasets(dataset: dict) -> List[dict]:
    """The configs of the data sets inside all wrappers."""
    inside = [dataset['dataset']] if 'dataset' in dataset else dataset.get('datasets')
    return [dataset] if inside is None else [leaf for part in inside for leaf in inner_datasets(part)]


def refuse_common(train: Sequence[SampleName], test: Sequence[SampleName]) -> None:
    """Raise a ValueError where a training sample is a test sample too: the same file, or id where there are no files.

    Ids of files are not compared, because each split may count its own.
    """
    def keys(names):
        return {name.given if name.path is None else os.path.abspath(name.path) for name in names}

    common = sorted(keys(train) & keys(test))
    if common:
        raise ValueError(f'{len(common)} training samples are test samples too ({few(common)}): a comparison needs '
                         'other test samples; name them in test_dataloader')


def dataset_targets(dataset, classes: int) -> np.ndarray:
    """n x N int8 of 1, 0 and -1 from the annotations; decodes nothing."""
    targets = np.zeros((len(dataset), classes), dtype=np.int8)
    for row, target in enumerate(targets):
        held, unknown = sample_labels(dataset.get_data_info(row), classes, f'sample {row}')
        target[list(held)], target[list(unknown)] = 1, -1
    return targets


def file_states(names: Sequence[SampleName]) -> np.ndarray:
    """Size and time of change of each sample's file or folder (n x 2 int64); -1 where there is none."""
    states = np.full((len(names), 2), -1, dtype=np.int64)
    for row, name in zip(states, names):
        if name.path is not None and os.path.exists(name.path):
            found = os.stat(name.path)
            row[:] = found.st_size, found.st_mtime_ns
    return states


class FeatureExtractor:
    """Runs the config's test pipeline, preprocessor and plain backbone; global average of its last feature map.

    Of a backbone with several pathways, the averages of as many maps are joined as the config's classifier joins.

    Args:
        cfg: A config of ours. Its backbone's pretrained weights and its ``load_from`` are loaded, as a training does.
        cache: Folder of the pieces. Another backbone, pipeline, data set or weight file gets another folder in it.
        batch_size: Samples that run at once.
        device: Default the GPU if there is one.
    """

    def __init__(self, cfg: Config, cache: str, batch_size: int = 32, device: str = None) -> None:
        init_default_scope(scope_of(cfg))
        self.cfg, self.cache, self.batch_size = cfg, Path(cache), batch_size
        self.device = device or ('cuda' if torch.cuda.is_available() else 'cpu')
        self.model_cfg = plain_model(cfg)
        head = cfg.model.get('cls_head') or cfg.model.head
        self.pathways = (head.get('classifier') or {}).get('pathways', 1)
        self.model, self._datasets = None, {}

    def _model(self) -> torch.nn.Module:
        if self.model is None:
            # a stand-in: mmpretrain does not build backbones of torchvision and timm
            self.model = MODELS.build(dict(self.model_cfg, backbone=dict(type='ReLU')))
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(0)  # weights that stay random are the same where a killed run goes on
                self.model.backbone = backbone = build_backbone(self.model_cfg['backbone'])
                if hasattr(backbone, 'init_weights') and not getattr(backbone, 'is_init', False):
                    backbone.init_weights()
            load_pretrained(backbone)
            if self.cfg.get('load_from'):
                load_backbone(self.model, self.cfg.load_from)
            self.model.to(self.device)
            self.model.eval()
        return self.model

    def dataset(self, split: str):
        """The data set of ``train`` or ``test``, both read as the test pipeline does."""
        if split not in self._datasets:
            self._datasets[split] = DATASETS.build(self.dataset_cfg(split))
        return self._datasets[split]

    def dataset_cfg(self, split: str) -> dict:
        """The config of :meth:`dataset`."""
        loader = self.cfg.train_dataloader if split == 'train' else self.cfg.test_dataloader
        settings = without_repeats(copy.deepcopy(loader.dataset))
        pipeline = inner_datasets(self.cfg.test_dataloader.dataset)[0]['pipeline']
        for inner in inner_datasets(settings):
            inner.update(pipeline=copy.deepcopy(pipeline), test_mode=True)
        return settings

    def names(self, split: str) -> List[SampleName]:
        """Of all samples of a split; decodes nothing."""
        dataset = self.dataset(split)
        return [sample_name(dataset.get_data_info(row)) for row in range(len(dataset))]

    def folder(self, split: str) -> Path:
        """Of a split's pieces; its name holds a hash of all that decides the features."""
        model = self.model_cfg
        used = dict(backbone=model['backbone'], pathways=self.pathways, preprocessor=model.get('data_preprocessor'),
                    dataset=self.dataset_cfg(split))
        weights = [entry['checkpoint'] for entry in pretrained_inits(model['backbone'].get('init_cfg'))]
        weights.append(str(model['backbone'].get('pretrained') or ''))  # as mmaction2's networks name them
        weights.append(str(self.cfg.get('load_from') or ''))
        used['load_from'] = weights[-1]
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
        names = self.names(split)
        ids = unique_ids(names)
        pieces = []
        for begin in range(0, len(dataset), PIECE):
            rows = range(begin, min(begin + PIECE, len(dataset)))
            pieces.append(self._piece(dataset, rows, folder / f'{begin:07d}.npz', [ids[row] for row in rows],
                                      [names[row] for row in rows]))
            progress(rows[-1] + 1, len(dataset))
        paths = None if any(name.path is None for name in names) else [name.path for name in names]
        return FeatureTable(np.concatenate(pieces), dataset_targets(dataset, len(classes)), list(classes), ids, paths)

    def _piece(self, dataset, rows: range, path: Path, ids: List[str], names: List[SampleName]) -> np.ndarray:
        states = file_states(names)
        try:
            stored = read_npz(path, 'no piece of the cache')
            if stored['ids'].tolist() == ids and np.array_equal(stored['states'], states):
                return stored['features']
        except (OSError, KeyError, ValueError):  # not there, or not ours: it is made again
            pass
        found = [self._run(dataset, range(begin, min(begin + self.batch_size, rows.stop)))
                 for begin in range(rows.start, rows.stop, self.batch_size)]
        features = np.concatenate(found)
        with whole_file(path) as temporary, open(temporary, 'wb') as stream:
            np.savez(stream, features=features, ids=np.array(ids, dtype=np.str_), states=states)
        return features

    def _run(self, dataset, rows: range) -> np.ndarray:
        """(B, F) of a batch. Inputs of other shapes run apart, as padding would change the features."""
        samples, by_shape = [dataset[row] for row in rows], {}
        for place, sample in enumerate(samples):
            by_shape.setdefault(tuple(sample['inputs'].shape), []).append(place)
        parts = [self._run_alike([samples[place] for place in places]) for places in by_shape.values()]
        order = np.argsort([place for places in by_shape.values() for place in places])
        return np.concatenate(parts)[order]

    @torch.no_grad()
    def _run_alike(self, samples: List[dict]) -> np.ndarray:
        """(B, F) of inputs of one shape; several views of a video are averaged."""
        model = self._model()
        batch = model.data_preprocessor(pseudo_collate(samples), False)
        x = batch['inputs']
        if 'cls_head' in self.model_cfg:  # mmaction2: B x views x ...
            x = x.flatten(0, 1)
        pooled = pool_pathways(model.backbone(x.to(self.device)), 'avg', self.pathways)
        return pooled.reshape(len(samples), -1, pooled.shape[1]).mean(dim=1).float().cpu().numpy()


def extract_features(cfg: Config, cache: str, progress: Callable[[str, int, int], None],
                     **settings) -> Tuple[FeatureTable, FeatureTable]:
    """(training, test) tables; ``settings`` of :class:`FeatureExtractor`.

    Raises:
        ValueError: A sample is in both, before any feature is computed.
    """
    run = FeatureExtractor(cfg, cache, **settings)
    refuse_common(run.names('train'), run.names('test'))
    return tuple(run(split, lambda done, total, split=split: progress(split, done, total))
                 for split in ('train', 'test'))
