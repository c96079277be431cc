"""Tables of samples and labels: the forms, and that faults name file and line."""
import pytest

from kssnet_mm.annotations.class_list import class_names, read_class_list
from kssnet_mm.annotations.tables import read_samples
from kssnet_mm.graphs.sources import VOCLabels

LONG = 'x' * 150000  # csv refuses fields above 131072


@pytest.mark.parametrize('name, text', [
    ('names.csv', 'id,labels\nx,cat;dog\n\ny,\nz,dog\n'), ('ones.csv', 'id,cat,dog\nx,1,1\ny,0,0\nz,0,1\n'),
    ('ids.json', '{"x": ["dog", "cat"], "y": [], "z": ["dog"]}'), ('list.json', '[["dog", "cat"], [], ["dog"]]'),
    ('rows.json', '{"labels": ["cat", "dog"], "targets": [[1, 1], [0, 0], [0, 1]]}'),
    ('named.json', '{"labels": ["cat", "dog"], "targets": {"x": [1, 1], "y": [0, 0], "z": [0, 1]}}'),
    ('sets.json', '{"labels": ["cat", "dog"], "targets": [["cat", "dog"], [], ["dog"]]}')])
def test_forms(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    classes, samples = read_samples(tmp_path / name)
    assert classes == ('cat', 'dog') and [sample.labels for sample in samples] == [[0, 1], [], [1]]
    assert [sample.name for sample in samples] in (['x', 'y', 'z'], [None] * 3)
    assert read_samples(tmp_path / name, ['dog', 'fox', 'cat'])[1][0].labels == [0, 2]


@pytest.mark.parametrize('name, text, match', [
    ('t.csv', 'id,labels\n1,cat\n2,cow\n', "t.csv:3: 'cow' is not one of the classes"),
    ('t.csv', 'id,labels\n1,cat\n1,dog\n', "t.csv:3: '1' was already at .*t.csv:2"),
    ('t.csv', 'id,labels\n,cat\n', 't.csv:2: the row has no file name'),
    ('t.csv', 'id,labels\n1\n', 't.csv:2: 1 columns, the header has 2'),
    ('t.csv', 'id,cat,dog\n1,2,0\n', "t.csv:2: '2' is neither 0 nor 1"), ('t.csv', '', 't.csv:1: the header'),
    ('t.csv', 'id,cat,dog,cow\n1,0,0,0\n', "t.csv:1: the column 'cow' is not one of the classes"),
    ('t.csv', 'file,labels\na.jpg,"cat\nb.jpg,dog\n', 't.csv:2: the row .* is not valid csv.*unexpected end'),
    ('t.csv', 'file,labels\na.jpg,cat\nb.jpg,"c"at\n', 't.csv:3: the row .* is not valid csv.*expected'),
    ('t.csv', f'file,labels\na.jpg,"{LONG}', 't.csv:2: the row .* is not valid csv.*field larger than'),
    ('t.csv', '"file,labels\na.jpg,cat\n', 't.csv:1: the row that begins here is not valid csv'),
    ('t.json', '{', 't.json is not json'), ('t.json', '3', 'holds no rows'),
    ('t.json', '[["cat"]]', 'without file names'),
    ('t.json', '{"labels": ["cat"], "targets": {"1": [1, 0]}}', 't.json:1 is not 1 zeros and ones'),
    ('t.json', '{"1": ["cat"],\n "2": ["cow"]}', "t.json:2: 'cow' is not one of the classes"),
    ('t.json', '{"1": ["cat"],\n\n "1": ["dog"]}', "t.json:3: '1' was already at .*t.json:1"),
    ('t.json', '{"1": ["cat"],\n "2": [{}]}', 't.json:2: .* is not the name of a label'),
    ('t.npz', '', "a .csv or .json file, got '.*npz'")])
def test_faults_name_file_and_line(tmp_path, name, text, match):
    (tmp_path / name).write_text(text)
    with pytest.raises(ValueError, match=match):
        read_samples(tmp_path / name, ['cat', 'dog'], names=True)


def test_labels_are_one_name_each(tmp_path):
    (tmp_path / 't.csv').write_text('id,cat,CAT\n1,1,1\n')
    with pytest.raises(ValueError, match="'CAT' at position 1 repeats"):
        read_samples(tmp_path / 't.csv')


def test_faults_can_be_collected(tmp_path):
    (tmp_path / 't.csv').write_text('id,labels\n1,cat;cow\n1,dog\n,dog\n2,dog\n')
    found = []
    _, samples = read_samples(tmp_path / 't.csv', ['cat', 'dog'], names=True,
                              fault=lambda *fault: found.append(fault[0]))
    assert [sample[:2] for sample in samples] == [('1', [0]), ('2', [1])]
    assert found == ['unknown label', 'duplicate id', 'malformed row']


def test_class_list(tmp_path):
    path = tmp_path / 'classes.txt'
    path.write_text('dog\n\n traffic light \n')
    assert read_class_list(path) == class_names(path) == ['dog', 'traffic light'] == class_names(read_class_list(path))
    path.write_text('c000 Holding a cup\nc001 Sitting\n')
    assert read_class_list(path) == ['Holding a cup', 'Sitting']
    for text, match in (('dog\ncat\ndog\n', "classes.txt:3: 'dog' was on line 1"), ('\n', 'no label')):
        path.write_text(text)
        with pytest.raises(ValueError, match=match):
            read_class_list(path)
    with pytest.raises(ValueError, match="'Dog' at position 1 repeats"):
        class_names(['dog', 'Dog'])
    assert class_names(None) is None
    with pytest.raises(ValueError, match='the list of classes is empty'):
        class_names([])
    with pytest.raises(ValueError, match='the list of classes is empty'):  # and not VOC's twenty
        VOCLabels(tmp_path, classes=[]).load()


@pytest.mark.parametrize('name, text', [
    ('t.csv', 'id,labels\n1,Dog;traffic_light\n2,CAT\n'), ('t.csv', 'id,Dog,cat,Traffic_Light\n1,1,0,1\n2,0,1,0\n'),
    ('t.json', '{"1": ["Dog", "traffic_light"], "2": ["CAT"]}')])
def test_labels_are_matched_with_the_classes_in_any_spelling(tmp_path, name, text):
    """As in COCO's files, VOC's and label graphs."""
    (tmp_path / name).write_text(text)
    classes, samples = read_samples(tmp_path / name, ['cat', 'dog', 'traffic light'])
    assert classes == ('cat', 'dog', 'traffic light')
    assert [(sample.name, sample.labels, sample.unknown) for sample in samples] == [('1', [1, 2], []), ('2', [0], [])]


def test_two_columns_of_one_label_are_refused(tmp_path):
    (tmp_path / 't.csv').write_text('id,dog,Dog\n1,1,0\n')
    with pytest.raises(ValueError, match="t.csv: label 'Dog' at position 1 repeats 'dog'"):
        read_samples(tmp_path / 't.csv', ['dog', 'cat'])
