"""One sentence: whether a label graph pays, and the config lines that go with it."""
from typing import NamedTuple, Optional, Sequence, Tuple

import numpy as np

from .arms import ARMS
from .bootstrap import centred_interval
from .comparison import Comparison

GRAPHS = ('cooccurrence', 'mlgcn', 'rows', 'vectors', 'conceptnet', 'both')


class Gain(NamedTuple):
    """A paired difference of mAP in points.

    Attributes:
        mean: Over seeds.
        deviation: Standard deviation over seeds; None of one seed.
        low, high: 95 % interval over test samples.
        error: Standard error over seeds; None of one seed.
    """
    mean: float
    deviation: Optional[float]
    low: float
    high: float
    error: Optional[float] = None

    @property
    def sure(self) -> bool:
        """Whether it is above 0 for the test samples (interval) and for the seeds (two standard errors)."""
        return self.low > 0 and self.error is not None and self.mean > 2 * self.error


def gain(found: Comparison, arm: str, base: str) -> Gain:
    """Of an arm over another."""
    points = 100 * (found.mean_ap(arm) - found.mean_ap(base))
    deviation = float(np.std(points, ddof=1)) if len(points) > 1 else None
    low, high = centred_interval(100 * (found.resampled[arm] - found.resampled[base]), float(points.mean()))
    error = None if deviation is None else deviation / len(points)**0.5
    return Gain(float(points.mean()), deviation, low, high, error)


def chosen_graph(found: Comparison) -> Optional[str]:
    """The graph with the highest mAP on the FOLDS, so that its test interval was not used to choose it."""
    there = [name for name in GRAPHS if name in found.validation]
    return max(there, key=lambda name: np.nanmean(found.validation[name])) if there else None


def eta_of(found: Comparison, arm: str) -> float:
    """Median over seeds of the chosen eta."""
    return float(np.median([candidate.eta for candidate in found.tuned[arm]]))


def narrow_range(found: Comparison, decays: Sequence[float]) -> str:
    """A sentence about arms whose decay was chosen at an end of the range in most seeds; '' where there are none.

    Their best decay may lie beyond it. An arm that would like another one then differs from the others by more than its
    graph, because sharing weights changes how strongly a decay holds.
    """
    ends = (min(decays), max(decays))
    arms = [arm for arm, chosen in found.tuned.items() if arm not in ('identity', 'refinement')
            and np.isclose([[one.decay, one.decay] for one in chosen], ends).any(axis=1).mean() > 0.5]
    return '' if not arms else (f'The weight decay of {", ".join(arms)} was chosen at an end of the range that was tried '
                                f'({ends[0]:g} to {ends[1]:g}) in most seeds: try a wider one by --decays.')


def advise(found: Comparison) -> Tuple[Optional[str], str]:
    """(the arm to take, None for none; the sentence)."""
    arm = chosen_graph(found)
    if arm is None:
        return None, 'No arm with a graph was run, so there is nothing to advise.'
    own = gain(found, arm, 'identity')
    said = f'{own.mean:+.2f} points of mAP over A = I (95 % interval {own.low:+.2f} to {own.high:+.2f})'
    real = False
    if 'shuffled' in found.tuned:
        over = gain(found, arm, 'shuffled')
        real = over.sure
        said += f', {over.mean:+.2f} over the shuffled control ({over.low:+.2f} to {over.high:+.2f})'
    if own.error is None:
        said += ', from one seed, which makes nothing sure'
    extra = _extra(found)
    if own.sure and real:
        return arm, (f'A label graph pays on these data: {ARMS[arm]}, eta {eta_of(found, arm):.2g}, gave '
                     f'{said}{extra}.')
    if own.high < 0:
        return None, (f'Leave the label graph out on these data: the best one on the folds ({ARMS[arm]}) lost, '
                      f'{said}{extra}.')
    return None, (f'A label graph shows no sure gain on these data: the best one on the folds ({ARMS[arm]}) gave '
                  f'{said}{extra}.')


def _extra(found: Comparison) -> str:
    """What more label rows and knowledge are worth, where arms tell."""
    parts = []
    if 'rows' in found.tuned and 'cooccurrence' in found.tuned:
        more = gain(found, 'rows', 'cooccurrence')
        verb = 'add' if more.sure else 'add no sure gain:'
        parts.append(f'{found.rows} label rows without features {verb} {more.mean:+.2f} '
                     f"to the training samples' own statistics")
    for name, words in (('vectors', 'word vectors alone give'), ('conceptnet', 'the knowledge graph alone gives')):
        if name in found.tuned:
            known = gain(found, name, 'identity')
            parts.append(f'{words} {known.mean:+.2f} ({known.low:+.2f} to {known.high:+.2f})')
    return ''.join(f'; {part}' for part in parts)

