"""Splitting samples into training and validation so that every label is in both."""
from typing import List, Sequence

import numpy as np


def stratified_split(labels: Sequence[Sequence[int]], share: float, seed: int = 0) -> np.ndarray:
    """Bool (n,): whether each sample goes to validation.

    Iterative stratification (Sechidis, Tsoumakas and Vlahavas, *On the Stratification of Multi-Label Data*, ECML PKDD
    2011, figure 1) for two subsets, which gives out the samples of the rarest label first. Two things are ours. A
    label of at least two samples wants one of them in each subset, however small its share is. Where other labels
    took that sample away, one is moved back at the end if no label loses its last sample on the other side. Published
    packages do not promise this: iterative-stratification 0.1.9 asks for 0.4 of two samples in a part of 20 percent and
    gives both to training.

    Args:
        labels: Of n samples, the positions of the labels that each holds.
        share: Share of validation, between 0 and 1.
        seed: Seed of the order of the samples.

    Raises:
        ValueError: ``share`` is out of range, or there are fewer than two samples.
    """
    if not 0 < share < 1:
        raise ValueError(f'the share of validation must be between 0 and 1, got {share}')
    if len(labels) < 2:
        raise ValueError(f'there must be at least two samples to split, got {len(labels)}')
    sets = [sorted(set(held)) for held in labels]
    names = sorted({label for held in sets for label in held})
    holders = {label: [] for label in names}
    for sample, held in enumerate(sets):
        for label in held:
            holders[label].append(sample)
    shares = np.array([1 - share, share])  # training, validation
    wanted = shares * len(sets)
    wanted_of = {label: shares * len(found) for label, found in holders.items()}
    for label, found in holders.items():
        if len(found) > 1:
            wanted_of[label] = np.clip(wanted_of[label], 1, len(found) - 1)
    rank = np.random.default_rng(seed).permutation(len(sets))  # in this order the samples are given out
    where = np.full(len(sets), -1)
    waiting = {label: len(found) for label, found in holders.items()}

    def give(sample: int, subset: int) -> None:
        where[sample] = subset
        wanted[subset] -= 1
        for label in sets[sample]:
            wanted_of[label][subset] -= 1
            waiting[label] -= 1

    while any(waiting.values()):
        rarest = min((label for label in names if waiting[label]), key=waiting.__getitem__)
        for sample in sorted((i for i in holders[rarest] if where[i] < 0), key=rank.__getitem__):
            give(sample, max((0, 1), key=lambda s: (wanted_of[rarest][s], wanted[s])))
    for sample in np.flatnonzero(where < 0).tolist():  # without any label
        give(sample, int(wanted[1] > wanted[0]))
    _move_back(sets, holders, where)
    return where == 1


def _move_back(sets: List[List[int]], holders: dict, where: np.ndarray) -> None:
    """Give each label that one subset lacks a sample of the other one, where no label is lost by it."""
    for found in holders.values():
        there = {int(where[i]) for i in found}
        if len(found) < 2 or len(there) == 2:
            continue
        here, = there
        spare = [i for i in found if all(sum(where[j] == here for j in holders[other]) > 1 for other in sets[i])]
        if spare:
            where[min(spare, key=lambda i: len(sets[i]))] = 1 - here
