"""One of mmengine's pure-Python configs, with classes as types and no default scope, through every tool."""
import glob
import json
import os

import numpy as np
import pytest
import torch
from conftest import ROOT, SIZES
from packaging.version import Version
from run_tool import run_tool

from kssnet_mm.checkpoints import read_checkpoint
from kssnet_mm.datasets.sample import make_sample_data

TOOLS = ROOT / 'tools'
EXPORTS = Version(torch.__version__) >= Version('2.6')  # torch's current exporter
MODEL = '''
from mmpretrain.models import ClsDataPreprocessor, ImageClassifier, ResNet
from kssnet_mm.graphs import CocoLabels, CooccurrenceGraph, LabelGraphBuilder, RandomEmbedding
from kssnet_mm.models import KSSNetHead, LabelGCN, LabelGraphBackbone, LabelGraphClassifier, LateralConnection
from kssnet_mm.models import MultiLabelBCELoss

model = dict(
    type=ImageClassifier,
    data_preprocessor=dict(type=ClsDataPreprocessor, num_classes=12, to_onehot=True, to_rgb=True,
                           mean=[123.675, 116.28, 103.53], std=[58.395, 57.12, 57.375]),
    backbone=dict(
        type=LabelGraphBackbone,
        backbone=dict(type=ResNet, depth=18, stem_channels=8, base_channels=8),
        lateral=dict(type=LateralConnection),
        gcn=dict(type=LabelGCN, num_classes=12, in_channels=5, graph=dict(
            type=LabelGraphBuilder,
            statistical=dict(type=CooccurrenceGraph, estimator='mlgcn', source=dict(
                type=CocoLabels, ann_file='data/sample/coco/annotations/instances_train2014.json')),
            embedding=dict(type=RandomEmbedding, dim=5),
            file='graph.npz'))),
    head=dict(type=KSSNetHead, num_classes=12, in_channels=64, loss=dict(type=MultiLabelBCELoss),
              classifier=dict(type=LabelGraphClassifier)))
'''
CONFIG = '''
from mmengine.config import read_base

with read_base():
    from .pure_model import *

from mmengine.dataset import DefaultSampler, default_collate
from mmengine.hooks import CheckpointHook
from mmengine.optim import CosineAnnealingLR, OptimWrapper
from mmengine.runner import EpochBasedTrainLoop
from mmpretrain.datasets import LoadImageFromFile, PackInputs, Resize
from torch.optim import AdamW
from kssnet_mm.datasets import CocoMultiLabel
from kssnet_mm.engine import CheckLabelsHook
from kssnet_mm.evaluation import MultiLabelScores

default_scope = None
pipeline = [dict(type=LoadImageFromFile), dict(type=Resize, scale=(64, 64)), dict(type=PackInputs)]
train_dataloader = dict(
    batch_size=8, num_workers=0, sampler=dict(type=DefaultSampler, shuffle=True),
    collate_fn=dict(type=default_collate),
    dataset=dict(type=CocoMultiLabel, data_root='data/sample/coco/', data_prefix=dict(img_path='train2014/'),
                 ann_file='annotations/instances_train2014.json', pipeline=pipeline))
val_dataloader = dict(
    batch_size=8, num_workers=0, sampler=dict(type=DefaultSampler, shuffle=False),
    collate_fn=dict(type=default_collate),
    dataset=dict(type=CocoMultiLabel, data_root='data/sample/coco/', data_prefix=dict(img_path='val2014/'),
                 ann_file='annotations/instances_val2014.json', test_mode=True, pipeline=pipeline))
test_dataloader = val_dataloader
val_evaluator = dict(type=MultiLabelScores)
test_evaluator = val_evaluator
optim_wrapper = dict(type=OptimWrapper, optimizer=dict(type=AdamW, lr=1e-3))
param_scheduler = [dict(type=CosineAnnealingLR, T_max=1)]
train_cfg = dict(type=EpochBasedTrainLoop, max_epochs=1)
val_cfg = dict()
test_cfg = dict()
auto_scale_lr = dict(base_batch_size=16)
default_hooks = dict(checkpoint=dict(type=CheckpointHook, interval=1, save_best='mAP'))
custom_hooks = [dict(type=CheckLabelsHook)]
'''
IMAGE = 'data/sample/coco/val2014/COCO_val2014_000000100003.jpg'


@pytest.fixture(scope='module')
def trained(tmp_path_factory):
    """The config, its sample data, its built graph, and a checkpoint of an epoch with --amp and a scaled rate."""
    folder, before = tmp_path_factory.mktemp('pure'), os.getcwd()
    make_sample_data(str(folder / 'data/sample'), sizes=SIZES, progress=False)
    (folder / 'pure_model.py').write_text(MODEL)
    (folder / 'pure.py').write_text(CONFIG)
    os.chdir(folder)
    try:
        assert '12' in run_tool(TOOLS / 'build_label_graph.py', 'pure.py')
        run_tool(TOOLS / 'train.py', 'pure.py', '--work-dir', 'run', '--amp', '--auto-scale-lr')
    finally:
        os.chdir(before)
    return folder


@pytest.fixture()
def tool(trained, monkeypatch):
    """Runs a tool in the folder."""
    monkeypatch.chdir(trained)
    return lambda name, *arguments: run_tool(TOOLS / name, 'pure.py', *arguments)


def test_the_run_keeps_a_config_that_runs_again(trained, tool):
    kept, = (trained / 'run').glob('*/vis_data/config.py')
    text = kept.read_text()
    assert "type='kssnet_mm.models.KSSNetHead'" in text and "type='CPUAmpOptimWrapper'" in text
    assert 'SafeCheckpointHook' in text and "default_scope = 'mmpretrain'" in text
    # --auto-scale-lr: batches of 8, and the rate is that of batches of 16
    group, = read_checkpoint(trained / 'run/epoch_1.pth')['optimizer']['param_groups']
    assert group['initial_lr'] == pytest.approx(1e-3 * 8 / 16)
    assert len(list((trained / 'run').glob('best_mAP_*.pth'))) == 1


def test_train_resumes(tool):
    tool('train.py', '--work-dir', 'run', '--resume', '--cfg-options', 'train_cfg.max_epochs=2')
    assert os.path.exists('run/epoch_2.pth')


def test_compiled_training_is_the_same(tool):
    """With the backend that only traces: mmengine compiles the whole training step."""
    losses = []
    for name, *options in (('eager', ), ('compiled', 'compile.backend=eager')):
        tool('train.py', '--work-dir', name, '--no-validate', '--cfg-options', *options,
             'train_dataloader.batch_size=24', 'randomness.seed=1', 'default_hooks.logger.type=LoggerHook',
             'default_hooks.logger.interval=1')
        log, = glob.glob(f'{name}/*/vis_data/scalars.json')
        with open(log) as file:
            losses.append([json.loads(line)['loss'] for line in file])
    assert len(losses[0]) == 1 and losses[1] == pytest.approx(losses[0], abs=1e-4)


def test_test(tool):
    tool('test.py', 'run/epoch_1.pth', '--work-dir', 'run/test', '--out', 'scores.npz', '--cfg-options',
         'test_evaluator.topk=2')
    with np.load('scores.npz', allow_pickle=False) as file:
        assert file['scores'].shape == (11, 12)


def test_predict_explain_and_deployed_forms_agree(tool):
    def scores(name, *model):
        run_tool(TOOLS / 'predict.py', *model, IMAGE, '--pred-out-file', name, '--all-scores', '--device', 'cpu')
        with open(name) as file:
            return {row['label']: row['score'] for row in json.loads(file.readline())['scores']}

    expected = scores('trained.jsonl', 'pure.py', 'run/epoch_1.pth')
    assert len(expected) == 12
    forms = [('deployed.jsonl', 'deployed.py', 'deployed.pth'), ('stock.jsonl', 'stock.py', 'stock.pth')]
    if EXPORTS:
        tool('deployment/export.py', 'run/epoch_1.pth', 'model.onnx')
        forms.append(('onnx.jsonl', 'model.onnx'))
    tool('model_converters/reparameterize_model.py', 'run/epoch_1.pth', 'deployed.pth')
    tool('model_converters/reparameterize_model.py', 'run/epoch_1.pth', 'stock.pth', '--stock')
    for name, *model in forms:
        found = scores(name, *model)
        assert found == pytest.approx(expected, abs=1e-4), name
    with open('stock.py') as file:
        assert 'kssnet_mm' not in file.read()
    tool('visualization/explain.py', 'run/epoch_1.pth', IMAGE, '--out-dir', 'why', '--device', 'cpu')
    with open('why/explanation.json') as file:
        assert json.load(file)['prediction']


def test_get_flops(tool):
    assert 'GCN' in tool('analysis_tools/get_flops.py', '--shape', 3, 64, 64)


def test_verify_dataset(tool):
    assert 'none' in tool('analysis_tools/verify_dataset.py', '--workers', 0, '--cfg-options',
                          'val_dataloader.dataset.data_prefix.img_path=val2014/')


def test_build_and_browse(tool):
    assert 'read graph.npz' in tool('build_label_graph.py')
    run_tool(TOOLS / 'visualization/browse_label_graph.py', 'graph.npz')
    assert os.path.exists('graph_report/graph.html')


def test_overfit(tool):
    assert 'mAP' in tool('analysis_tools/overfit.py', '--side', 32, '--steps', 2)


def test_compare_label_graphs(tool):
    output = tool('analysis_tools/compare_label_graphs.py', '--arms', 'plain', 'cooccurrence', '--seeds', 1, '--etas',
                  .1, '--decays', .1, '--resamples', 10, '--out', 'comparison')
    assert 'plain' in output and os.path.exists('comparison/comparison.md')


def test_table(tool):
    with open('table.py', 'w') as file:
        file.write('title = "T"\nprotocols = ["mAP"]\nrows = [dict(name="pure", config="pure.py", '
                   'options={"model.head.classifier.dropout": 0.5})]\n')
    run_tool(TOOLS / 'run_table.py', 'table.py', '--work-dir', 'tables')
    with open('tables/table.md') as file:
        assert '| pure | 1 |' in file.read()
    assert "'kssnet_mm.models.KSSNetHead'" in open('tables/pure/seed0.py').read()


def test_thresholds(tool):
    tool('test.py', 'run/epoch_1.pth', '--work-dir', 'run/test', '--out', 'validated.npz')
    run_tool(TOOLS / 'analysis_tools/tune_thresholds.py', 'validated.npz', 'thr.json')
    tool('predict.py', 'run/epoch_1.pth', IMAGE, '--cfg-options', 'model.head.thr=thr.json', '--device', 'cpu')
