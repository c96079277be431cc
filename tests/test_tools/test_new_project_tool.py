"""The command that makes a project: what it says, its exit codes, and a project on videos that trains."""
import pytest
from conftest import ROOT

TOOL = ROOT / 'tools/new_project.py'
CHARADES = 'data/sample/charades'
SHORT = """
train_cfg = dict(max_epochs=1, val_interval=1)
param_scheduler = []
train_dataloader.update(batch_size=2, num_workers=0, persistent_workers=False)
val_dataloader.update(batch_size=2, num_workers=0, persistent_workers=False)
"""


def test_a_project_on_videos_trains(run_here, workspace):
    """The official csv of Charades: ids without extension, times after the labels, further columns."""
    said = run_here(TOOL, 'mine', '--videos', f'{CHARADES}/videos', '--labels', f'{CHARADES}/Charades_v1_train.csv',
                    '--backbone', 'X3D', '--vectors', make_vectors(workspace), '--workers', '0')
    assert "labels are in 'actions'" in said and 'the times after the labels are left out' in said
    assert '8 videos can be read' in said and 'tools/train.py mine/config.py' in said
    config = workspace / 'mine/config.py'
    assert len(config.read_text().splitlines()) < 40
    with config.open('a') as file:
        file.write(SHORT + small_clips())
    said = run_here(ROOT / 'tools/train.py', config)
    assert (workspace / 'mine/work/epoch_1.pth').exists() and 'Epoch(val) [1]' in said


def make_vectors(workspace):
    words = [f'c{number:03d}' for number in range(12)]
    (workspace / 'vectors.txt').write_text(''.join(f'{word} {i} 1 0.5\n' for i, word in enumerate(words)))
    return 'vectors.txt'


def small_clips():
    """4 frames of 64 x 64 in the place of 16 of 224 x 224, for a CPU."""
    steps = """[
    dict(type='SequentialVideoInit'),
    dict(type='mmaction.SampleFrames', clip_len=1, frame_interval=1, num_clips=4),
    dict(type='SequentialVideoDecode'),
    dict(type='mmaction.Resize', scale=(64, 64), keep_ratio=False),
    dict(type='SegmentsToClip'),
    dict(type='mmaction.FormatShape', input_format='NCTHW'),
    dict(type='mmaction.PackActionInputs')]"""
    return f"train_dataloader['dataset'].update(pipeline={steps})\nval_dataloader['dataset'].update(pipeline={steps})\n"


@pytest.mark.parametrize('arguments, match', [
    (['--labels', 'none.csv'], "No such file or directory: 'none.csv'"),
    (['--labels', f'{CHARADES}/Charades_v1_train.csv'], 'is the column of file names the right one'),
    (['--labels', f'{CHARADES}/Charades_v1_train.csv', '--label-column', 'x'], "no column 'x' for --label-column"),
    (['--labels', f'{CHARADES}/Charades_v1_train.csv', '--backbone', 'X3D'], "'X3D' is none for images"),
    (['--labels', f'{CHARADES}/Charades_v1_train.csv', '--vectors', 'v.txt'], '--vectors: v.txt is no file')])
def test_bad_input_is_one_sentence_with_exit_code_2(run_here, workspace, arguments, match):
    said = run_here(TOOL, 'mine', '--images', 'data/sample/coco/train2014', *arguments, fail=True)
    last = said.splitlines()[-2:]
    assert last[0].startswith('error: ') and match in last[0] and last[1] == '2', said
    assert not (workspace / 'mine').exists()
