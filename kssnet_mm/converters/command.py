"""What the commands that convert a checkpoint share."""
from typing import Optional, Sequence

from .state_dicts import State, save_state_dict


def write_converted(state: State, path: str, classes: Optional[Sequence[str]] = None) -> None:
    """Write a converted checkpoint, with the class names in its meta if there are any, and say so."""
    save_state_dict(state, path, **({} if classes is None else dict(dataset_meta=dict(classes=list(classes)))))
    print(f'wrote {len(state)} tensors to {path}')
