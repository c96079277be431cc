"""Where the configs of this package are, and what ``_base_ = 'kssnet_mm::...'`` names."""
from difflib import get_close_matches
from pathlib import Path

from .io import few

SCOPE = 'kssnet_mm::'
PACKAGE = Path(__file__).resolve().parents[1]


def shipped_folder() -> Path:
    """The folder of configs/, tools/ and model-index.yml: ``.mim`` in an installed wheel, else the checkout."""
    installed = PACKAGE / '.mim'
    return installed if installed.is_dir() else PACKAGE.parent


def own_config(name: str) -> str:
    """Path of a config of ours, by its path below ``configs/``.

    Args:
        name: As ``'kssnet_r101_coco.py'`` or ``'kssnet_mm::_base_/schedules/own_data.py'``; ``.py`` may be left out.

    Raises:
        FileNotFoundError: There is no such config; names those of a similar name.
    """
    name = name[len(SCOPE):] if name.startswith(SCOPE) else name
    name = name if name.endswith('.py') else f'{name}.py'
    folder = shipped_folder() / 'configs'
    if (folder / name).is_file():
        return str(folder / name)
    known = sorted(path.relative_to(folder).as_posix() for path in folder.rglob('*.py'))
    if not known:
        raise FileNotFoundError(f'{SCOPE}{name}: there are no configs at {folder}. Install kssnet_mm from a wheel, or '
                                'with pip install -e from a checkout')
    similar = get_close_matches(name, known, n=3, cutoff=0.5)
    raise FileNotFoundError(f'{SCOPE}{name} is no config of kssnet_mm{": use " + few(similar) if similar else ""}')
