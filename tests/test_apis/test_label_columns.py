"""Tables of any columns: what is understood, and what is refused in a sentence."""
import pytest

from kssnet_mm.apis.project.label_columns import read_label_rows

EXPECTED = {'a.jpg': ['cat', 'dog'], 'b.jpg': [], 'c.jpg': ['dog']}


@pytest.mark.parametrize('name, text, options, read', [
    ('t.csv', 'file,labels\na.jpg,cat;dog\nb.jpg,\nc.jpg,dog\n', {}, "'labels', with ';'"),
    ('t.csv', 'size,Image Name,Tags\n1,a.jpg,cat|dog\n2,b.jpg,\n3,c.jpg,dog\n', {}, "'Tags', with '|'"),
    ('t.csv', 'photo,labels\na.jpg,"cat, dog"\nb.jpg,\nc.jpg,dog\n', {}, "file names are in 'photo'"),
    ('t.csv', 'id,which,what\n1,a.jpg,cat/dog\n2,b.jpg,\n3,c.jpg,dog\n',
     dict(file_column='which', label_column='what', separator='/'), "'what', with '/'"),
    ('t.csv', 'name,cat,width,dog\na.jpg,1,80,1\nb.jpg,0,80,0\nc.jpg,0,80,1\n', {}, "2 columns of 0 and 1 are the "
     "labels; 'width' are left out"),
    ('t.csv', 'name,cat,dog,date\na.jpg,1.0,True,x\nb.jpg,0.0,False,\nc.jpg,0.0,true,y\n', {}, "'date' are left out"),
    ('t.csv', 'file;labels\na.jpg;cat, dog\nb.jpg;\nc.jpg;dog\n', {}, "'labels', with ','"),
    ('t.tsv', 'file\tlabels\na.jpg\tcat;dog\nb.jpg\t\nc.jpg\tdog\n', {}, "'labels', with ';'"),
    ('t.csv', 'image_id,label\na.jpg,cat\na.jpg,dog\nb.jpg,\nc.jpg,dog\nc.jpg,dog\n', {}, '5 rows name 3 files'),
    ('t.csv', 'id,script,actions\na.jpg,"x, y",cat 1.5 2.00;dog 0 10\nb.jpg,z,\nc.jpg,z,dog 3 4.5;dog 8 9\n', {},
     'the times after the labels are left out'),
    ('t.csv', 'file,labels\na.jpg,"[\'cat\', \'dog\']"\nb.jpg,[]\nc.jpg,"[""dog""]"\n', {}, 'lists as Python prints them'),
    ('t.json', '{"a.jpg": ["cat", "dog"], "b.jpg": [], "c.jpg": ["dog"]}', {}, 'json')])
def test_forms(tmp_path, name, text, options, read):
    (tmp_path / name).write_text(text)
    rows = read_label_rows(tmp_path / name, **options)
    assert rows.labels == EXPECTED and rows.classes == ['cat', 'dog']
    assert any(read in sentence for sentence in rows.said), rows.said


def test_a_label_that_ends_in_numbers_keeps_them(tmp_path):
    """Unless every label does."""
    (tmp_path / 't.csv').write_text('id,labels\n1,apollo 11 13;moon\n2,moon\n')
    assert read_label_rows(tmp_path / 't.csv').classes == ['apollo 11 13', 'moon']


@pytest.mark.parametrize('name, text, blank, held, unknown', [
    ('t.csv', 'file,cat,dog,fold\na,1,-1,2\nb,0,1,3\n', 'error', dict(a=['cat'], b=['dog']), dict(a={'dog'}, b=set())),
    ('t.csv', 'file,cat,dog\na,yes,\nb,No,1\nc,-1.0,nan\n', 'ignore', dict(a=['cat'], b=['dog'], c=[]),
     dict(a={'dog'}, b=set(), c={'cat', 'dog'})),
    ('t.csv', 'file,cat,dog\na,1,\nb,-1,1\n', 'negative', dict(a=['cat'], b=['dog']), dict(a=set(), b={'cat'})),
    # of one file, what one of its rows says counts
    ('t.csv', 'file,cat,dog\na,1,-1\na,-1,-1\nb,-1,1\nb,0,1\n', 'error', dict(a=['cat'], b=['dog']),
     dict(a={'dog'}, b=set())),
    ('t.json', '{"labels": ["cat", "dog"], "targets": {"a": [1, -1], "b": [0, 1]}}', 'error',
     dict(a=['cat'], b=['dog']), dict(a={'dog'}, b=set())),
    ('t.json', '{"labels": ["cat", "dog"], "targets": {"a": [1, null]}}', 'ignore', dict(a=['cat']), dict(a={'dog'}))])
def test_unknown_labels(tmp_path, name, text, blank, held, unknown):
    (tmp_path / name).write_text(text)
    rows = read_label_rows(tmp_path / name, blank=blank)
    assert rows.classes == ['cat', 'dog'] and rows.labels == held and rows.unknown == unknown


@pytest.mark.parametrize('text, options, match', [
    ('', {}, 'no rows below its header'), ('file,labels\n', {}, 'no rows below its header'),
    ('file,labels\na,b,c\n', {}, 't.csv:2: 3 columns, the header has 2: quote cells'),
    ('file,words\na,b\n', {}, "no column of labels among 'words'.*--label-column"),
    ('file,labels\na,b\n', dict(file_column='x'), "no column 'x' for --file-column: it has 'file', 'labels'"),
    ('file,labels\na,b\n', dict(label_column='x'), "no column 'x' for --label-column"),
    ('file,labels\n,b\n', {}, 't.csv:2: the row has no file name'),
    ('file,labels,labels\na,b,c\n', {}, "the column 'labels' twice"),
    ('file,labels\na,\n', {}, 'holds no label'),
    ('file labels\na b\n', {}, "the one column 'file labels': put commas, tabs or semicolons"),
    ('file,cat,dog\na,1,\nb,0,1\n', {}, "the columns 'dog' have empty cells: --blank negative"),
    (b'file,labels\na,caf\xe9\n', {}, 't.csv:2: byte 0xe9 is not UTF-8')])
def test_what_is_refused(tmp_path, text, options, match):
    (tmp_path / 't.csv').write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ValueError, match=match):
        read_label_rows(tmp_path / 't.csv', **options)


def test_a_label_called_action_is_no_column_of_labels(tmp_path):
    (tmp_path / 't.csv').write_text('Id,Genre,Action,Comedy\n1,x,1,0\n2,y,0,1\n3,z,1,1\n')
    rows = read_label_rows(tmp_path / 't.csv')
    assert rows.classes == ['Action', 'Comedy'] and rows.labels == {'1': ['Action'], '2': ['Comedy'],
                                                                    '3': ['Action', 'Comedy']}
    # names that are numbers, in the only column there is, or in the one that is asked for
    (tmp_path / 'n.csv').write_text('file,label\na,0\nb,1\n')
    assert read_label_rows(tmp_path / 'n.csv').classes == ['0', '1']
    assert read_label_rows(tmp_path / 't.csv', label_column='Action').classes == ['0', '1']


@pytest.mark.parametrize('cell', ["[cat, dog", "[1, 2", "['cat"])
def test_lists_that_are_no_names_are_refused(tmp_path, cell):
    (tmp_path / 't.csv').write_text(f'file,labels\na,"{cell}]"\n')
    with pytest.raises(ValueError, match="in the column 'labels' is no list of names in quotes"):
        read_label_rows(tmp_path / 't.csv')
