"""The tutorial, its notebook page and the page on backbones run as they stand there, on a small sample."""
import json
import re

import pytest
import torch
from mmengine.config import Config
from mmengine.registry import DefaultScope
from packaging.version import Version
from page_blocks import blocks, commands, run_python
from run_tool import run_tool
from shared_data import ROOT

from kssnet_mm.datasets.sample import make_sample_data
from kssnet_mm.evaluation.dumps import read_dump
from kssnet_mm.registry import MODELS

# torch's current exporter, and the ONNX file that it writes
EXPORTS = Version(torch.__version__) >= Version('2.6')
# One epoch in this process; a page trains for 20.
SHORT = """
train_cfg = dict(max_epochs=1, val_interval=1)
param_scheduler = [dict(type='LinearLR', start_factor=0.04, by_epoch=False, begin=0, end=9)]
train_dataloader.update(batch_size=8, num_workers=0, persistent_workers=False)
val_dataloader.update(batch_size=8, num_workers=0, persistent_workers=False)
"""


@pytest.fixture(scope='module')
def tutorial(tmp_path_factory):
    """The folder in which the tutorial has run, and what its tools said."""
    folder, said = tmp_path_factory.mktemp('tutorial'), {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        # make_sample_data.py draws 480 images; test_datasets/test_sample_data.py runs it
        make_sample_data('data/sample', sizes=dict(images_train=24, images_val=6, videos_train=1, videos_test=1),
                         progress=False)
        for language, text in blocks('own_data.md'):
            if language == 'python' and '_base_' not in text:
                run_python(text, {})
            for words in commands(text) if language == 'bash' else ():
                assert words[0] == 'python'
                if words[1] != 'tools/make_sample_data.py' and (EXPORTS or 'deployment' not in words[1]):
                    words = [word.replace('epoch_20', 'epoch_1') for word in words[1:]]
                    with DefaultScope.overwrite_default_scope(None):
                        said[words[0]] = run_tool(ROOT / words[0], *words[1:])
                if words[0].endswith('new_project.py'):
                    assert len((folder / 'mine/config.py').read_text().splitlines()) < 40
                    with open('mine/config.py', 'a') as config:
                        config.write(SHORT)
    return folder, said


def test_the_tutorial_writes_what_it_says(tutorial):
    folder, said = tutorial
    assert {'tools/new_project.py', 'tools/train.py', 'tools/visualization/explain.py'} <= set(said)
    split = [len((folder / 'mine' / name).read_text().splitlines()) - 1 for name in ('train.csv', 'val.csv')]
    assert sum(split) == 24 and 4 <= split[1] <= 7
    assert 'none' in said['tools/analysis_tools/verify_dataset.py']
    thresholds = json.loads((folder / 'mine/thresholds.json').read_text())['thresholds']
    classes = (folder / 'mine/classes.txt').read_text().splitlines()
    assert list(thresholds) == classes == list(read_dump(folder / 'mine/val_scores.npz').classes)
    assert len(list((folder / 'mine/drawn').glob('*.png'))) == 6
    assert (folder / 'mine/explanation/explanation.json').stat().st_size and (folder / 'mine/label_graph.png').exists()


@pytest.mark.skipif(not EXPORTS, reason="torch's current exporter needs torch >= 2.6")
def test_the_onnx_file_predicts_what_the_trained_model_does(tutorial):
    """With the tuned thresholds, which it holds."""
    folder, said = tutorial
    thresholds = json.loads((folder / 'mine/thresholds.json').read_text())['thresholds']
    photo = 'data/sample/coco/val2014/COCO_val2014_000000100001.jpg'
    trained = {row.split(',')[1]: float(row.split(',')[2])
               for row in (folder / 'mine/predictions.csv').read_text().splitlines() if row.startswith(photo)}
    line = next(row for row in said['tools/deployment/predict_onnx.py'].splitlines() if row.startswith(photo))
    exported = {name: float(score) for name, score in re.findall(r'([a-z ]+) (0\.\d+)', line[len(photo):])}
    exported = {name.strip(): score for name, score in exported.items()}
    scores = {**trained, **exported}
    assert scores and set(scores) <= set(thresholds)
    for name, score in scores.items():
        if abs(score - thresholds[name]) > 0.01:
            assert exported[name] == pytest.approx(trained[name], abs=0.01)


def test_the_commands_that_a_project_prints_are_those_of_the_page(tutorial):
    folder, said = tutorial
    printed = [words for line in said['tools/new_project.py'].splitlines() if line.startswith('python')
               for words in commands(line.replace(' && ', '\n'))]
    shown = [words for language, text in blocks('own_data.md') if language == 'bash' for words in commands(text)]
    assert len(printed) == 6
    for words in printed:
        words[1] = words[1].replace(f'{ROOT}/', '')
        page = next(command for command in shown if command[1] == words[1])
        assert words[2:4] == page[2:4]


def test_the_notebook_page_runs(tutorial, monkeypatch):
    folder, _ = tutorial
    monkeypatch.chdir(folder)
    names = {}
    with DefaultScope.overwrite_default_scope(None):
        printed = [run_python(text.replace('epoch_20', 'epoch_1'), names) for language, text in blocks('notebook.md')
                   if language == 'python']
    assert printed[0].count('\n') == 3 and printed[1] == '(6, 12)\n'
    assert (folder / 'explanation/explanation.json').exists() and printed[3].startswith("['")
    assert names['runner'].max_epochs == 1


def test_the_page_on_backbones_prints_what_it_says():
    found, names = blocks('own_backbone.md'), {'__name__': 'page'}
    pairs = [(code, found[i + 1]) for i, (language, code) in enumerate(found) if language == 'python']
    assert len(pairs) == 2
    try:
        for code, (language, expected) in pairs:
            with DefaultScope.overwrite_default_scope('mmpretrain'):
                assert (language, run_python(code, names)) == ('text', expected)
    finally:
        MODELS.module_dict.pop('TwoBlocks', None)


def test_both_ways_of_inheriting_lead_to_the_same_config(tmp_path):
    read = []
    for language, text in blocks('own_data.md'):
        if language == 'python' and text.startswith('_base_'):
            (tmp_path / 'mine.py').write_text(text)
            read.append(Config.fromfile(tmp_path / 'mine.py').to_dict())
    assert len(read) == 2 and read[0] == read[1] == Config.fromfile(ROOT / 'configs/kssnet_r101_coco.py').to_dict()
