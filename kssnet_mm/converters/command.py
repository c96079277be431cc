"""What the commands that convert a checkpoint share."""
import argparse
import sys
from typing import Callable, Optional, Sequence, Tuple

from .state_dicts import State, save_state_dict


def run_command(parser: argparse.ArgumentParser,
                convert: Callable[[argparse.Namespace], Tuple[State, Optional[Sequence[str]]]]) -> None:
    """Convert ``args.src`` to ``args.dst``; what is wrong with a file is said in one line.

    Args:
        parser: With the options beside ``dst``.
        convert: Parsed arguments -> the state dict, and the class names that go into its meta, if any.
    """
    args = parser.parse_args()
    try:
        state, classes = convert(args)
    except (ValueError, OSError) as error:
        sys.exit(f'error: {error}')
    save_state_dict(state, args.dst, **({} if classes is None else dict(dataset_meta=dict(classes=list(classes)))))
    print(f'wrote {len(state)} tensors to {args.dst}')
