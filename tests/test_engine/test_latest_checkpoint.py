"""The checkpoint that --resume takes."""
import shutil

import pytest
import torch

from kssnet_mm.engine.latest_checkpoint import check_resumable, find_latest
from kssnet_mm.checkpoints import CheckpointError, write_checkpoint


def write(folder, *epochs, name='epoch_{}.pth'):
    folder.mkdir(exist_ok=True)
    for epoch in epochs:
        write_checkpoint(dict(meta=dict(epoch=epoch, iter=epoch), state_dict=dict(w=torch.arange(100.)),
                              optimizer={}, message_hub={}), folder / name.format(epoch))


def test_the_newest_by_number_not_by_name_or_time(tmp_path):
    write(tmp_path / 'wd', 10, 9, 2)
    write(tmp_path / 'wd', 30, name='best_mAP_epoch_{}.pth')
    write(tmp_path / 'wd', 40, name='iter_{}.pth')
    assert find_latest(str(tmp_path / 'wd')) == (str(tmp_path / 'wd/epoch_10.pth'), [])
    assert find_latest(str(tmp_path / 'wd'), 'iter_{}.pth')[0] == str(tmp_path / 'wd/iter_40.pth')


@pytest.mark.parametrize('fault', ['cut', 'empty', 'flipped', 'weights alone'])
def test_the_newest_that_can_be_read_is_taken_and_the_others_are_named(tmp_path, fault):
    write(tmp_path, 1, 2, 3)
    path = tmp_path / 'epoch_3.pth'
    content = bytearray(path.read_bytes())
    if fault == 'cut':
        path.write_bytes(content[:-1])
    elif fault == 'empty':
        path.write_bytes(b'')
    elif fault == 'flipped':
        content[content.index(torch.arange(100.).numpy().tobytes()) + 200] ^= 1
        path.write_bytes(content)
    else:
        write_checkpoint(dict(state_dict={}), path)
    (tmp_path / 'last_checkpoint').write_text(str(path))
    found, refused = find_latest(str(tmp_path))
    assert found == str(tmp_path / 'epoch_2.pth')
    assert len(refused) == 1 and refused[0].startswith(str(path))


def test_existing_epochs_are_never_started_over(tmp_path):
    write(tmp_path, 1, 2)
    for number in (1, 2):
        (tmp_path / f'epoch_{number}.pth').write_bytes(b'')
    with pytest.raises(CheckpointError) as refusal:
        find_latest(str(tmp_path))
    assert 'holds 2 checkpoints of a run, none of which can be resumed' in str(refusal.value)
    assert 'epoch_1.pth is refused' in str(refusal.value) and 'epoch_2.pth is refused' in str(refusal.value)
    for number in (1, 2):
        (tmp_path / f'epoch_{number}.pth').unlink()
    (tmp_path / 'last_checkpoint').write_text('/gone/epoch_2.pth')
    with pytest.raises(CheckpointError, match='last_checkpoint names /gone/epoch_2.pth, which is not there'):
        find_latest(str(tmp_path))
    (tmp_path / 'last_checkpoint').unlink()
    assert find_latest(str(tmp_path)) == (None, [])
    assert find_latest(str(tmp_path / 'not_yet')) == (None, [])


def test_a_moved_folder_and_a_cut_off_note(tmp_path):
    write(tmp_path / 'old', 1, 2)
    (tmp_path / 'old/last_checkpoint').write_text(str(tmp_path / 'old/epoch_2.pth'))
    shutil.move(tmp_path / 'old', tmp_path / 'new')
    assert find_latest(str(tmp_path / 'new')).path == str(tmp_path / 'new/epoch_2.pth')
    (tmp_path / 'new/last_checkpoint').write_text('')
    assert find_latest(str(tmp_path / 'new')).path == str(tmp_path / 'new/epoch_2.pth')
    # of another name: the note alone tells, by its last part
    (tmp_path / 'new/last_checkpoint').write_text('/elsewhere/mine_2.pth')
    (tmp_path / 'new/epoch_1.pth').unlink()
    (tmp_path / 'new/epoch_2.pth').rename(tmp_path / 'new/mine_2.pth')
    assert find_latest(str(tmp_path / 'new')).path == str(tmp_path / 'new/mine_2.pth')


def test_what_a_training_needs_is_listed(tmp_path):
    write_checkpoint(dict(state_dict={}, meta=dict(epoch='2', iter=4), optimizer={}), tmp_path / 'a.pth')
    with pytest.raises(CheckpointError, match='a.pth has no message_hub, no meta.epoch: a training cannot'):
        check_resumable(str(tmp_path / 'a.pth'))
