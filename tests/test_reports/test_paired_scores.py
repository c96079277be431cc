"""Intervals of paired differences, and sentences that hold for any numbers."""
import numpy as np
import pytest

from kssnet_mm.evaluation.functional import ScoreFile
from kssnet_mm.reports.paired_scores import Interval, PairedScores, compared, findings


def models(n=200, labels=3, seed=0, **noise):
    """Scores that are the targets plus noise of a model's own size."""
    rng = np.random.default_rng(seed)
    targets = (rng.random((n, labels)) < .3).astype(int)
    return {name: ScoreFile(targets + size * rng.normal(size=(n, labels)), targets, ['a', 'b', 'c'],
                            [str(i) for i in range(n)]) for name, size in noise.items()}


def test_mean_ap_by_hand():
    """Label a: positives at ranks 1 and 3, (1 + 2/3) / 2; label b: at rank 2, 1/2. Their mean is .6667."""
    scores = np.array([[.9, .9], [.8, .8], [.7, .1]])
    file = ScoreFile(scores, np.array([[1, 0], [0, 1], [1, 0]]))
    found = PairedScores(dict(one=file, two=file), resamples=20)
    assert found.mean_ap('one').value == pytest.approx(100 * (5 / 6 + 1 / 2) / 2)
    assert found.difference('one', 'two') == (0, 0, 0) and found.samples == 3


def test_a_paired_interval_is_that_of_a_second_resampling():
    """Against a bootstrap in a loop, by scikit-learn; both resample at random, hence the tolerance."""
    from sklearn.metrics import average_precision_score
    files = models(n=120, good=.4, bad=.8)
    found = PairedScores(files, resamples=400).difference('good', 'bad')
    rng, drawn = np.random.default_rng(1), []
    for _ in range(400):
        rows = rng.integers(0, 120, 120)
        values = [100 * average_precision_score(file.targets[rows], file.scores[rows], average='macro')
                  for file in (files['good'], files['bad'])]
        drawn.append(values[0] - values[1])
    low, high = np.quantile(drawn - np.mean(drawn) + found.value, [.025, .975])
    assert found.low == pytest.approx(low, abs=3) and found.high == pytest.approx(high, abs=3)
    assert 0 < found.low < found.value < found.high
    # pairing: the two models see the same samples, so that the difference is surer than each of the values
    alone = PairedScores(files, resamples=400).mean_ap('bad')
    assert found.high - found.low < 2 * (alone.high - alone.low)


@pytest.mark.parametrize('difference, said', [
    (Interval(2, 1, 3), 'A is ahead of B by 2.0 [1.0, 3.0] points of mAP'),
    (Interval(-2, -3, -1), 'A is behind B by 2.0 [1.0, 3.0] points of mAP'),
    (Interval(2, -1, 5), 'no difference between A and B can be shown (2.0 [-1.0, 5.0] points of mAP)'),
    (Interval(0, 0, 0), 'no difference between A and B can be shown (0.0 [0.0, 0.0] points of mAP)')])
def test_a_sentence_goes_by_the_interval_and_not_by_the_value(difference, said):
    assert compared('A', 'B', difference) == said


def test_the_line_tells_every_pair():
    found = PairedScores(models(good=.3, bad=2., same=2.), resamples=200)
    line = findings(found, [('good', 'bad'), ('bad', 'good'), ('bad', 'same')], 'images')
    assert line.startswith('On these 200 images, of one training each: good is ahead of bad by ')
    assert '; bad is behind good by ' in line and 'no difference between bad and same can be shown (' in line


def test_other_samples_are_refused():
    a, b = models(a=.1)['a'], models(b=.1, seed=1)['b']
    with pytest.raises(ValueError, match="'a' and 'b' were not tested on the same samples"):
        PairedScores(dict(a=a, b=b))
    with pytest.raises(ValueError, match="of 'a' have no targets"):
        PairedScores(dict(a=ScoreFile(a.scores)))
