"""Errors of the user end in one sentence and exit code 2, in every tool."""
import json

import pytest
from conftest import IMAGE, QUICK, ROOT, VIDEO
from run_tool import run_tool

TOOLS = ROOT / 'tools'
# Tool -> what stands behind the config.
WITH_CONFIG = {
    'train.py': [], 'test.py': ['no.pth'], 'predict.py': ['no.pth', 'no.jpg'], 'build_label_graph.py': [],
    'analysis_tools/get_flops.py': [], 'analysis_tools/verify_dataset.py': [], 'analysis_tools/overfit.py': [],
    'analysis_tools/compare_label_graphs.py': [], 'deployment/export.py': ['no.pth', 'out.onnx'],
    'model_converters/reparameterize_model.py': ['no.pth', 'out.pth'], 'visualization/explain.py': ['no.pth', 'no.jpg']}


def fails(tool, *arguments):
    """The sentence that a tool ends with."""
    output = run_tool(TOOLS / tool, *arguments, fail=True, expect=2)
    assert 'Traceback' not in output, output
    line = output.splitlines()[-1]
    assert line.startswith('error: '), output
    return line[len('error: '):]


@pytest.fixture()
def nowhere(tmp_path, monkeypatch):
    """A folder without any data, so that whatever reads some fails in another way."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize('tool', WITH_CONFIG)
def test_no_config(nowhere, tool):
    assert fails(tool, 'no.py', *WITH_CONFIG[tool]) == 'no.py: there is no such config'


@pytest.mark.parametrize('tool', WITH_CONFIG)
def test_parts_that_contradict_each_other(nowhere, tool):
    assert fails(tool, IMAGE, *WITH_CONFIG[tool], '--cfg-options', 'model.head.num_classes=5').startswith(
        'the parts of the model have different numbers of classes: model.backbone.gcn.num_classes=12, '
        'model.head.num_classes=5')


@pytest.mark.parametrize('tool, arguments', [
    ('test.py', ['no.pth']), ('predict.py', ['no.pth', IMAGE]), ('deployment/export.py', ['no.pth', 'out.onnx']),
    ('model_converters/reparameterize_model.py', ['no.pth', 'out.pth'])])
def test_no_checkpoint(run_here, tool, arguments):
    assert 'no.pth' in fails(tool, IMAGE, *arguments)


@pytest.mark.parametrize('option, said', [
    ('model.backbone.gcn.out_channels=32', 'model.backbone.gcn.out_channels must be a list'),
    ('model.backbone.stages=layer1', 'model.backbone.stages must be a list'),
    ('default_hooks.checkpoint.save_best=mapp', "save_best='mapp' is none of the metrics of val_evaluator: mAP, "),
    ('optim_wrapper.optimizer.lr=1e-3x', "optim_wrapper.optimizer.lr must be a number of 0 or more, got '1e-3x'"),
    ('model.head.type=KSSNetHaed', 'KSSNetHaed is not in the mmpretrain::model registry'),
    ('model.backbone.gcn.negativ_slope=.1', "got an unexpected keyword argument 'negativ_slope'"),
    ('model_wrapper_cfg.type=MMFullyShardedDataParallel', 'splits the weights over the devices'),
])
def test_a_training_that_cannot_be_built(nowhere, option, said):
    assert said in fails('train.py', IMAGE, '--cfg-options', option)


def test_text_for_a_number_in_yaml(nowhere, tmp_path):
    (tmp_path / 'config.yaml').write_text("""
model: {head: {num_classes: 3}}
train_dataloader: {batch_size: 2}
train_cfg: {max_epochs: 1}
optim_wrapper: {optimizer: {type: AdamW, lr: 1e-3}}
""")
    assert "optim_wrapper.optimizer.lr must be a number, got the text '1e-3'" in fails('train.py', 'config.yaml')


def test_no_test_split(nowhere, tmp_path):
    (tmp_path / 'config.py').write_text("model = dict(head=dict(num_classes=3))\n")
    assert 'config.py has no train_dataloader' in fails('train.py', 'config.py')
    assert 'config.py has no test_dataloader' in fails('test.py', 'config.py', 'no.pth')


@pytest.mark.parametrize('config, ann_file, content', [
    (IMAGE, 'annotations/instances_train2014.json', dict(images=[], annotations=[], categories=[])),
    (VIDEO, 'Charades_v1_train.csv', None)])
def test_empty_data(run_here, workspace, config, ann_file, content):
    path = workspace / 'data/sample' / ('coco' if content else 'charades') / ann_file
    run_here(TOOLS / 'build_label_graph.py', config)
    if content:
        full = json.loads(path.read_text())
        path.write_text(json.dumps(dict(full, images=[], annotations=[])))
    else:
        path.write_text(path.read_text().splitlines()[0] + '\n')
    said = fails('train.py', config, '--work-dir', 'run', '--cfg-options', *QUICK)
    assert path.name in said and ('no sample' in said or 'has no images' in said)


def test_debug_shows_where(nowhere):
    with pytest.raises(FileNotFoundError, match='no.py: there is no such config'):
        run_tool(TOOLS / 'train.py', 'no.py', '--debug')
