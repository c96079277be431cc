"""mAP of resampled test samples and its interval: by hand and by scikit-learn."""
import numpy as np
from sklearn.metrics import average_precision_score

from kssnet_mm.reports.graph_comparison.bootstrap import (centred_interval, draw_weights, resampled_map,
                                                          weighted_average_precision)


def test_average_precision_of_a_resample_by_hand():
    """Scores .9 .8 .8 .1 with positives first and third; the second resample drew the samples 2, 0, 1 and 1 times.

    All once: the tie of the second and third is one threshold with precision 2/3, so AP = (1 + 2/3) / 2.
    Drawn 2, 0, 1, 1 times: three positives; precisions 2/2 for two of them and 3/3 for one.
    Drawn 0, 3, 1, 0 times: one positive among four of a score: 1/4.
    """
    scores, positive = np.array([.9, .8, .8, .1]), np.array([True, False, True, False])
    weights = np.array([[1, 1, 1, 1], [2, 0, 1, 1], [0, 3, 1, 0], [0, 4, 0, 0]]).T
    got = weighted_average_precision(scores, positive, weights)
    np.testing.assert_allclose(got, [5 / 6, 1, 1 / 4, np.nan], rtol=1e-6)


def test_resampled_map_equals_scikit_learn():
    rng = np.random.default_rng(1)
    scores, targets = rng.integers(0, 9, size=(40, 3)) / 9, (rng.random((40, 3)) < .3).astype(np.int8)
    targets[:10, 1] = -1
    weights = draw_weights(40, 6)
    assert weights.shape == (40, 6) and (weights.sum(axis=0) == 40).all()
    expected = []
    for row in weights.T:
        aps = [average_precision_score(targets[known, j], scores[known, j], sample_weight=row[known])
               for j in range(3) for known in [targets[:, j] >= 0]]
        expected.append(np.mean(aps))
    np.testing.assert_allclose(resampled_map(scores, targets, weights), expected, rtol=1e-6)


def test_an_interval_lies_around_what_was_observed():
    """101 values from 0 to 1 leave .025 out at each end; their mean .5 moves to .7."""
    np.testing.assert_allclose(centred_interval(np.linspace(0, 1, 101), .7), (.225, 1.175))
    np.testing.assert_allclose(centred_interval(np.full(9, .3), .1), (.1, .1))


def test_resamples_lift_the_precision_of_rare_labels():
    """Why intervals are moved: one positive of rank 2 has AP 1/2; drawn twice, it has 2/3 and more."""
    scores, targets = np.linspace(1, 0, 50)[:, None], np.zeros((50, 1), np.int8)
    targets[1] = 1
    assert np.nanmean(resampled_map(scores, targets, draw_weights(50, 400))) > .6
