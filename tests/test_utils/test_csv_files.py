"""Csv files of ours hold no formulas."""
import csv

import numpy as np
import pytest

from kssnet_mm.evaluation.functional import per_class_table, write_per_class_csv
from kssnet_mm.utils.csv_files import quoted, write_csv


@pytest.mark.parametrize('cell, expected', [
    ('=1+1', "'=1+1"), ('+cmd|x', "'+cmd|x"), ('-2+3', "'-2+3"), ('@SUM(A1)', "'@SUM(A1)"), ('\t=1', "'\t=1"),
    ('\r=1', "'\r=1"), ('\n=1', "'\n=1"), ('\uff1d1', "'\uff1d1"), ('dog', 'dog'), ('a=1', 'a=1'), ('', ''),
    ('-0.5', '-0.5'), ('+1e-3', '+1e-3'), ('-', '-'), (-2, -2), (None, None)])
def test_what_begins_like_a_formula_is_quoted_and_numbers_are_not(cell, expected):
    assert quoted(cell) == expected


def test_rows_come_back(tmp_path):
    write_csv(tmp_path / 'a.csv', [['a', 'b'], ['x,"y"', -1.5], ['=1', 'ä\nö']])
    assert (tmp_path / 'a.csv').read_bytes().startswith(b'a,b\n')
    with open(tmp_path / 'a.csv', encoding='utf-8', newline='') as file:
        assert list(csv.reader(file)) == [['a', 'b'], ['x,"y"', '-1.5'], ["'=1", 'ä\nö']]


def test_names_of_classes(tmp_path):
    table = per_class_table(np.array([[.9, .1]]), np.array([[1, 0]]), ['=HYPERLINK("x")', 'dog'])
    write_per_class_csv(table, tmp_path / 'p.csv')
    with open(tmp_path / 'p.csv', encoding='utf-8', newline='') as file:
        assert [row['class'] for row in csv.DictReader(file)] == ["'=HYPERLINK(\"x\")", 'dog']
