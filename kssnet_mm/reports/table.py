"""Tables of experiments: their rows, where each run keeps its result, and the written table."""
import copy
import json
import os
import re
import statistics
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from mmengine.config import Config

from kssnet_mm.utils.configs import pretrained_inits
from kssnet_mm.utils.csv_files import write_csv
from kssnet_mm.utils.io import listed, write_atomically

from .kept_config import changed_settings, kept_options, run_config


@dataclass
class TableRow:
    """One row of a table of experiments.

    Attributes:
        name: Shown in the table.
        config: Path of its config.
        options: Overrides of the config: dotted names and their values, as ``--cfg-options`` takes them. A dict is
            merged into the setting; with ``_delete_=True`` in it, it replaces the setting.
        paper: The paper's numbers by protocol, percent.
        paper_weights: What the paper's backbone starts from.
    """
    name: str
    config: str
    options: Dict[str, object] = field(default_factory=dict)
    paper: Dict[str, float] = field(default_factory=dict)
    paper_weights: str = ''

    def load(self, options: Optional[Dict[str, object]] = None) -> Config:
        """The row's whole config: its file, its own overrides and then these."""
        cfg = Config.fromfile(self.config, import_custom_modules=False)
        for overrides in (self.options, options or {}):
            cfg.merge_from_dict(copy.deepcopy(dict(overrides)))  # merging takes _delete_ out of what it is given
        return cfg


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
        raise ValueError(f'{path}: the names {twice} would use one folder')
    return cfg.title, tuple(cfg.protocols), rows


def row_folder(name: str) -> str:
    """A row's name as a folder: letters, digits and dots stay."""
    return re.sub(r'[^a-z0-9.]+', '-', name.lower()).strip('-')


class Finished(NamedTuple):
    """A row's finished runs, by seed.

    Attributes:
        runs: Folders of those that were trained with the settings that the row has now, and with the overrides of the
            command line that they were begun with.
        overridden: Those of them that had such overrides, each with their names.
        left_out: The others, each with what its kept config has otherwise.
    """
    runs: List[Path]
    overridden: List[str]
    left_out: List[str]


def finished(folder: Path, row: TableRow) -> Finished:
    """A row's finished runs."""
    found = Finished([], [], [])
    for run in sorted(path.parent for path in (folder / row_folder(row.name)).glob('seed*/result.json')):
        seed = run.name[len('seed'):]
        if not seed.isdigit():  # somebody's copy of a run
            continue
        options = kept_options(run)
        changed = changed_settings(run, row.load({'randomness.seed': int(seed), **options}))
        if changed:
            found.left_out.append(f'{row.name}, {run.name} ({listed(changed, 3)})')
            continue
        found.runs.append(run)
        if options:
            values = [f'{name}={value}' for name, value in options.items()]
            found.overridden.append(f'{row.name}, {run.name} ({listed(values, 3)})')
    return found


def told(found: Sequence[Finished]) -> List[str]:
    """Lines of a page that say which runs are not in it, and which had overrides of the command line."""
    lines = []
    for words, runs in (('Left out, because their settings are not those that the rows have now: ',
                         [line for each in found for line in each.left_out]),
                        ('With --cfg-options: ', [line for each in found for line in each.overridden])):
        if runs:
            lines += [words + '; '.join(runs) + '.', '']
    return lines


def starting_weights(cfg: Config) -> str:
    """The checkpoint that a config's backbone starts from, or 'random'."""
    outer = cfg.model.backbone
    for part in (outer, outer.get('backbone', {})):
        loading = pretrained_inits(part.get('init_cfg'))
        if loading:
            return loading[-1]['checkpoint']
        for key in ('pretrained', 'weights'):  # of mmaction2 and timm, of torchvision
            if part.get(key):
                return str(part[key])
    return cfg.get('load_from') or 'random'


def percent(values: Sequence[Optional[float]]) -> str:
    """Mean and standard deviation over seeds, in percent; 'none' where a run has no such number."""
    if None in values:
        return 'none'
    values = [100 * value for value in values]
    return (f'{values[0]:.1f}' if len(values) == 1 else
            f'{statistics.mean(values):.1f} ± {statistics.stdev(values):.1f}')


def table_cells(protocols: Sequence[str], rows: Sequence[TableRow],
                results: Sequence[List[dict]]) -> Tuple[List[str], List[List[str]]]:
    """Header and body: the paper's number is beside ours, under the name of the same protocol."""
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
            cells.append(percent([result.get(name) for result in found]) if found else '')
            if name in with_paper:
                cells.append(str(row.paper.get(name, '')))
        body.append(cells)
    return header, body


def row_weights(row: TableRow, runs: Sequence[Path]) -> str:
    """What a row's finished runs started from, by their configs; else what it would start from."""
    configs = [Config.fromfile(run_config(run), import_custom_modules=False) for run in runs] or [row.load()]
    return ', '.join(sorted({starting_weights(cfg) for cfg in configs}))


def write_table(folder: Path, title: str, protocols: Sequence[str], rows: Sequence[TableRow]) -> str:
    """Write ``table.md`` and ``table.csv`` of all finished runs; returns the markdown.

    A run of other settings than its row's now is left out. The page names such runs, and those with overrides of the
    command line.

    Args:
        folder: The table's work dir.
        title: Its title.
        protocols: Names of the numbers to show.
        rows: Its rows.
    """
    found = [finished(folder, row) for row in rows]
    results = [[json.loads((run / 'result.json').read_text(encoding='utf-8')) for run in each.runs] for each in found]
    header, body = table_cells(protocols, rows, results)
    note = 'Mean and standard deviation over seeds. Protocols: docs/evaluation.md.'
    if any(row.paper_weights for row in rows):
        header += ['weights', "paper's weights"]
        for cells, row, each in zip(body, rows, found):
            cells += [row_weights(row, each.runs), row.paper_weights]
        note += (" Weights are those that the backbone starts from. A number from other weights than the paper's does not "
                 "compare with the paper's: docs/weights.md says how to give them.")
    lines = [f'# {title}', '', '| ' + ' | '.join(header) + ' |', '|' + '---|' * len(header)]
    lines += ['| ' + ' | '.join(cells) + ' |' for cells in body]
    lines += ['', note, '', *told(found)]
    text = '\n'.join(lines)
    write_atomically(folder / 'table.md', text)
    write_csv(folder / 'table.csv', [header, *body])
    return text
