"""Every reader of the package, with a file that it reads."""
import io
import os.path as osp
import runpy
import sys
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from typing import Callable, List, NamedTuple, Optional
from unittest import mock

import torch
from mmengine.registry import DATASETS
from packaging.version import Version

from kssnet_mm.annotations.charades import read_codes, read_concepts, read_videos
from kssnet_mm.annotations.class_list import read_class_list
from kssnet_mm.annotations.coco import read_instances
from kssnet_mm.annotations.frame_lists import read_frame_list
from kssnet_mm.annotations.tables import read_samples
from kssnet_mm.annotations.voc import read_images, read_objects
from kssnet_mm.apis import MultiLabelInferencer
from kssnet_mm.checkpoints import read_checkpoint
from kssnet_mm.datasets.frame_folders import read_times
from kssnet_mm.datasets.verify_media import check_file, check_image, check_video
from kssnet_mm.datasets.video import iterate_frames, read_index
from kssnet_mm.engine.latest_checkpoint import find_latest
from kssnet_mm.evaluation.dumps import read_dump
from kssnet_mm.evaluation.functional import read_submission
from kssnet_mm.evaluation.functional.score_file import read_target_file
from kssnet_mm.graphs.concepts import read_aliases
from kssnet_mm.graphs.conceptnet.graph import ConceptNetGraph
from kssnet_mm.graphs.label_graph import LabelGraph
from kssnet_mm.graphs.released_pickle import import_released
from kssnet_mm.graphs.sources import LabelTable
from kssnet_mm.graphs.word_vectors import read_vectors
from kssnet_mm.reports.graph_comparison.feature_table import read_feature_table
from kssnet_mm.utils.thresholds import read_thresholds

from . import seeds
from .containers import GZIP, ONNX, ZIP, Container

SCRIPT = Path(__file__).parents[1] / 'deployment/predict_onnx.py'
PIPELINE = [dict(type='mmpretrain.LoadImageFromFile'), dict(type='mmpretrain.PackInputs')]
EXPORTS = Version(torch.__version__) >= Version('2.6')


class Reader(NamedTuple):
    """A reader that is tried.

    Attributes:
        name: For the report.
        file: Name of the file, whose ending some readers look at; it lies in a folder of its own.
        seed: Makes a whole file.
        read: Called with the file's path.
        container: How the file is taken apart, so that its inside can be broken under right checksums.
        beside: What else the reader needs: makes the files of the folder, by name.
        program: Whether the file is a program, as a config is.
    """
    name: str
    file: str
    seed: Callable[[], bytes]
    read: Callable[[str], object]
    container: Optional[Container] = None
    beside: Callable[[], dict] = dict
    program: bool = False


def bytes_of(content: bytes) -> Callable[[], bytes]:
    return lambda: content


def read_conceptnet(path: str) -> None:
    ConceptNetGraph(path, progress=False).build(['cat', 'dog', 'sports ball'])


def read_wanted(path: str) -> None:
    read_vectors(path, {'cat', 'dog', 'sports_ball'}.__contains__)


def read_mapping(path: str) -> None:
    folder = osp.dirname(path)
    read_concepts(read_codes(f'{folder}/c.txt'), path, f'{folder}/o.txt', f'{folder}/v.txt')


def read_latest(path: str) -> None:
    find_latest(osp.dirname(path))


def read_by_dataset(path: str) -> None:
    """As a training does."""
    data = DATASETS.build(dict(type='TableMultiLabel', ann_file=f'{osp.dirname(path)}/table.csv', pipeline=PIPELINE,
                               data_prefix=dict(img_path=osp.dirname(path))))
    data[0]


def verify(path: str, check: Callable) -> None:
    """What the verify tool says of a file is what others raise."""
    finding = check_file(path, check)
    if finding is not None:
        raise ValueError(finding[1])


def read_video(path: str) -> None:
    for _ in iterate_frames(path, read_index(path)):
        pass


def predict_by(config: str) -> None:
    """Build what a config describes, beside whose file its checkpoint lies."""
    said = None
    try:
        MultiLabelInferencer(config, f'{osp.dirname(config)}/model.pth', 'cpu', show_progress=False)
    except ValueError as error:
        said = str(error)
    if said is not None:  # without the error behind it: a config may ask for a model of any size
        raise ValueError(said)


@cache
def _exported() -> MultiLabelInferencer:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, 'a.onnx')
        path.write_bytes(seeds.onnx_model())
        return MultiLabelInferencer(path, device='cpu', show_progress=False)


def predict_on(path: str) -> None:
    """The labels of an image."""
    found = _exported()(path)
    if found['failures']:
        raise ValueError(found['failures'][0]['error'])


def open_exported(path: str) -> None:
    """A prediction by an exported model, on a picture beside it."""
    found = MultiLabelInferencer(path, device='cpu', show_progress=False)(f'{osp.dirname(path)}/a.png')
    if found['failures']:
        raise ValueError(f"{path}: {found['failures'][0]['error']}")


@cache
def _script() -> Callable:
    return runpy.run_path(str(SCRIPT))['main']


def run_script(*arguments: str) -> None:
    """``tools/deployment/predict_onnx.py``, in this process."""
    said = io.StringIO()
    with mock.patch.object(sys, 'argv', [str(SCRIPT), *arguments]), redirect_stdout(said), redirect_stderr(said):
        try:
            _script()()
        except SystemExit as stop:
            if stop.code:
                raise ValueError(f'{said.getvalue()} {stop.code}') from None


def beside_of(path: str, name: str) -> str:
    return f'{osp.dirname(path)}/{name}'


READERS: List[Reader] = [
    Reader('checkpoint', 'epoch_1.pth', seeds.checkpoint, read_checkpoint, ZIP),
    Reader('checkpoint of torch < 1.6', 'a.pth', lambda: seeds.checkpoint(old=True),
           read_checkpoint),
    Reader('last_checkpoint', 'last_checkpoint', bytes_of(seeds.LAST), read_latest, None,
           lambda: {'other.pth': seeds.checkpoint()}),
    Reader('checkpoint to resume', 'epoch_1.pth', seeds.checkpoint, read_latest, ZIP),
    Reader('label graph', 'graph.npz', seeds.label_graph, LabelGraph.load, ZIP),
    Reader('sparse label graph', 'graph.npz', lambda: seeds.label_graph(sparse=True), LabelGraph.load, ZIP),
    Reader('features', 'features.npz', seeds.features, read_feature_table, ZIP),
    Reader('sparse features', 'features.npz', lambda: seeds.features(sparse=True), read_feature_table, ZIP),
    Reader('targets npz', 'targets.npz', seeds.targets, lambda path: LabelTable(path).load(), ZIP),
    Reader('scores npz', 'scores.npz', seeds.scores, read_dump, ZIP),
    Reader('scores of other targets', 'scores.npz', seeds.scores, read_target_file, ZIP),
    Reader('results pickle', 'results.pkl', seeds.results, read_dump),
    Reader('ML-GCN pickle', 'adj.pkl', seeds.released_graph, lambda path: import_released(path, seeds.CLASSES)),
    Reader('submission', 'submission.txt', bytes_of(seeds.SUBMISSION), lambda path: read_submission(path, 4)),
    Reader('thresholds', 'thresholds.json', bytes_of(seeds.THRESHOLDS),
           lambda path: read_thresholds(path).for_classes(4, seeds.CLASSES)),
    Reader('COCO', 'instances.json', seeds.coco, read_instances),
    Reader('VOC annotation', '000005.xml', bytes_of(seeds.VOC), read_objects),
    Reader('VOC list', 'train.txt', bytes_of(seeds.VOC_LIST),
           lambda path: list(read_images(path, osp.dirname(path))), None,
           lambda: {f'{name}.xml': seeds.VOC for name in ('000005', '000007', '000009')}),
    Reader('Charades', 'Charades_v1_train.csv', bytes_of(seeds.CHARADES), lambda path: list(read_videos(path))),
    Reader('Charades classes', 'c.txt', bytes_of(seeds.CODES), read_codes),
    Reader('Charades mapping', 'mapping.txt', bytes_of(seeds.MAPPING), read_mapping, None, lambda: {
        'c.txt': seeds.CODES, 'o.txt': b'o000 None\no001 door\n', 'v.txt': b'v000 hold\nv001 open\n'}),
    Reader('table csv', 'a.csv', bytes_of(seeds.CSV), lambda path: read_samples(path, names=True)),
    Reader('table of columns', 'a.csv', bytes_of(seeds.COLUMNS), lambda path: LabelTable(path).load()),
    Reader('table tsv', 'a.tsv', bytes_of(seeds.TSV), lambda path: read_samples(path, names=True)),
    Reader('table json', 'a.json', bytes_of(seeds.TABLE), lambda path: read_samples(path, names=True)),
    Reader('rows json', 'a.json', bytes_of(seeds.ROWS), lambda path: LabelTable(path).load()),
    Reader('frame list', 'frames.csv', bytes_of(seeds.FRAME_LIST), read_frame_list),
    Reader('frame times', 'frames.txt', bytes_of(seeds.FRAMES_TXT), lambda path: read_times(osp.dirname(path))),
    Reader('class list', 'classes.txt', bytes_of(seeds.CLASS_LIST), read_class_list),
    Reader('aliases', 'aliases.yaml', bytes_of(seeds.ALIASES), read_aliases),
    Reader('vectors txt', 'vectors.txt', bytes_of(seeds.VECTORS), read_wanted),
    Reader('vectors gz', 'vectors.txt.gz', lambda: seeds.zipped_text(seeds.COUNTED), read_wanted, GZIP),
    Reader('vectors bin', 'vectors.bin', seeds.binary_vectors, read_wanted),
    Reader('vectors npz', 'vectors.npz', seeds.vector_arrays, read_wanted, ZIP),
    Reader('ConceptNet', 'assertions.csv', bytes_of(seeds.ASSERTIONS), read_conceptnet),
    Reader('ConceptNet gz', 'assertions.csv.gz', lambda: seeds.zipped_text(seeds.ASSERTIONS), read_conceptnet, GZIP),
    *(Reader(f'{name} by a data set', f'a.{name}', lambda name=name: seeds.image(f'a.{name}'), read_by_dataset, None,
             lambda name=name: {'table.csv': f'id,labels\na.{name},cat\n'.encode()})
      for name in ('jpg', 'png', 'bmp', 'webp')),
    *(Reader(f'{name} by verify', f'a.{name}', lambda name=name: seeds.image(f'a.{name}'),
             lambda path: verify(path, check_image)) for name in ('jpg', 'tif')),
    *(Reader(f'video {name}', f'a.{name}', lambda name=name, codec=codec: seeds.video(f'a.{name}', codec), read_video)
      for name, codec in (('mp4', 'libx264'), ('mkv', 'libx264'), ('ts', 'mpeg2video'), ('avi', 'mpeg4'))),
    Reader('video by verify', 'a.mp4', lambda: seeds.video('a.mp4'), lambda path: verify(path, check_video)),
    Reader('deployed config', 'deployed.py', bytes_of(seeds.CONFIG), predict_by, None,
           lambda: {'model.pth': seeds.config_weights()}, program=True),
    Reader('onnx', 'a.onnx', seeds.onnx_model, open_exported, ONNX, lambda: {'a.png': seeds.image('a.png')}),
    Reader('onnx by the script', 'a.onnx', seeds.onnx_model,
           lambda path: run_script(path, beside_of(path, 'a.png')), ONNX, lambda: {'a.png': seeds.image('a.png')}),
    Reader('image by the script', 'a.png', lambda: seeds.image('a.png'),
           lambda path: run_script(beside_of(path, 'a.onnx'), path), None, lambda: {'a.onnx': seeds.onnx_model()}),
    Reader('image by the inferencer', 'a.jpg', lambda: seeds.image('a.jpg'),
           predict_on),
    Reader('video by the script', 'a.mp4', lambda: seeds.video('a.mp4'),
           lambda path: run_script(beside_of(path, 'a.onnx'), path), None,
           lambda: {'a.onnx': seeds.onnx_model(kind='video', frames=8)}),
    *([Reader('pt2', 'a.pt2', seeds.program, open_exported, ZIP, lambda: {'a.png': seeds.image('a.png')})]
      if EXPORTS else []),
]
