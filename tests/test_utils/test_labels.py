"""Names of labels: what is the same name, and lists of names that do not agree."""
import numpy as np
import pytest

from kssnet_mm.annotations.class_list import column_names
from kssnet_mm.utils.labels import LabelMismatchError, canonical_label, check_places, index_labels, match_labels

NAMES = ['cup', 'Tennis racket', 'dog']


def test_names_are_the_same_in_another_case_and_with_underscores():
    assert canonical_label(' Traffic_Light') == canonical_label('traffic  light') != canonical_label('traffic-light')
    assert index_labels(NAMES) == {'cup': 0, 'tennis racket': 1, 'dog': 2}
    with pytest.raises(LabelMismatchError, match="label 'DOG' at position 3 repeats 'dog' at position 2"):
        index_labels([*NAMES, 'DOG'])
    assert match_labels(['dog', 'tennis_racket'], NAMES, subset=True).tolist() == [2, 1]
    with pytest.raises(LabelMismatchError, match="of x do not match; it lacks 1: 'cat'; it has 1 .*: 'dog'"):
        match_labels(['cup', 'cat', 'tennis racket'], NAMES, where='x')


def test_names_may_be_translated_but_not_moved():
    check_places(['Tasse', 'Schläger', 'Hund'], NAMES, 'a.txt', 'm.pth')
    check_places(['Tasse', 'TENNIS_RACKET', 'Hund'], NAMES, 'a.txt', 'm.pth')
    with pytest.raises(LabelMismatchError, match="a.txt has names of m.pth in another order: 0 is 'dog' in a.txt and "
                                                 "'cup' in m.pth$"):
        check_places(['dog', 'Schläger', 'Hund'], NAMES, 'a.txt', 'm.pth')


def test_columns_have_the_names_of_their_file(tmp_path):
    path = tmp_path / 'list.txt'
    path.write_text('\n'.join(NAMES))
    assert column_names(None, None, 'f') is None and column_names(None, path, 'f') == NAMES
    assert column_names(NAMES, None, 'f') == NAMES
    own = ['Cup', 'tennis_racket', 'dog']
    assert column_names(np.array(own), path, 'f') == own
    with pytest.raises(LabelMismatchError, match="the class list has names of f in another order: 0 is 'cup'"):
        column_names(NAMES[::-1], path, 'f')
    with pytest.raises(LabelMismatchError, match="the labels of f do not match; it lacks 1: 'dog'"):
        column_names(['cup', 'tennis racket', 'cat'], path, 'f')
