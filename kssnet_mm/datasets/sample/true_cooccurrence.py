"""What the true distribution of the sample data's labels makes of a network's scores. No label graph knows more.

The labels of a sample belong to one theme out of four, equally likely; within a theme they are drawn independently. So
the probability of each label, given what a network says about every label, can be computed. This is no strict bound on
what a graph can add: what the scores hold of co-occurrence already is counted again.
"""
from typing import Sequence

import numpy as np

from . import charades, coco

EDGE = 1e-6  # scores of 0 and 1 say no more than these


def label_chances(world: str, labels: Sequence[str]) -> np.ndarray:
    """P(label | theme), T x N.

    The stray label of another theme counts as independent, with the same chance for each label.

    Args:
        world: 'image' or 'video'.
        labels: N names of that world's labels.
    """
    drawn = dict(image=coco, video=charades)[world]
    names = [label.casefold() for label in labels]
    chances = np.zeros((len(drawn.THEMES), len(labels)))
    for row, theme in zip(chances, drawn.THEMES.values()):
        for name, chance in theme.items():
            row[names.index(name.casefold())] = chance
        absent = row == 0
        row[absent] = drawn.STRAY / absent.sum()
    return chances


def refine(scores: np.ndarray, chances: np.ndarray) -> np.ndarray:
    """P(label | scores), n x N.

    A score s of a label with frequency f is evidence with the likelihood ratio r = [s / (1 - s)] / [f / (1 - f)].
    With p = P(label | theme), a theme has the weight prod (p r + 1 - p), and in it a label has p r / (p r + 1 - p).

    Args:
        scores: n x N probabilities of a network.
        chances: T x N of :func:`label_chances`.
    """
    s, f = np.clip(scores.astype(np.float64), EDGE, 1 - EDGE), chances.mean(axis=0)
    ratio = (s / (1 - s) / (f / (1 - f)))[:, None]
    present = chances * ratio
    either = present + 1 - chances
    weight = np.log(either).sum(axis=2)
    weight = np.exp(weight - weight.max(axis=1, keepdims=True))
    weight /= weight.sum(axis=1, keepdims=True)
    return (weight[..., None] * present / either).sum(axis=1)


def theme_scores(targets: np.ndarray, chances: np.ndarray) -> np.ndarray:
    """P(label | theme of the sample), n x N: the scores of one who knows the likeliest theme and sees nothing else."""
    held = targets[:, None] == 1
    likelihood = np.where(held, np.log(chances), np.log(1 - chances)).sum(axis=2)
    return chances[likelihood.argmax(axis=1)]
