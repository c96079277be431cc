"""Tables of samples and labels in json."""
import json
import re
from typing import Any, List, Optional, Sequence

from kssnet_mm.utils.io import PathLike
from kssnet_mm.utils.text_files import read_text

from .samples import Sample, Table, TableSettings


class _Pairs(list):
    """A json object as a list of pairs, because ``dict`` would drop a key that comes twice."""


def _places(path: PathLike, text: str, keys: Sequence[str]) -> List[str]:
    """``file:line`` of each key of an object, in the file's order; its number where it is escaped."""
    places, position, line = [], 0, 1
    for number, key in enumerate(keys):
        quoted = re.escape(json.dumps(key, ensure_ascii=False))
        found = re.compile(quoted + r'\s*:').search(text, position)
        if found is None:
            places.append(f'{path}: row {number}')
            continue
        places.append(f'{path}:{line + text.count(chr(10), position, found.start())}')
        line += text.count('\n', position, found.end())
        position = found.end()
    return places


def read_json(path: PathLike, settings: Optional[TableSettings] = None) -> Table:
    """``[[name, ...], ...]``, ``{id: [name, ...], ...}`` or ``{"labels": [...], key: rows}``.

    Rows are lists of names, or lists of N entries: 1, 0 and -1, true and false, null. Only the forms with ids name the
    samples; an id that comes twice is kept twice.

    Raises:
        ValueError: The table is malformed; names the file and the line or row.
    """
    settings = settings or TableSettings()
    text = read_text(path)
    if not text.strip():
        raise ValueError(f'{path} is empty')
    try:
        content: Any = json.loads(text, object_pairs_hook=_Pairs)
    except (ValueError, RecursionError) as error:
        raise ValueError(f'{path} is not json: {error}') from error
    labels, outer = None, dict(content) if isinstance(content, _Pairs) else {}
    if 'labels' in outer and settings.key in outer:
        labels, content = outer['labels'], outer[settings.key]
        if type(labels) is not list or not all(isinstance(label, str) for label in labels):
            raise ValueError(f"{path}: 'labels' must be a list of names")
    if isinstance(content, _Pairs):
        ids = [name for name, _ in content]
        held, where = [row for _, row in content], _places(path, text, ids)
    else:
        held = content if isinstance(content, list) else [None]
        ids, where = [None] * len(held), [f'{path}: row {number}' for number in range(len(held))]
    if not all(type(row) is list for row in held):
        raise ValueError(f"{path} holds no rows of labels: lists of names, or 'labels' and {settings.key!r}")
    reader = settings.cells()
    return [_sample(*row, labels, reader) for row in zip(ids, held, where)], labels


def _sample(name: Optional[str], cells: list, place: str, labels: Optional[List[str]], reader) -> Sample:
    unknown = []
    if labels is not None and cells and all(cell is None or isinstance(cell, (bool, int, float)) for cell in cells):
        try:
            values = reader.values(cells)
        except ValueError as error:
            raise ValueError(f'{place} is not {len(labels)} zeros and ones: {error}') from None
        if len(cells) != len(labels):
            raise ValueError(f'{place} is not {len(labels)} zeros and ones, but {len(cells)}')
        cells, unknown = ([label for label, value in zip(labels, values) if value == wanted] for wanted in (1, -1))
    wrong = [cell for cell in cells if not isinstance(cell, str)]
    if wrong:
        raise ValueError(f'{place}: {wrong[0]!r} is not the name of a label')
    return Sample(name, cells, place, unknown)
