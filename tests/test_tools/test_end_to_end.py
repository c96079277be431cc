"""Train, test and predict through the commands that users type."""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import mmaction
import mmpretrain
import numpy as np
import pytest
import torch
from conftest import ENVIRONMENT, IMAGE, QUICK, ROOT, VIDEO

from kssnet_mm.evaluation.functional import average_precision, read_score_file
from kssnet_mm.checkpoints import read_checkpoint


def last_map(folder: Path) -> float:
    log = sorted(folder.glob('*/vis_data/scalars.json'))[-1]
    return [json.loads(row) for row in log.read_text().splitlines() if '"mAP"' in row][-1]['mAP']


def map_in(output: str) -> float:
    return float(re.findall(r' mAP: ([0-9.]+)', output)[-1])


@pytest.mark.parametrize('config, media', [
    (IMAGE, 'data/sample/coco/val2014/COCO_val2014_000000100001.jpg'),
    (VIDEO, 'data/sample/charades/videos/V0000.mp4'),
], ids=['image', 'video'])
def test_a_checkpoint_needs_neither_graph_nor_knowledge(run, workspace, config, media):
    run(ROOT / 'tools/train.py', config, '--work-dir', 'wd', '--cfg-options', *QUICK)
    trained = last_map(workspace / 'wd')
    # what training needed is gone
    for path in workspace.glob('data/sample/label_graph*.npz'):
        path.unlink()
    shutil.rmtree(workspace / 'data/sample/knowledge')
    for path in ('coco/annotations/instances_train2014.json', 'charades/Charades_v1_train.csv',
                 'charades/Charades_v1_mapping.txt'):
        (workspace / 'data/sample' / path).unlink()
    output = run(ROOT / 'tools/test.py', config, 'wd/epoch_1.pth', '--work-dir', 'wd/test', '--out',
                 'scores.npz', '--cfg-options', *QUICK)
    assert abs(map_in(output) - trained) < 1e-4
    scores = read_score_file(workspace / 'scores.npz')
    ap = average_precision(scores.scores, scores.targets)
    assert abs(np.nanmean(ap) - trained) < 1e-4
    assert len(scores.classes) == 12 and len(set(scores.ids)) == len(scores.ids)
    broken = workspace / ('broken' + Path(media).suffix)
    broken.write_bytes(b'no media')
    output = run(ROOT / 'tools/predict.py', config, 'wd/epoch_1.pth', broken, media, '--thr', '0',
                 '--out-dir', 'drawn', fail=True)
    assert f'{broken}: cannot be read' in output and '1 of 2 inputs could not be read' in output
    assert len(re.findall(r'[a-z] [01]\.\d{3}', output.split(media)[-1])) == 12
    assert [p.suffix for p in (workspace / 'drawn').iterdir()] == ['.png']


@pytest.mark.parametrize('package, config', [(mmpretrain, IMAGE), (mmaction, VIDEO)],
                         ids=['mmpretrain', 'mmaction2'])
def test_the_stock_tools_train_our_config(run, workspace, package, config):
    tool = Path(package.__file__).parent / '.mim/tools/train.py'
    if not tool.exists():
        pytest.skip(f'{package.__name__} is installed without its tools')
    run(tool, config, '--work-dir', 'wd', '--cfg-options', *QUICK)
    state = read_checkpoint(workspace / 'wd/epoch_1.pth')['state_dict']
    assert state['backbone.gcn.label_keys'].all() and state['backbone.gcn.adjacency'].any()


def test_a_killed_training_resumes(run, workspace):
    options = [*QUICK[1:], 'train_cfg.max_epochs=3']
    command = [sys.executable, str(ROOT / 'tools/train.py'), IMAGE, '--work-dir', 'wd', '--cfg-options',
               *options]
    process = subprocess.Popen(command, cwd=workspace, env=ENVIRONMENT, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True)
    for line in process.stdout:  # the next epoch's first words come after the checkpoint is whole
        if 'Epoch(val) [1]' in line and 'mAP' in line:
            os.kill(process.pid, signal.SIGKILL)
            break
    process.wait()
    assert process.returncode == -signal.SIGKILL
    output = run(ROOT / 'tools/train.py', IMAGE, '--work-dir', 'wd', '--resume', '--cfg-options', *options)
    assert 'resumed epoch: 1' in output
    assert (workspace / 'wd/epoch_3.pth').exists()


def test_two_processes_train_and_give_the_evaluation_of_one(run, workspace):
    torchrun = ['-m', 'torch.distributed.run', '--standalone', '--nproc_per_node=2']
    run(*torchrun, ROOT / 'tools/train.py', IMAGE, '--work-dir', 'wd', '--launcher', 'pytorch',
        '--cfg-options', *QUICK)
    both = run(*torchrun, ROOT / 'tools/test.py', IMAGE, 'wd/epoch_1.pth', '--work-dir', 'two',
               '--launcher', 'pytorch', '--out', 'two.npz', '--cfg-options', *QUICK)
    one = run(ROOT / 'tools/test.py', IMAGE, 'wd/epoch_1.pth', '--work-dir', 'one', '--out', 'one.npz',
              '--cfg-options', *QUICK)
    # batch norms are averaged before the validation and in the checkpoint
    assert abs(last_map(workspace / 'wd') - map_in(one)) < 1e-4
    # 11 images: the sampler pads one, which must not count
    pair = [read_score_file(workspace / f'{name}.npz') for name in ('one', 'two')]
    assert pair[0].ids == pair[1].ids and len(pair[0].ids) == len(pair[0].scores)
    np.testing.assert_allclose(pair[0].scores, pair[1].scores, rtol=1e-4, atol=1e-5)
    assert abs(map_in(both) - map_in(one)) < 1e-4


def test_amp_on_cpu_and_a_wrong_checkpoint(run, workspace):
    output = run(ROOT / 'tools/train.py', IMAGE, '--work-dir', 'wd', '--amp', '--cfg-options', *QUICK)
    assert 'Epoch(val) [1]' in output
    plain = str(ROOT / 'configs/r18_sample-coco.py')
    output = run(ROOT / 'tools/predict.py', plain, 'wd/epoch_1.pth', 'x.jpg', fail=True)
    assert "wd/epoch_1.pth does not fit the config's model" in output and 'Traceback' not in output
    assert 'unexpected backbone.backbone.conv1.weight' in output
    assert 'missing backbone.conv1.weight' in output


class Payload:

    def __reduce__(self):
        return os.mkdir, ('run', )


def test_a_broken_or_hostile_checkpoint_is_one_line_in_every_command(run_here, workspace):
    (workspace / 'wd').mkdir()
    (workspace / 'wd/epoch_1.pth').write_bytes(b'PK\x03\x04 cut off')
    torch.save(dict(state_dict={}, meta=Payload()), workspace / 'a.pth')
    options = ['--cfg-options', *QUICK]
    for command in (['tools/train.py', IMAGE, '--work-dir', 'wd', '--resume', *options],
                    ['tools/train.py', IMAGE, '--work-dir', 'new', '--resume', 'a.pth', *options],
                    ['tools/test.py', IMAGE, 'a.pth', '--work-dir', 'new', *options],
                    ['tools/predict.py', IMAGE, 'a.pth', 'x.jpg']):
        output = run_here(ROOT / command[0], *command[1:], fail=True)
        last = output.strip().splitlines()[-1]
        assert last.startswith('error: ') and '.pth is refused: it is broken' in last and 'Traceback' not in output
    assert [path.name for path in (workspace / 'wd').glob('*.pth')] == ['epoch_1.pth']
    assert not (workspace / 'run').exists()
