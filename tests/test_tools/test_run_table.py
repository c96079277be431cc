"""A table of two rows on the sample data: killed, continued, and not done twice."""
import json
import os
import runpy
import signal
import subprocess
import sys

import pytest
from conftest import ENVIRONMENT, IMAGE, QUICK, ROOT
from mmengine.config import Config

TABLE = f'''
title = 'T'
protocols = ('mAP', 'OF1')
rows = [
    dict(name='plain', config={str(ROOT / 'configs/r18_sample-coco.py')!r}),
    dict(name='knowledge', config={IMAGE!r}, options={{'model.backbone.gcn.graph.lam': 0.0}}),
]
'''


def test_a_killed_table_continues(run, workspace):
    (workspace / 't.py').write_text(TABLE)
    words = [str(ROOT / 'tools/run_table.py'), 't.py', '--work-dir', 'wd', '--cfg-options', *QUICK]
    process = subprocess.Popen([sys.executable, *words], cwd=workspace, env=ENVIRONMENT, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    for line in process.stdout:
        if line.startswith('[2/2]'):
            os.killpg(process.pid, signal.SIGKILL)
            break
    process.wait()
    first = workspace / 'wd/plain/seed0/result.json'
    stamp = first.stat().st_mtime_ns
    assert not (workspace / 'wd/knowledge/seed0/result.json').exists()
    output = run(*words)
    assert 'plain, seed 0: done' in output and 'knowledge, seed 0: running' in output
    assert first.stat().st_mtime_ns == stamp
    result = json.loads((workspace / 'wd/knowledge/seed0/result.json').read_text())
    assert f"| knowledge | 1 | {100 * result['mAP']:.1f} |" in (workspace / 'wd/table.md').read_text()
    # what was trained stands beside the run, and is what the runner itself wrote down
    kept, dumped = (Config.fromfile(workspace / f'wd/knowledge/{name}.py') for name in ('seed0', 'seed0/seed0'))
    assert kept.model == dumped.model and kept.model.backbone.gcn.graph.lam == 0.0
    assert run(*words, 'train_dataloader.batch_size=4', fail=True).rstrip().endswith(
        'seed0 was trained with other settings: train_dataloader.batch_size. Remove the folder and wd/plain/seed0.py '
        'to train it again, or give another --work-dir.')


@pytest.fixture
def commands(monkeypatch, tmp_path):
    """Runs one row with these options of run_table.py; the two commands that it would have started."""
    table, started = tmp_path / 't.py', []
    table.write_text(TABLE)

    def start(words, stdout, stderr):
        started.append(words)
        if str(ROOT / 'tools/train.py') in words:
            (tmp_path / 'wd/knowledge/seed3/last_checkpoint').write_text('wd/epoch_9.pth\n')
            return 0
        return 7  # a test that fails leaves its row to be done

    def call(*options):
        words = [str(ROOT / 'tools/run_table.py'), str(table), '--work-dir', str(tmp_path / 'wd'),
                 '--rows', 'know*', '--seeds', '3', *options, '--cfg-options', 'train_cfg.max_epochs=9']
        monkeypatch.setattr(sys, 'argv', words)
        monkeypatch.setattr(subprocess, 'call', start)
        with pytest.raises(SystemExit, match='^test.py of knowledge, seed 3 failed: exit code 7; .*test.log'):
            runpy.run_path(words[0], run_name='__main__')
        assert not (tmp_path / 'wd/knowledge/seed3/result.json').exists()
        return started

    return call


@pytest.mark.parametrize('options, starter, launcher', [
    ((), [sys.executable], []),
    (('--gpus', '4'), [sys.executable, '-m', 'torch.distributed.run', '--standalone', '--nproc_per_node=4'],
     ['--launcher', 'pytorch']),
    (('--srun', "-p part --comment='two words' --ntasks=8"),
     ['srun', '-p', 'part', '--comment=two words', '--ntasks=8', sys.executable], ['--launcher', 'slurm'])],
    ids=['one', 'gpus', 'srun'])
def test_how_training_and_testing_are_started(commands, tmp_path, options, starter, launcher):
    folder = tmp_path / 'wd/knowledge/seed3'
    config = tmp_path / 'wd/knowledge/seed3.py'
    train, test = commands(*options)
    assert train == [*starter, str(ROOT / 'tools/train.py'), str(config), '--work-dir', str(folder), '--resume',
                     *launcher]
    assert test == [*starter, str(ROOT / 'tools/test.py'), str(config), 'wd/epoch_9.pth', '--work-dir',
                    str(folder / 'test'), '--out', str(folder / 'scores.npz'), *launcher]
    cfg = Config.fromfile(config)
    assert (cfg.model.backbone.gcn.graph.lam, cfg.randomness.seed, cfg.train_cfg.max_epochs) == (0.0, 3, 9)


def test_a_rows_overrides_are_listed_and_arrive_as_they_were_written(commands, tmp_path, capsys):
    options = {'model.backbone.stages': ['layer2', 'layer3'],
               'model.backbone.gcn': dict(_delete_=True, type='LabelEmbedding', num_classes=12)}
    (tmp_path / 't.py').write_text(TABLE.replace("{'model.backbone.gcn.graph.lam': 0.0}", repr(options)))
    commands()
    backbone = Config.fromfile(tmp_path / 'wd/knowledge/seed3.py').model.backbone
    assert backbone.stages == ['layer2', 'layer3']
    assert backbone.gcn.to_dict() == dict(type='LabelEmbedding', num_classes=12)
    listed = capsys.readouterr().out
    assert "model.backbone.stages = ['layer2', 'layer3']" in listed and "'_delete_': True" in listed


def test_a_run_of_other_overrides_is_not_continued(commands, tmp_path, capsys):
    commands()
    (tmp_path / 't.py').write_text(TABLE.replace(': 0.0', ': 0.5'))
    with pytest.raises(AssertionError):  # the command ends with 2 and not after the row's test
        commands()
    assert 'trained with other settings: model.backbone.gcn.graph.lam' in capsys.readouterr().err


def test_the_list_says_which_results_are_of_other_settings(commands, tmp_path, capsys, monkeypatch):
    commands()
    (tmp_path / 'wd/knowledge/seed3/result.json').write_text('{"mAP": 0.5, "OF1": 0.5}')
    words = [str(ROOT / 'tools/run_table.py'), str(tmp_path / 't.py'), '--work-dir', str(tmp_path / 'wd'),
             '--seeds', '3', '4', '--list', '--cfg-options']
    for option, state in (('train_cfg.max_epochs=9', 'done'), ('train_cfg.max_epochs=8', 'done with other settings')):
        monkeypatch.setattr(sys, 'argv', [*words, option])
        runpy.run_path(words[0], run_name='__main__')
        listed = ' '.join(capsys.readouterr().out.split())  # the console breaks lines
        assert f'knowledge, seed 3: {state} (' in listed and 'knowledge, seed 4: to do (' in listed
