"""The config that each run of a table keeps beside its folder."""
import ast
from pathlib import Path
from typing import Dict, List, Optional

from mmengine.config import Config

from kssnet_mm.utils.io import write_atomically


def run_config(run: Path) -> Path:
    """Path of the config of the run in this folder: beside the folder, under its name."""
    return run.with_name(run.name + '.py')


def options_path(run: Path) -> Path:
    """Path of the overrides of the command line that the run in this folder was begun with."""
    return run.with_name(run.name + '.cfg_options')


def kept_options(run: Path) -> Dict[str, object]:
    """The overrides of the command line, ``--cfg-options``, that a run was begun with."""
    path = options_path(run)
    return ast.literal_eval(path.read_text(encoding='utf-8')) if path.exists() else {}


def changed_settings(run: Path, cfg: Config) -> List[str]:
    """Dotted names of what the run's kept config has otherwise than this one; what is missing if none was kept."""
    path = run_config(run)
    if not path.exists():
        return [f'{path.name} is missing']
    return differences(Config.fromfile(path, import_custom_modules=False).to_dict(), cfg.to_dict())


def check_config(run: Path, cfg: Config) -> None:
    """Raise a ValueError if the run was begun or finished with another config; it says what differs and what to do."""
    path = run_config(run)
    if path.exists():
        changed = changed_settings(run, cfg)
        if changed:
            raise ValueError(f'{run} was trained with other settings: {", ".join(changed)}. Remove the folder and '
                             f'{path} to train it again, or give another --work-dir.')
    elif run.exists():
        raise ValueError(f'{run} has no {path} that says what it was trained with. Remove the folder to train it '
                         'again, or give another --work-dir.')


def keep_config(run: Path, cfg: Config, options: Optional[Dict[str, object]] = None) -> Path:
    """Write a run's config beside its folder, or make sure that the one there is the same; returns its path.

    Args:
        run: The run's folder.
        cfg: Its whole config.
        options: The overrides of the command line that are in it.

    Raises:
        ValueError: As of :func:`check_config`.
    """
    check_config(run, cfg)
    path = run_config(run)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        if options:
            write_atomically(options_path(run), f'{options!r}\n')
        elif options_path(run).exists():  # of a run that was removed
            options_path(run).unlink()
        write_atomically(path, cfg.pretty_text)
    return path


def differences(one: object, other: object, name: str = '') -> List[str]:
    """Dotted names of what differs between two configs."""
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return [] if one == other else [name]
    return [found for key in {**one, **other}
            for found in differences(one.get(key), other.get(key), f'{name}.{key}'.lstrip('.'))]
