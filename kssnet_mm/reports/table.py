"""Tables of experiments: their rows, where each run keeps its result, and the written table."""
import csv
import io
import json
import os
import re
import statistics
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, List, Optional, Sequence, Tuple

from mmengine.config import Config

from kssnet_mm.utils.io import write_atomically


@dataclass
class TableRow:
    """One row.

    Attributes:
        name: Shown in the table.
        config: Path of its config.
        options: Overrides of the config, as ``--cfg-options`` takes them.
        paper: The paper's numbers by protocol, percent.
        paper_weights: What the paper's backbone starts from.
    """
    name: str
    config: str
    options: Dict[str, object] = field(default_factory=dict)
    paper: Dict[str, float] = field(default_factory=dict)
    paper_weights: str = ''


def read_table(path: str) -> Tuple[str, Sequence[str], List[TableRow]]:
    """Title, protocols and rows of a ``configs/tables`` file.

    Raises:
        ValueError: A row lacks a config that exists, or two rows have one name; names the row.
    """
    cfg = Config.fromfile(path)
    rows = [TableRow(**row) for row in cfg.rows]
    for row in rows:
        if not os.path.exists(row.config):
            raise ValueError(f'{path}: the row {row.name!r} names {row.config}, which does not exist')
    names = [row_folder(row.name) for row in rows]
    twice = [row.name for row, name in zip(rows, names) if names.count(name) > 1]
    if twice:
        raise ValueError(f'{path}: the names {twice} stand for one folder')
    return cfg.title, tuple(cfg.protocols), rows


def row_folder(name: str) -> str:
    """A row's name as a folder: letters, digits and dots stay."""
    return re.sub(r'[^a-z0-9.]+', '-', name.lower()).strip('-')


def finished(folder: Path, row: TableRow) -> List[Path]:
    """The folders of a row's finished runs, by seed."""
    return sorted(path.parent for path in (folder / row_folder(row.name)).glob('seed*/result.json'))


def read_results(folder: Path, row: TableRow) -> List[dict]:
    """The results of a row's finished runs, by seed."""
    return [json.loads((run / 'result.json').read_text(encoding='utf-8')) for run in finished(folder, row)]


def starting_weights(cfg: Config) -> str:
    """The checkpoint that a config's backbone starts from, or 'random'."""
    outer = cfg.model.backbone
    for part in (outer, outer.get('backbone', {})):
        init_cfg = part.get('init_cfg')
        if isinstance(init_cfg, dict) and init_cfg.get('type') == 'Pretrained':
            return init_cfg['checkpoint']
        if part.get('pretrained'):
            return part['pretrained']
    return cfg.get('load_from') or 'random'


def row_weights(folder: Path, row: TableRow) -> str:
    """What a row's finished runs started from, by the configs they left; else what it would start from."""
    left = [run / Path(row.config).name for run in finished(folder, row)]
    configs = [Config.fromfile(path, import_custom_modules=False) for path in left if path.exists()]
    if not configs:
        configs = [Config.fromfile(row.config, import_custom_modules=False)]
        configs[0].merge_from_dict(dict(row.options))
    return ', '.join(sorted({starting_weights(cfg) for cfg in configs}))


def percent(values: Sequence[Optional[float]]) -> str:
    """Mean and standard deviation over seeds, in percent; 'none' where a run has no such number."""
    if None in values:
        return 'none'
    values = [100 * value for value in values]
    return (f'{values[0]:.1f}' if len(values) == 1 else
            f'{statistics.mean(values):.1f} ± {statistics.stdev(values):.1f}')


def table_cells(protocols: Sequence[str], rows: Sequence[TableRow],
                results: Sequence[List[dict]]) -> Tuple[List[str], List[List[str]]]:
    """Header and body: the paper's number stands beside ours under the same protocol's name."""
    with_paper = [name for name in protocols if any(name in row.paper for row in rows)]
    header = ['row', 'seeds']
    for name in protocols:
        header.append(f'{name} (%)')
        if name in with_paper:
            header.append(f"paper's {name} (%)")
    body = []
    for row, found in zip(rows, results):
        cells = [row.name, str(len(found))]
        for name in protocols:
            cells.append(percent([result[name] for result in found]) if found else '')
            if name in with_paper:
                cells.append(str(row.paper.get(name, '')))
        body.append(cells)
    return header, body


def write_table(folder: Path, title: str, protocols: Sequence[str], rows: Sequence[TableRow],
                note: Optional[str] = None) -> str:
    """Write ``table.md`` and ``table.csv`` of whatever is finished; returns the markdown."""
    header, body = table_cells(protocols, rows, [read_results(folder, row) for row in rows])
    note = note or 'Mean and standard deviation over seeds. Protocols: docs/evaluation.md.'
    if any(row.paper_weights for row in rows):
        header += ['weights', "paper's weights"]
        for cells, row in zip(body, rows):
            cells += [row_weights(folder, row), row.paper_weights]
        note += (" Weights: what the backbone starts from, 'random' where a row was given none. From other weights "
                 "than the paper's, a number does not compare with the paper's: docs/weights.md says how to give them.")
    lines = [f'# {title}', '', '| ' + ' | '.join(header) + ' |', '|' + '---|' * len(header)]
    lines += ['| ' + ' | '.join(cells) + ' |' for cells in body]
    lines += ['', note, '']
    text, rows_csv = '\n'.join(lines), io.StringIO()
    csv.writer(rows_csv).writerows([header, *body])
    write_atomically(folder / 'table.md', text)
    write_atomically(folder / 'table.csv', rows_csv.getvalue())
    return text
