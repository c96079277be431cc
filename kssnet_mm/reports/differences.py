"""Paired differences of mAP between the rows of a table of experiments."""
from collections import defaultdict
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Sequence

import numpy as np

from kssnet_mm.evaluation.functional import read_score_file
from kssnet_mm.utils.io import write_atomically

from .graph_comparison.bootstrap import centred_interval
from .paired_scores import PairedScores
from .table import TableRow, finished, row_folder, told


class Difference(NamedTuple):
    """How far one row is ahead of another.

    Attributes:
        row: Its name.
        seeds: The seeds that both rows have.
        mean: Of the differences of mAP over these seeds, in points.
        deviation: Their standard deviation over seeds; None for one seed.
        low, high: The 95 % interval of the mean when the test samples are drawn again, in points.
    """
    row: str
    seeds: int
    mean: float
    deviation: Optional[float]
    low: float
    high: float


def score_files(runs: Sequence[Path]) -> Dict[str, Path]:
    """Seed folder's name -> the score file of a finished run."""
    return {run.name: run / 'scores.npz' for run in runs if (run / 'scores.npz').exists()}


def paired_differences(folder: Path, rows: Sequence[TableRow], other: TableRow,
                       resamples: int = 1000) -> List[Difference]:
    """Each row minus ``other`` on the same test samples, resampled alike for all; none for rows without a common seed.

    Args:
        folder: The table's work dir.
        rows: The rows.
        other: What they are compared with; it may be one of them.
        resamples: How often the test samples are drawn.

    Raises:
        ValueError: Two rows were tested on other samples; names the rows and the seed.
    """
    files = {row.name: score_files(finished(folder, row).runs) for row in (other, *rows)}
    observed, resampled = defaultdict(list), defaultdict(list)
    for seed in sorted(files[other.name]):
        there = {name: f'{name}, {seed}' for name, found in files.items() if seed in found}
        pairs = PairedScores({text: read_score_file(files[name][seed]) for name, text in there.items()}, resamples)
        for name, text in there.items():
            observed[name].append(pairs.difference(text, there[other.name]).value)
            resampled[name].append(pairs.resampled_difference(text, there[other.name]))
    return [_over_seeds(row.name, observed[row.name], np.mean(resampled[row.name], axis=0))
            for row in rows if row.name != other.name and observed[row.name]]


def _over_seeds(name: str, observed: List[float], resampled: np.ndarray) -> Difference:
    mean = float(np.mean(observed))
    deviation = float(np.std(observed, ddof=1)) if len(observed) > 1 else None
    return Difference(name, len(observed), mean, deviation, *centred_interval(resampled, mean))


def write_differences(folder: Path, rows: Sequence[TableRow], other: TableRow) -> str:
    """Write ``differences_<other>.md``, the differences of rows to ``other``; returns the markdown.

    A run of other settings than its row has now is left out, and the page says so. So it does of rows that have no
    finished seed in common with ``other``.
    """
    found = paired_differences(folder, rows, other)
    there = [other, *(row for row in rows if row.name != other.name)]
    lines = [f'# mAP, points ahead of {other.name!r}', '',
             '| row | seeds | difference | interval |', '|---|---|---|---|']
    for each in found:
        deviation = '' if each.deviation is None else f' ± {each.deviation:.2f}'
        lines.append(f'| {each.row} | {each.seeds} | {each.mean:+.2f}{deviation} | {each.low:+.2f} to {each.high:+.2f} |')
    lines += ['', 'Mean and standard deviation over seeds. The interval holds 95 % of the means when the test samples are '
              'drawn again, the same for both rows.', '', *told([finished(folder, row) for row in there])]
    alone = [row.name for row in there[1:] if row.name not in {each.row for each in found}]
    if alone:
        lines += [f'Left out, because no seed of it and of {other.name!r} is finished: {", ".join(map(repr, alone))}.', '']
    text = '\n'.join(lines)
    write_atomically(folder / f'differences_{row_folder(other.name)}.md', text)
    return text
