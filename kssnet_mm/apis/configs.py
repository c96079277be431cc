"""Reading config files, the same way in every tool."""
import os
from typing import Optional, Sequence

from mmengine.config import Config

from kssnet_mm.utils.configs import scope_of, with_named_types
from kssnet_mm.utils.io import PathLike

from .check_config import check_model


class ConfigError(ValueError):
    """A config file cannot be read; the message names it and says why."""


def read_config(path: PathLike, options: Optional[dict] = None, needs: Sequence[str] = ()) -> Config:
    """A config file, in mmengine's text form or pure-Python form, with overrides merged in.

    Classes become their names, so that both forms are the same to whatever reads them. ``default_scope`` is filled in
    where the file has none, see :func:`~kssnet_mm.utils.configs.scope_of`.

    Args:
        path: The file.
        options: Overrides with keys like ``model.head.thr``, as ``--cfg-options`` gives them.
        needs: Names of parts that must be there.

    Raises:
        FileNotFoundError: There is no such file.
        ConfigError: It cannot be read, or an override does not fit.
        ValueError: A part is missing. Or its parts contradict each other, see
            :func:`~kssnet_mm.apis.check_config.check_model`.
    """
    path = os.fspath(path)
    if not os.path.isfile(path):
        raise FileNotFoundError(f'{path}: there is no such config')
    try:
        cfg = Config.fromfile(path)
    except Exception as error:  # whatever the file's own code raises
        raise ConfigError(f'{path} cannot be read as a config: {_said(error)}') from error
    try:
        cfg.merge_from_dict(options or {})
    except Exception as error:
        raise ConfigError(f'{path} does not take --cfg-options {" ".join(options)}: {_said(error)}') from error
    cfg = named_config(cfg)
    cfg.default_scope = scope_of(cfg)
    lacking = [name for name in needs if not cfg.get(name)]
    if lacking:
        raise ValueError(f'{path} has no {" and no ".join(lacking)}')
    check_model(cfg)
    return cfg


def named_config(cfg: Config) -> Config:
    """The same config with the names of classes in the place of the classes themselves.

    A ``data_preprocessor`` beside the model, as mmpretrain's configs have it, goes into a model without one, as
    mmengine's runner puts it there.
    """
    settings = with_named_types(cfg.to_dict())
    if isinstance(settings.get('model'), dict) and settings.get('data_preprocessor') is not None:
        settings['model'].setdefault('data_preprocessor', settings['data_preprocessor'])
    return Config(settings, cfg_text=cfg.text, filename=cfg.filename)


def _said(error: BaseException) -> str:
    """What an error says, and the one behind it, which mmengine leaves out of its own message."""
    cause = error.__cause__ or error.__context__
    text = ' '.join(str(error).split()) or 'no reason given'
    return f'{text} ({_said(cause)})' if cause is not None else f'{type(error).__name__}: {text}'
