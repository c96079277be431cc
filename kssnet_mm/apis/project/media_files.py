"""Which files of a folder a table's rows name, and whether they can be read."""
from collections import defaultdict
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

from kssnet_mm.datasets.verify_media import check_all
from kssnet_mm.utils.io import listed


def find_media(folder: Path, names: Sequence[str]) -> Tuple[Dict[str, str], List[str]]:
    """Paths below ``folder`` by the names of a table, and the names that no file has.

    A name is a path below the folder, or the name of a file in any subfolder, with or without its extension.

    Raises:
        ValueError: The folder is none or is empty, a name fits several files, or two names are one file.
    """
    if not folder.is_dir():
        raise ValueError(f'{folder} is no folder')
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob('*') if path.is_file())
    if not files:
        raise ValueError(f'{folder} holds no files')
    by_name = defaultdict(list)
    for file in files:
        path = Path(file)
        for name in {path.name, path.stem, path.with_suffix('').as_posix()} - {file}:
            by_name[name].append(file)
    whole = set(files)
    found, missing, taken = {}, [], {}
    for name in names:
        fitting = [name] if name in whole else by_name.get(name, [])
        if len(fitting) > 1:
            raise ValueError(f'{name!r} could be {listed(fitting, 3)} in {folder}: write the path below it into the '
                             'table')
        if not fitting:
            missing.append(name)
            continue
        if fitting[0] in taken:
            raise ValueError(f'{taken[fitting[0]]!r} and {name!r} are both the file {fitting[0]}')
        taken[fitting[0]] = name
        found[name] = fitting[0]
    return found, missing


def unreadable_media(folder: Path, files: Sequence[str], video: bool, workers: int) -> Dict[str, str]:
    """File -> what is wrong with it; each image is decoded, of each video three frames."""
    key = 'filename' if video else 'img_path'
    infos = [{key: str(folder / file)} for file in files]
    return {file: finding[1] for file, (_, finding) in zip(files, check_all(infos, workers)) if finding}
