"""Reading values out of configs, in any form that mmengine allows."""
import copy
from keyword import iskeyword
from types import BuiltinFunctionType, FunctionType
from typing import Any, List, Mapping


def type_name(kind: Any) -> str:
    """'Resize' of 'Resize', of 'mmpretrain.Resize', of a dotted path to the class, and of the class itself."""
    return (kind if isinstance(kind, str) else getattr(kind, '__name__', str(kind))).rpartition('.')[2]


def with_named_types(value: Any) -> Any:
    """A config's values with classes and functions by their dotted names, which mmengine's registries find too.

    Pure-Python configs hold the classes themselves, which can neither be compared with names nor be written to a file.
    """
    if isinstance(value, Mapping):
        return {key: with_named_types(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(with_named_types(item) for item in value)
    named = isinstance(value, (type, FunctionType, BuiltinFunctionType))
    return f'{value.__module__}.{value.__qualname__}' if named else value


def code(value: Any) -> str:
    """A config's values as Python: dicts as calls of ``dict``."""
    if isinstance(value, Mapping):
        if all(isinstance(key, str) and key.isidentifier() and not iskeyword(key) for key in value):
            return f'dict({", ".join(f"{key}={code(entry)}" for key, entry in value.items())})'
        return f'{{{", ".join(f"{key!r}: {code(entry)}" for key, entry in value.items())}}}'
    if type(value) is list:
        return f'[{", ".join(map(code, value))}]'
    return repr(value)


def pretrained_inits(init_cfg: Any) -> List[Mapping]:
    """The entries of an ``init_cfg`` that load weights; it is None, one initialisation or a list of them."""
    entries = init_cfg if isinstance(init_cfg, (list, tuple)) else [init_cfg]
    return [entry for entry in entries
            if isinstance(entry, Mapping) and type_name(entry.get('type')) in ('Pretrained', 'PretrainedInit')]


def without_fetched_weights(model: Mapping) -> dict:
    """A model's config whose backbone fetches no pretrained weights when it is built, for models that load their own.

    Backbones of torchvision and timm, and mmpretrain's around those of timm, have the settings ``weights`` or
    ``pretrained``.
    """
    model = copy.deepcopy(dict(model))
    part = model.get('backbone')
    while isinstance(part, dict):
        part.update({name: None for name in ('weights', 'pretrained') if part.get(name)})
        part = part.get('backbone')
    return model


def scope_of(config: Mapping) -> str:
    """The registry scope that a config is built in.

    ``default_scope``, or where there is none (pure-Python configs write None) that of the framework whose model it
    has: its parts may be classes, but they build further parts by name.
    """
    given = config.get('default_scope')
    if given is not None:
        return given
    model = config.get('model') or {}
    return 'mmaction' if 'cls_head' in model else 'mmpretrain' if 'head' in model else 'mmengine'
