"""Which checkpoint of a folder a run is to be resumed from."""
import os
import re
from typing import Dict, List, NamedTuple, Optional

from kssnet_mm.checkpoints import CheckpointError, read_checkpoint
from kssnet_mm.models.heads.deployed_weights import ELSEWHERE, is_deployed

# mmengine keeps the path of the last checkpoint in this file of the work dir.
LAST = 'last_checkpoint'


class Found(NamedTuple):
    """The newest readable checkpoint, None where there is none at all, and why newer ones were passed over."""
    path: Optional[str]
    refused: List[str]


def numbered_checkpoints(folder: str, template: str) -> Dict[int, str]:
    """Number of epochs or iterations -> path of the checkpoint, whether it can be read or not."""
    pattern = re.escape(template).replace(re.escape('{}'), r'(\d+)')
    matches = [re.fullmatch(pattern, name) for name in (os.listdir(folder) if os.path.isdir(folder) else ())]
    return {int(match[1]): os.path.join(folder, match[0]) for match in matches if match}


def find_latest(folder: str, template: str = 'epoch_{}.pth') -> Found:
    """Look for the newest checkpoint that can be read and resumed.

    The files themselves are looked at. The path in ``last_checkpoint`` is only a hint: it is absolute, so that
    it is wrong once the folder was moved, and it may be older than the newest file.

    Args:
        folder: With the checkpoints of a run.
        template: Their names, with ``{}`` for the number of epochs or iterations.

    Raises:
        CheckpointError: There are checkpoints, or there were, and none can be resumed. To start from epoch 0
            there would destroy a run.
    """
    numbers, refused = numbered_checkpoints(folder, template), []
    for number in sorted(numbers, reverse=True):
        try:
            check_resumable(numbers[number])
        except (CheckpointError, OSError) as error:
            refused.append(str(error))
        else:
            return Found(numbers[number], refused)
    advice = 'bring one back, or train anew in another work dir'
    if refused:
        raise CheckpointError(f'{folder} holds {len(refused)} checkpoints of a run, none of which can be resumed: '
                              f'{"; ".join(refused)}. Nothing was trained: {advice}')
    return Found(_last_noted(folder, advice), refused)


def _last_noted(folder: str, advice: str) -> Optional[str]:
    """The checkpoint of another name that ``last_checkpoint`` tells, there or in the folder."""
    note = os.path.join(folder, LAST)
    if not os.path.isfile(note):
        return None
    with open(note, encoding='utf-8', errors='replace') as file:
        path = file.read().strip()
    for candidate in (os.path.join(folder, os.path.basename(path)), path):
        if os.path.isfile(candidate):
            check_resumable(candidate)
            return candidate
    raise CheckpointError(f'{note} names {path or "nothing"}, which is not there, and {folder} holds no other '
                          f'checkpoint: {advice}')


def check_resumable(path: str) -> None:
    """Read a checkpoint and see whether a training can go on from it.

    Raises:
        CheckpointError: It is broken, is of a deployed model, or is of weights alone, like the best and the published ones.
        MissingCheckpoint: There is no such file.
    """
    content = read_checkpoint(path)
    if is_deployed(content):
        raise CheckpointError(f'{path}: {ELSEWHERE}')
    meta = content.get('meta') or {}
    lacking = [key for key, there in (('state_dict', 'state_dict' in content), ('optimizer', 'optimizer' in content),
                                      ('message_hub', isinstance(content.get('message_hub'), dict)),
                                      ('meta.epoch', isinstance(meta.get('epoch'), int)),
                                      ('meta.iter', isinstance(meta.get('iter'), int))) if not there]
    if lacking:
        raise CheckpointError(f'{path} has no {", no ".join(lacking)}: a training cannot be resumed from it')
