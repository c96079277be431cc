"""Splits in which every label is on both sides, against splits worked by hand and a random one."""
import numpy as np
import pytest

from kssnet_mm.datasets import stratified_split as module
from kssnet_mm.datasets.stratified_split import stratified_split


def counts(labels, in_val, num_labels):
    """(2, N): how many training and validation samples hold each label."""
    return np.array([[sum(label in held for held, val in zip(labels, in_val) if val == side)
                      for label in range(num_labels)] for side in (False, True)])


def test_single_labels_are_split_by_their_share():
    labels = [[0]] * 10 + [[1]] * 5 + [[]] * 10
    for seed in range(5):
        in_val = stratified_split(labels, 0.2, seed)
        assert counts(labels, in_val, 2).tolist() == [[8, 4], [2, 1]]
        assert in_val[15:].sum() == 2  # of those without a label too


@pytest.mark.parametrize('number, expected', [(1, [1, 0]), (2, [1, 1]), (3, [2, 1]), (9, [7, 2])])
def test_a_rare_label_is_in_both_from_two_samples_on(number, expected):
    """0.2 of two samples is 0.4, which would go to training alone."""
    labels = [[0]] * 91 + [[0, 1]] * number
    in_val = stratified_split(labels, 0.2)
    assert counts(labels, in_val, 2)[:, 1].tolist() == expected


def test_the_rarest_label_decides_first():
    # the two samples of label 1 part; label 0 has the same share as without them
    labels = [[0, 1], [0, 1], [0], [0], [0], [0]]
    for seed in range(5):
        in_val = stratified_split(labels, 1 / 3, seed)
        assert counts(labels, in_val, 2).tolist() == [[4, 1], [2, 1]]


def test_a_sample_moves_back_for_a_label_that_one_side_lacks(monkeypatch):
    labels = [[4], [0, 3], [0, 1, 2, 3], [0, 2]]
    assert (counts(labels, stratified_split(labels, 0.25), 5)[:, [0, 2, 3]] > 0).all()
    monkeypatch.setattr(module, '_move_back', lambda *parts: None)
    assert not (counts(labels, stratified_split(labels, 0.25), 5)[:, [0, 2, 3]] > 0).all()


def test_many_labels_keep_their_frequencies():
    rng = np.random.default_rng(0)
    table = rng.random((2000, 30)) < np.geomspace(0.5, 0.005, 30)
    labels = [np.flatnonzero(row).tolist() for row in table]
    in_val = stratified_split(labels, 0.2)
    assert in_val.sum() == pytest.approx(400, abs=5)
    off = np.abs(table[in_val].sum(0) - 0.2 * table.sum(0))
    assert off.max() <= 3 and np.median(off) < 0.5  # samples
    at_random = rng.random(2000) < 0.2
    assert np.abs(table[at_random].sum(0) - 0.2 * table.sum(0)).max() > 5
    assert (stratified_split(labels, 0.2) == in_val).all() and (stratified_split(labels, 0.2, 1) != in_val).any()


@pytest.mark.parametrize('labels, share, match', [
    ([[0], [0]], 0, 'between 0 and 1, got 0'), ([[0], [0]], 1., 'between 0 and 1, got 1.0'),
    ([[0]], 0.2, 'at least two samples')])
def test_what_cannot_be_split(labels, share, match):
    with pytest.raises(ValueError, match=match):
        stratified_split(labels, share)
