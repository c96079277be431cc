"""Thresholds as users give them."""
import json
from collections import OrderedDict

import numpy as np
import pytest

from kssnet_mm.utils.thresholds import Thresholds, read_thresholds

TABLE = OrderedDict(cup=.1, cat=.7, dog=.5)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / 'thr.json'
    path.write_text(json.dumps(dict(objective='overall', thresholds=TABLE)))
    return str(path)


def test_names_decide_not_the_order(file):
    for given in (file, dict(TABLE)):
        assert read_thresholds(given).for_classes(3, ['cat', 'cup', 'dog']).tolist() == [.7, .1, .5]


def test_numbers_and_lists(tmp_path):
    assert read_thresholds(.25).for_classes(3) == .25 and read_thresholds(0).for_classes(3) == 0.
    assert read_thresholds(np.array([.25, 1])).for_classes(2, ['a', 'b']).tolist() == [.25, 1]
    (tmp_path / 'list.json').write_text('[0.5, 0.25]')
    assert read_thresholds(tmp_path / 'list.json').for_classes(2).tolist() == [.5, .25]


@pytest.mark.parametrize('classes, message', [
    (['cat', 'cup', 'cow'], "no threshold for 'cow' and thresholds for 'dog', which are no classes here"),
    (['cat', 'cup', 'dog', 'a', 'b', 'c', 'd'], "no threshold for 'a', 'b', 'c' and 1 more"),
    (['cat', 'cup'], "has thresholds for 'dog', which are no classes here"),
    (['cat', 'cat', 'dog'], "classes share a name: 'cat'"), (None, 'the classes have no names here')])
def test_other_names_are_refused(file, classes, message):
    with pytest.raises(ValueError, match=f'thr.json .*{message}'):
        read_thresholds(file).for_classes(3, classes)


@pytest.mark.parametrize('text, message', [
    ('{"a": 0.5', 'thr.json is not a json file of thresholds: .*line 1'), ('', 'thr.json is not a json file'),
    ('"a"', "thr.json is not a json file of thresholds: expected .* got 'a'"), ('{}', 'thr.json is not'),
    ('{"a": 1.5}', "got 1.5 for 'a' in .*thr.json"), ('{"a": NaN}', "got nan for 'a' in .*thr.json"),
    ('{"a": "0.5"}', "got '0.5' for 'a' in"), ('{"a": null}', "got None for 'a' in"),
    ('{"a": true}', "got True for 'a' in"), ('[0.5, -1]', 'got -1 in .*thr.json'),
    ('{"a": 0.5, "a": 0.6}', "thr.json is not .*'a' are in it more than once")])
def test_broken_files_are_named(tmp_path, text, message):
    (tmp_path / 'thr.json').write_text(text)
    with pytest.raises(ValueError, match=message):
        read_thresholds(str(tmp_path / 'thr.json'))


@pytest.mark.parametrize('thr, message', [(1.5, 'got 1.5'), (float('nan'), 'got nan'),
                                          ([.5, 2], r'got 2 in \[0.5, 2\]'), (True, 'got True')])
def test_values_outside_0_to_1(thr, message):
    with pytest.raises(ValueError, match=f'between 0 and 1, {message}'):
        read_thresholds(thr)


def test_another_number_than_classes():
    with pytest.raises(ValueError, match=r'\[0.5, 0.25\] holds 2 thresholds for 3 classes'):
        read_thresholds([.5, .25]).for_classes(3)


def test_names_are_compared_as_those_of_labels():
    found = Thresholds({'Dining_Table': .25, 'cat': .5}, 'file').for_classes(2, ['cat', 'dining table'])
    assert found.tolist() == [.5, .25]
    with pytest.raises(ValueError, match="thresholds share a name: 'dining table'"):
        Thresholds({'Dining_Table': .25, 'dining table': .5}, 'file').for_classes(2, ['cat', 'dining table'])
