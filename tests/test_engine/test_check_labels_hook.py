import pytest

from kssnet_mm.engine.check_labels_hook import check_labels
from kssnet_mm.models.label_gcn import label_keys

NAMES = ['cup', 'Tennis racket', 'dog']


def test_order_and_names_are_told_apart():
    keys = label_keys(NAMES)
    check_labels(keys, NAMES)
    check_labels(keys, ['cup', 'tennis_racket', 'dog'])  # spelled otherwise, the same label
    check_labels(keys, None)  # a data set without names cannot be checked
    with pytest.raises(ValueError, match=r"another order\): 0 \('dog'\), 2 \('cup'\)"):
        check_labels(keys, ['dog', 'tennis racket', 'cup'])
    with pytest.raises(ValueError, match=r"the labels are others\): 2 \('cat'\)"):
        check_labels(keys, ['cup', 'tennis racket', 'cat'])
    with pytest.raises(ValueError, match='has 2 classes, the model was made for 3'):
        check_labels(keys, NAMES[:2])
