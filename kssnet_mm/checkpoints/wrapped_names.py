"""Names of weights that a wrapper saved."""
from typing import Any, Dict

WRAPPER = 'module.'


def without_wrapper(state: Dict[str, Any]) -> Dict[str, Any]:
    """The weights without the ``module.`` that torch's DataParallel and DistributedDataParallel put before all names.

    The names stay as they are where one of them does not begin with it.
    """
    if all(str(name).startswith(WRAPPER) for name in state):
        return {name[len(WRAPPER):]: value for name, value in state.items()}
    return dict(state)
