import os

import numpy as np
import pytest

from kssnet_mm.evaluation.functional import read_submission, write_submission


def test_comes_back(tmp_path):
    path, scores = tmp_path / 'sub.txt', np.array([[0.25, 1.0], [1e-7, 0.5], [0.125, 0.75]])
    write_submission(path, ['B', 'A', 'X'], scores)
    ids, back = read_submission(path, 2)
    assert ids == ['B', 'A', 'X']
    np.testing.assert_array_equal(back, scores)
    assert [p.name for p in tmp_path.iterdir()] == ['sub.txt']


@pytest.mark.parametrize('text, message', [
    ('A 1 2\nB 1\n', ':2: 1 scores, 2 classes'), ('A 1 2\n\nA 1 2\n', ":3: id 'A' was already on line 1"),
    ('A 1 x\n', ':1: could not convert'), ('A 1 nan\n', ':1: a score is NaN')])
def test_faults_are_named_by_line(tmp_path, text, message):
    (tmp_path / 's.txt').write_text(text)
    with pytest.raises(ValueError, match=f's.txt{message}'):
        read_submission(tmp_path / 's.txt', 2)


@pytest.mark.parametrize('ids, message', [
    (['A', 'B', 'A'], "come more than once: 'A'"), (['A', 'B', ''], "one word without blanks, not ''"),
    (['A', 'B', os.fsdecode(b'caf\xe9')], r"must be UTF-8, not 'caf\\udce9': rename"),
    (['A', 'B', 'my video'], "not 'my video'"), (['A', 'B'], '2 ids for 3 rows')])
def test_what_could_not_be_read_back_is_not_written(tmp_path, ids, message):
    with pytest.raises(ValueError, match=message):
        write_submission(tmp_path / 's.txt', ids, np.zeros((3, 2)))
    assert not list(tmp_path.iterdir())


def test_a_nan_is_not_written(tmp_path):
    with pytest.raises(ValueError, match="score of 'B' is NaN"):
        write_submission(tmp_path / 's.txt', ['A', 'B'], np.array([[0, 1], [np.nan, 0]]))
