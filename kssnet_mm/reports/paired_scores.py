"""What the scores of several models on the same samples show: mAP of each and paired differences, with intervals."""
from typing import Dict, NamedTuple, Sequence, Tuple

import numpy as np

from kssnet_mm.evaluation.functional import ScoreFile, average_precision

from .graph_comparison.bootstrap import centred_interval, draw_weights, resampled_map


class Interval(NamedTuple):
    """A value on the samples, and the 95 % interval of it over resampled samples."""
    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f'{self.value:.1f} [{self.low:.1f}, {self.high:.1f}]'


class PairedScores:
    """mAP, in points, of models that were tested on the same samples.

    Test samples are drawn again with replacement, the same draws for every model, so that the interval of a difference
    is narrower than those of the two values. It is about test samples alone: how far another training, from another
    seed, would come out is not in it.

    Args:
        files: Name of a model -> its scores, with targets.
        resamples: Number of draws.

    Raises:
        ValueError: Files have no targets, or are of other samples or classes; names the two models.
    """

    def __init__(self, files: Dict[str, ScoreFile], resamples: int = 1000) -> None:
        first, *others = files
        self.samples = len(files[first].scores)
        for name in files:
            if files[name].targets is None:
                raise ValueError(f'the scores of {name!r} have no targets')
        for name in others:
            a, b = files[first], files[name]
            if not (np.array_equal(a.targets, b.targets) and a.classes == b.classes and a.ids == b.ids):
                raise ValueError(f'{first!r} and {name!r} were not tested on the same samples and classes in the same '
                                 'order')
        weights = draw_weights(self.samples, resamples)
        self._values = {name: 100 * float(np.nanmean(average_precision(file.scores, file.targets)))
                        for name, file in files.items()}
        self._resampled = {name: 100 * resampled_map(file.scores, file.targets, weights)
                           for name, file in files.items()}

    def mean_ap(self, name: str) -> Interval:
        """mAP of a model."""
        value = self._values[name]
        return Interval(value, *centred_interval(self._resampled[name], value))

    def difference(self, name: str, base: str) -> Interval:
        """mAP of a model less that of another one."""
        value = self._values[name] - self._values[base]
        return Interval(value, *centred_interval(self.resampled_difference(name, base), value))

    def resampled_difference(self, name: str, base: str) -> np.ndarray:
        """The difference in every draw of the test samples; the same draws for any two models and any seed."""
        return self._resampled[name] - self._resampled[base]


def compared(name: str, base: str, difference: Interval) -> str:
    """What a paired difference shows of two models, in words that hold for any numbers."""
    if difference.low > 0:
        return f'{name} is ahead of {base} by {difference} points of mAP'
    if difference.high < 0:
        ahead = Interval(-difference.value, -difference.high, -difference.low)
        return f'{name} is behind {base} by {ahead} points of mAP'
    return f'no difference between {name} and {base} can be shown ({difference} points of mAP)'


def findings(found: PairedScores, pairs: Sequence[Tuple[str, str]], what: str) -> str:
    """One line about trained models: the number of samples, and what each (name, base) pair shows.

    Args:
        found: The scores.
        pairs: (name, base) by the names of ``found``.
        what: What the samples are, as in 'images'.
    """
    told = '; '.join(compared(name, base, found.difference(name, base)) for name, base in pairs)
    return f'On these {found.samples} {what}, of one training each: {told}.'
