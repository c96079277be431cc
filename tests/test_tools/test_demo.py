"""The demo's steps with trainings that are made up: its table and its last lines."""
import json
from pathlib import Path

import numpy as np
from conftest import ROOT
from mmengine.config import Config
from run_tool import run_tool

from kssnet_mm.datasets.sample import charades, coco
from kssnet_mm.evaluation.functional import ScoreFile, write_score_file

# Noise of each model's scores: KSSNet is as good as A = I, and far ahead of the plain backbone.
NOISE = {'r18_sample-coco': 3., 'i3d-r18_sample-charades': 3.}


def after(words, name):
    return words[words.index(name) + 1]


def test_table_and_lines(monkeypatch, tmp_path):
    calls = []

    def call(words, cwd, stdout, stderr):
        """A step: trainings name a checkpoint, tests write scores."""
        calls.append(words[1:])
        tool = Path(words[1]).name
        if tool == 'train.py':
            folder = Path(after(words, '--work-dir'))
            folder.mkdir()
            (folder / 'last_checkpoint').write_text(str(folder / 'epoch_9.pth'))
        if tool == 'test.py':
            rng, config = np.random.default_rng(1), Path(words[2]).stem
            classes = list(charades.CLASSES if 'charades' in config else coco.CATEGORIES)
            targets = (np.random.default_rng(0).random((150, 12)) < .4).astype(int)
            scores = 1 / (1 + np.exp(-targets - NOISE.get(config, .3) * rng.normal(size=(150, 12))))
            write_score_file(after(words, '--out'), ScoreFile(scores, targets, classes, [str(i) for i in range(150)]))
        return 0

    monkeypatch.setattr('subprocess.call', call)
    monkeypatch.setenv('COLUMNS', '400')
    monkeypatch.chdir(tmp_path)  # which the demo leaves for the project's folder
    said = run_tool(ROOT / 'tools/demo.py', '--work-dir', tmp_path / 'demo', '--cfg-options', 'a=1')
    count = len(calls)
    assert f'[{count}/{count}]' in said
    trained = [words for words in calls if words[0] == 'tools/train.py']
    assert len(trained) == 8 and all(words[-2:] == ['--cfg-options', 'a=1'] for words in trained)
    for words in trained:
        Config.fromfile(ROOT / words[1])
    tested = [words for words in calls if words[0] == 'tools/test.py']
    assert [(words[1], words[2]) for words in tested] == [
        (words[1], str(tmp_path / 'demo' / Path(words[1]).stem / 'epoch_9.pth')) for words in trained]
    written = json.loads((tmp_path / 'demo/table.json').read_text())
    assert [(row['data'], row['model']) for row in written['rows'][:4]] == [
        ('image', 'the plain backbone'), ('image', 'A = I'), ('image', 'KSSNet'), ('image', 'our preset')]
    assert written['rows'][0]['over_plain'] == dict(value=0, low=0, high=0)
    assert written['rows'][2]['over_plain']['low'] > 5
    assert len(written['findings']) == 2
    for line, what in zip(written['findings'], ('images', 'videos')):
        assert line in said and line.startswith(f'On these 150 {what}, of one training each: ')
        assert 'no difference between KSSNet and A = I can be shown (' in line
        assert 'KSSNet is ahead of the plain backbone by ' in line
        assert 'our preset is ahead of the plain backbone by ' in line
        # the made-up labels were not drawn as the sample data's are
        assert 'the plain backbone given the true co-occurrence' in line


def test_a_step_that_fails_shows_its_log(monkeypatch, tmp_path):
    def call(words, cwd, stdout, stderr):
        stdout.write('what went wrong')
        return 3

    monkeypatch.setattr('subprocess.call', call)
    monkeypatch.chdir(tmp_path)
    said = run_tool(ROOT / 'tools/demo.py', '--work-dir', tmp_path / 'demo', fail=True)
    assert 'what went wrong' in said and 'step sample_data failed with exit code 3' in said
