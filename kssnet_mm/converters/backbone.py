"""Taking the backbone out of a whole classifier of mmpretrain or mmaction2."""
import torch.nn as nn

from .state_dicts import State, complete_state, shapes_of

PREFIX = 'backbone.'
# A non-local block starts as the identity, so that weights without it are those of the net with it.
NEW_PARTS = ('non_local_block', )


def convert_backbone(state: State, backbone: nn.Module, path: str = 'the file') -> State:
    """The weights of ``backbone``, as its ``pretrained`` takes them: without a prefix, none missing.

    Args:
        state: A classifier's state dict, with keys ``backbone.*``; the head's are left out.
        backbone: The net to be filled. Non-local blocks that the file lacks keep its initial values.
        path: For messages.

    Raises:
        ValueError: Keys or shapes differ; names them.
    """
    body = {key[len(PREFIX):]: value for key, value in state.items() if key.startswith(PREFIX)}
    if not body:
        raise ValueError(f'{path} holds no {PREFIX}* weights, but {", ".join(list(state)[:4])}, ...: give a '
                         'checkpoint of a whole classifier')
    own = backbone.state_dict()
    new = {key: value for key, value in own.items()
           if key not in body and any(part in key for part in NEW_PARTS)}
    kind = f'checkpoint of this {type(backbone).__name__}'
    return complete_state({**body, **new}, shapes_of(backbone), path, kind)
