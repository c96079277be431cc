"""The report of a comparison: rows of its tables worked by hand."""
import numpy as np
import pytest

from kssnet_mm.reports.graph_comparison.comparison import Comparison
from kssnet_mm.reports.graph_comparison.false_positives import FalsePositives
from kssnet_mm.reports.graph_comparison.report import false_positive_rows, frequency_rows, worst_labels
from kssnet_mm.reports.graph_comparison.tuning import Candidate


@pytest.fixture()
def by_hand():
    """Two seeds and three labels, of which the second is the rarest; the test samples do not have the last in one."""
    found = Comparison(['a', 'b', 'c'], 9, 9, 0, positives=np.array([[9, 1, 5], [9, 3, 5]]))
    found.tuned = dict.fromkeys(('plain', 'identity', 'rows'), [Candidate(.1, .3)] * 2)
    found.average_precision = dict(identity=np.array([[.5, .5, .5], [.5, .5, np.nan]]),
                                   rows=np.array([[.6, .7, .5], [.7, .7, np.nan]]))
    there, absent = np.array([4, 2, 4]), np.array([10, 10, 0])
    found.false_positives = {arm: [FalsePositives(there, np.array(with_), absent, np.array(without))
                                   for with_, without in seeds]
                             for arm, seeds in dict(identity=[([0, 0, 2], [1, 0, 0])] * 2,
                                                    rows=[([1, 2, 1], [1, 0, 0]), ([3, 2, 1], [0, 3, 0])]).items()}
    return found


def test_gains_by_frequency_by_hand(by_hand):
    """b: 20 and 20 points; c: 0 in the seed that has it; a: 10 and 20."""
    assert frequency_rows(by_hand) == [['rows', '+20.00', '+0.00', '+15.00']]


def test_shares_of_false_positives_by_hand(by_hand):
    """With the partner 4 and 6 of 10, without it 1 and 3 of 20."""
    assert false_positive_rows(by_hand) == [['identity', '20.00', '5.00'], ['rows', '50.00', '10.00']]


def test_labels_with_more_false_positives_by_hand(by_hand):
    """b: 2 of 2 in the place of 0; a: 1 and 3 of 4 in the place of 0; c has fewer."""
    assert worst_labels(by_hand, 'rows') == [['b', '0.0', '100.0'], ['a', '0.0', '50.0']]
    assert worst_labels(by_hand, 'rows', most=1) == [['b', '0.0', '100.0']]
