"""What co-occurrence can break: a label is predicted because its partner is there."""
from typing import NamedTuple

import numpy as np


class FalsePositives(NamedTuple):
    """Of N labels: how many negatives with and without the label's partner, and how many of each are predicted."""
    with_partner: np.ndarray
    predicted_with: np.ndarray
    without_partner: np.ndarray
    predicted_without: np.ndarray

    def rates(self) -> tuple:
        """Shares of predicted negatives over all labels: (partner there, partner not there)."""
        return (self.predicted_with.sum() / max(self.with_partner.sum(), 1),
                self.predicted_without.sum() / max(self.without_partner.sum(), 1))


def partners(neighbour: np.ndarray) -> np.ndarray:
    """(N,) the label from which each borrows most in P (N x N); -1 for a label without neighbours."""
    others = neighbour.copy()
    np.fill_diagonal(others, 0)
    return np.where(others.max(axis=1) > 0, others.argmax(axis=1), -1)


def conditional_false_positives(scores: np.ndarray, targets: np.ndarray, partner: np.ndarray) -> FalsePositives:
    """Count negatives that are predicted.

    As many samples are predicted for each label as hold it, those of the highest scores: arms whose probabilities
    are calibrated differently compare.

    Args:
        scores: n x N.
        targets: n x N of 1, 0 and -1.
        partner: (N,) of :func:`partners`.
    """
    counts = np.zeros((4, targets.shape[1]), dtype=np.int64)
    for label, other in enumerate(partner):
        known = targets[:, label] >= 0
        number = int((targets[known, label] == 1).sum())
        if other < 0 or number == 0:
            continue
        predicted = np.zeros(known.sum(), dtype=bool)
        predicted[np.argsort(-scores[known, label], kind='stable')[:number]] = True
        negative = targets[known, label] == 0
        there = targets[known, other] == 1
        absent = targets[known, other] == 0
        counts[:, label] = ((negative & there).sum(), (negative & there & predicted).sum(),
                            (negative & absent).sum(), (negative & absent & predicted).sum())
    return FalsePositives(*counts)
