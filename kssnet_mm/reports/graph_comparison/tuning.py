"""The same effort for every arm: as many candidates, scored on folds of the training samples."""
from typing import Callable, Dict, List, NamedTuple, Optional, Sequence

import numpy as np
import torch

from kssnet_mm.evaluation.functional import average_precision

from .arms import Sources, neighbours
from .counts import Counts
from .logistic import Weights, fit, rotation

# Training samples from which there are three folds in the place of five, and from which one fold in five is enough.
THREE_FOLDS_FROM, ONE_FOLD_FROM = 200, 1500


class Candidate(NamedTuple):
    """A decay relative to the number of features, and eta (None where an arm has none)."""
    decay: float
    eta: Optional[float]


def candidates(decays: Sequence[float], etas: Sequence[float], has_graph: bool) -> List[Candidate]:
    """What is tried of an arm: decays x etas, or equally many decays over the same range without a graph."""
    if has_graph:
        return [Candidate(decay, eta) for decay in decays for eta in etas]
    finer = np.geomspace(min(decays), max(decays), len(decays) * len(etas))
    return [Candidate(float(decay), None) for decay in finer]


class Part(NamedTuple):
    """Training samples as the solver takes them.

    Attributes:
        x: Rotated features, n x R.
        targets: n x N.
        deviation: (R,).
        features: F, the number of features before the rotation, which decays are relative to.
        project: Other samples' features -> the same basis.
    """
    x: torch.Tensor
    targets: torch.Tensor
    deviation: np.ndarray
    features: int
    project: Callable[[np.ndarray], torch.Tensor]

    @classmethod
    def of(cls, features: np.ndarray, targets: np.ndarray) -> 'Part':
        """n x F and n x N."""
        found = rotation(features)
        return cls(found(features), torch.from_numpy(targets).float(), found.deviation, features.shape[1], found)

    def solve(self, candidate: Candidate, p: Optional[np.ndarray]) -> Weights:
        """The classifier of one candidate; ``p`` is the arm's P."""
        sharing = None
        if p is not None:
            sharing = candidate.eta * p + (1 - candidate.eta) * np.eye(len(p))
        return fit(self.x, self.targets, self.deviation, sharing, candidate.decay * self.features)


def mean_ap(scores: np.ndarray, targets: np.ndarray) -> float:
    """mAP over the labels with a positive; NaN where there is none."""
    found = average_precision(scores, targets)
    return float(np.nanmean(found)) if np.isfinite(found).any() else float('nan')


def folds(samples: int, rng: np.random.Generator) -> List[np.ndarray]:
    """Positions held out: five folds, three of more samples, one fifth alone of many."""
    number = 3 if THREE_FOLDS_FROM <= samples < ONE_FOLD_FROM else 5
    parts = np.array_split(rng.permutation(samples), number)
    return parts[:1] if samples >= ONE_FOLD_FROM else parts


class Folds:
    """Training samples divided once, for all arms and candidates."""

    def __init__(self, features: np.ndarray, targets: np.ndarray, rng: np.random.Generator) -> None:
        self.targets, self.held_out = targets, folds(len(targets), rng)
        self.parts, self.tests = [], []
        for held_out in self.held_out:
            rest = np.setdiff1d(np.arange(len(targets)), held_out)
            self.parts.append(Part.of(features[rest], targets[rest]))
            self.tests.append(self.parts[-1].project(features[held_out]))

    def statistics(self, name: str, sources: Sources) -> List[Optional[np.ndarray]]:
        """The arm's P for each fold, without the labels that are held out."""
        return [neighbours(name, sources._replace(own=sources.own.minus(Counts.of(self.targets[held_out]))))
                for held_out in self.held_out]

    def score(self, solutions: Sequence) -> float:
        """mAP over the samples of all folds, from each fold's solution (anything with ``logits``).

        A fold that holds a positive out has one less to train on, and its bias is lower: pooled as they are, logits
        would rank held-out positives behind other folds' negatives. Each fold's mean training logits come off first.
        """
        logits = [solution.logits(x) - solution.logits(part.x).mean(0)
                  for solution, part, x in zip(solutions, self.parts, self.tests)]
        index = np.concatenate(self.held_out)
        return mean_ap(torch.cat(logits).numpy(), self.targets[index])


def tune(found: Folds, name: str, sources: Sources, tried: Sequence[Candidate]) -> Dict[Candidate, float]:
    """mAP on the held-out samples for each candidate of an arm."""
    ps = found.statistics(name, sources)
    return {candidate: found.score([part.solve(candidate, p) for part, p in zip(found.parts, ps)])
            for candidate in tried}
