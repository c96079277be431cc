"""Tables as people have them: columns, separators, values, encodings, and rows that come twice."""
import warnings

import numpy as np
import pytest

from kssnet_mm.annotations.tables import TableSettings, read_arrays, read_samples
from kssnet_mm.graphs.sources import LabelTable


def read(tmp_path, content, classes=None, name='t.csv', names=True, fault=None, **settings):
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    more = {} if fault is None else dict(fault=fault)
    return read_samples(tmp_path / name, classes, TableSettings(**settings), names=names, **more)


def rows(found):
    return [(sample.name, list(sample.labels), list(sample.unknown)) for sample in found[1]]


CAT_DOG = [('a', [0, 1], []), ('b', [], []), ('c', [1], [])]


@pytest.mark.parametrize('content, settings', [
    ('file|x,labels\na,cat;dog\nb,\nc,dog\n', {}), ('file\tlabels\na\tcat;dog\nb\t\nc\tdog\n', {}),
    ('file;Labels\na;cat|dog\nb;\nc;dog\n', dict(separator='|')), ('file;labels\na;"cat;dog"\nb;\nc;dog\n', {}),
    ('\n\r\nfile;labels\na;"cat;dog"\nb;\nc;dog\n', {}),
    ('\ufefffile,labels\r\na,cat;dog\r\nb,\r\nc,dog\r\n', {}),
    ('split,width,labels,file\ntrain,7,cat | dog,a\nval,8,,b\ntrain,9,dog,c\n',
     dict(separator='|', name_column='file')),
    ('image,what\na,"cat,dog"\nb,\nc,dog\n', dict(labels_column='what', separator=',')),
    ('file#labels\na#cat;dog\nb#\nc#dog\n', dict(delimiter='#')),
    ('file,cat,dog\na,1.0,1\nb,0.0,0\nc,0,1.0\n', {}), ('file;cat;dog\na;True;TRUE\nb;False;false\nc;0;true\n', {}),
    ('file,cat,dog,,\na,1,1,,\nb,0,0,,\nc,0,1,,\n', {}),
    ('n,split,cat,dog,img\n0,train,1,1,a\n1,val,0,0,b\n2,val,0,1,c\n',
     dict(name_column='img', other_columns=['n', 'split']))])
def test_any_columns_separators_and_values(tmp_path, content, settings):
    found = read(tmp_path, content, **settings)
    assert found[0] == ('cat', 'dog') and rows(found) == CAT_DOG


def test_endings(tmp_path):
    # the first line alone would not tell: it has one tab and one comma
    assert rows(read(tmp_path, 'file, or id\tlabels\na\tcat;dog\nb\t\nc\tdog\n', name='t.TSV')) == CAT_DOG
    with pytest.raises(ValueError, match='t.csv:1: the header has as many commas as tabs: .* delimiter'):
        read(tmp_path, 'file, or id\tlabels\na\tcat\n')
    with pytest.raises(ValueError, match=r"a \.csv or \.json file, got .*t.xlsx"):
        read(tmp_path, '', name='t.xlsx')


@pytest.mark.parametrize('unknown, blank, first, second', [
    ('ignore', 'ignore', ([0], [1]), ([1], [0])), ('negative', 'negative', ([0], []), ([1], [])),
    ('positive', 'ignore', ([0, 1], []), ([1], [0])), ('ignore', 'negative', ([0], [1]), ([1], []))])
def test_unknown_entries_by_policy(tmp_path, unknown, blank, first, second):
    """-1 in the first row, an empty cell in the second."""
    found = read(tmp_path, 'file,cat,dog\na,1,-1\nb,,1.0\n', unknown=unknown, blank=blank)
    assert rows(found) == [('a', *first), ('b', *second)]
    found = read(tmp_path, '{"labels": ["cat", "dog"], "targets": {"a": [true, -1.0], "b": [null, 1]}}', name='t.json',
                 unknown=unknown, blank=blank)
    assert rows(found) == [('a', *first), ('b', *second)]


@pytest.mark.parametrize('content, settings, match', [
    ('file,cat,dog\na,1,\n', {}, "t.csv:2: an empty cell does not say .* blank='ignore' .*column 'dog'"),
    ('file,cat,dog\na,1,0\nb,-1,0\n', dict(unknown='error'), "t.csv:3: '-1' does not say .*unknown='ignore'.*'cat'"),
    ('file,split,cat\na,train,1\n', {}, r"t.csv:2: 'train' is neither 0 nor 1.*other_columns=\['split'\]"),
    ('file,label\na,cat\n', {}, "t.csv:2: 'cat' is neither .*if it lists labels: labels_column='label'"),
    ('file,labels\na,"[\'cat\', \'dog\']"\n', dict(separator=','), 't.csv:2: .* is a list as Python prints it'),
    ('', {}, 't.csv:1: the header is missing: the file is empty'),
    ('file,cat,Cat\na,1,1\n', {}, "t.csv: label 'Cat' at position 1 repeats 'cat'"),
    ('file,cat,cat\na,1,1\n', {}, "t.csv:1: 'cat' is the name of several columns"),
    ('file,cat,\na,1,\nb,1,x\n', {}, "t.csv:3: column 3 holds 'x' and has no name in the header"),
    ('file,labels\na,cat\n', dict(name_column='image'), "t.csv:1: name_column='image' is not among the columns"),
    ('file,labels,labels\na,cat,dog\n', {}, "t.csv:1: the column 'labels' lists labels, and 'labels' are labels too"),
    ('file,labels\na,cat|dog\nb,cat\n', {}, r"t.csv:2: 'cat\|dog' holds '\|', and labels are separated by ';'"),
    ('file,labels\na,cat|dog\n', dict(separator=''), "separator must be the text between two labels, got ''"),
    ('file;labels\na;cat;dog\n', {}, 't.csv:2: 3 columns, the header has 2; labels stand in quotes'),
    ('file,labels\na,Tür\n'.encode('latin-1'), {}, 't.csv:2: byte 0xfc is not UTF-8; the file is probably .*Latin-1'),
    ('file,labels\na,cat\n'.encode('utf-16'), {}, 't.csv is encoded as UTF-16: save it as UTF-8'),
    ('file,labels\na,cat\nb,dog\na,dog\n', {}, "t.csv:4: 'a' was already at .*t.csv:2; duplicates='merge' joins")])
def test_what_cannot_be_understood_is_named_with_its_setting(tmp_path, content, settings, match):
    with pytest.raises(ValueError, match=match):
        read(tmp_path, content, **settings)


def test_a_table_with_both_forms_is_refused_if_the_classes_tell(tmp_path):
    content = 'file,labels,cat\na,dog,1\n'
    assert rows(read(tmp_path, content)) == [('a', [0], [])]  # cat is one of the further columns
    with pytest.raises(ValueError, match="the column 'labels' lists labels, and 'cat' are labels too"):
        read(tmp_path, content, ['cat', 'dog'])
    assert rows(read(tmp_path, content, ['cat', 'dog'], labels_column='labels')) == [('a', [1], [])]


def test_rows_of_one_name_can_be_merged(tmp_path):
    """A label is held if a row says so, not held if one says so, unknown if all do not know."""
    found = read(tmp_path, 'file,labels\na,dog\nb,cat\na,cat\n', duplicates='merge')
    assert rows(found) == [('a', [0, 1], []), ('b', [0], [])]
    found = read(tmp_path, 'file,w,x,y,z\na,1,-1,-1,0\nb,0,0,0,1\na,-1,-1,0,0\n', duplicates='merge')
    assert rows(found) == [('a', [0], [1]), ('b', [3], [])]
    with pytest.raises(ValueError, match="duplicates must be one of error, merge, keep, got 'first'"):
        TableSettings(duplicates='first')


def test_a_class_without_a_column_is_unknown_and_said_so(tmp_path):
    content = 'file,cat\na,1\n'
    with pytest.warns(UserWarning, match="t.csv:1: there is no column of the class 'dog': it is unknown"):
        assert rows(read(tmp_path, content, ['dog', 'cat'])) == [('a', [1], [0])]
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        assert rows(read(tmp_path, content, ['dog', 'cat'], unknown='negative')) == [('a', [1], [])]
        # a list of names says it of every class
        assert rows(read(tmp_path, 'file,labels\na,cat\n', ['dog', 'cat'])) == [('a', [1], [])]
    with pytest.raises(ValueError, match="t.csv:1: there is no column of the class 'dog'"):
        read(tmp_path, content, ['dog', 'cat'], unknown='error')
    with pytest.warns(UserWarning, match="'dog': it is held in every sample"):
        assert rows(read(tmp_path, content, ['dog', 'cat'], unknown='positive')) == [('a', [0, 1], [])]


@pytest.mark.parametrize('kind', [np.int8, np.int64, np.float32])
def test_unknown_entries_of_an_npz_by_policy(tmp_path, kind):
    """The setting counts in every form of a table."""
    np.savez(tmp_path / 't.npz', labels=['cat', 'dog'], targets=np.array([[1, -1], [-128, 1]], dtype=kind))
    for policy, expected in (('ignore', [[1, -1], [-1, 1]]), ('negative', [[1, 0], [0, 1]]),
                             ('positive', [[1, 1], [1, 1]])):
        assert LabelTable(tmp_path / 't.npz', unknown=policy).load()[1].toarray().tolist() == expected
    with pytest.raises(ValueError, match="t.npz: an entry of -128.* does not say whether .*unknown='negative'"):
        LabelTable(tmp_path / 't.npz', unknown='error').load()
    np.savez(tmp_path / 't.npz', labels=['cat', 'dog'], targets=np.eye(2, dtype=np.uint8))
    assert LabelTable(tmp_path / 't.npz', unknown='error').load()[1].toarray().tolist() == [[1, 0], [0, 1]]


def test_ids_of_an_npz_are_unique_and_its_targets_numbers(tmp_path):
    def write(**arrays):
        np.savez(tmp_path / 't.npz', labels=['cat', 'dog'], **arrays)
        return tmp_path / 't.npz'

    targets = np.array([[1, 0], [0, 1], [1, 1]])
    path = write(targets=targets, ids=np.array(['x', 'y', 'x']))
    with pytest.raises(ValueError, match="t.npz: several rows have one id: 'x'"):
        read_arrays(path)
    assert read_arrays(path, unique=False)[1]['array'].tolist() == targets.tolist()
    with pytest.raises(ValueError, match="t.npz: 'targets' must be numbers, .*NaN"):
        read_arrays(write(targets=np.array([[1, np.nan]])))
    with pytest.raises(ValueError, match="t.npz is not a table of labels: several rows have one id: '5'"):
        read_arrays(write(ids=np.array([5, 5]), **{'targets.indices': [0, 1], 'targets.indptr': [0, 1, 2]}))
