"""Charades' official files: what is read, and that faults name file and line."""
import pytest

from kssnet_mm.annotations.charades import read_codes, read_concepts, read_videos

HEADER = 'id,script,actions,length\n'
# the first row spans two lines
ROWS = 'AAAAA,"two\nlines",c002 0.00 0.20;c000 0.10 0.50,0.50\nBBBBB,x,,5\n'
CODES = dict(c000='Holding a cup', c001='Taking a cup', c002='Sitting')


@pytest.fixture
def root(tmp_path):
    files = {'videos.csv': HEADER + ROWS, 'classes.txt': ''.join(f'{code} {name}\n' for code, name in CODES.items()),
             'mapping.txt': 'c000 o001 v000\nc001 o001 v001\nc002 o000 v002\n', 'objects.txt': 'o000 None\no001 cup\n',
             'verbs.txt': 'v000 hold\nv001 take\nv002 sit\n'}
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def concepts(root):
    return read_concepts(CODES, *(root / f'{name}.txt' for name in ('mapping', 'objects', 'verbs')))


def test_files(root):
    videos = list(read_videos(root / 'videos.csv', CODES))
    assert [tuple(video) for video in videos] == [
        ('AAAAA', [('c002', 0., .2), ('c000', .1, .5)], .5, f'{root}/videos.csv:3'),
        ('BBBBB', [], 5., f'{root}/videos.csv:4')]
    assert read_codes(root / 'classes.txt') == CODES
    assert concepts(root) == {'Holding a cup': dict(verb='hold', object='cup'),
                              'Taking a cup': dict(verb='take', object='cup'),
                              'Sitting': dict(verb='sit', object=None)}


FAULTS = [('AAAAA,x,c000 0 1,1', "id 'AAAAA' was already on line 3"), (',x,,1', 'the row lacks an id'),
          ('DDDDD,x,c009 0 1,1', "the class 'c009' is not in the class file")]


@pytest.mark.parametrize('row, match', FAULTS + [
    ('DDDDD,x,c000 0,1', "action 'c000 0' is not 'class start end'"), ('DDDDD,x,c000 x 2,1', "not 'class start end'"),
    ('DDDDD,x,c000 nan 2,1', 'no valid times'), ('DDDDD,x,,long', "length 'long' is not a number"),
    ('DDDDD,c000 0 1', 'the row does not have 4 columns')])
def test_bad_rows_are_named_by_line(root, row, match):
    (root / 'videos.csv').write_text(HEADER + ROWS + row + '\n')
    with pytest.raises(ValueError, match=f'videos.csv:5: .*{match}'):
        list(read_videos(root / 'videos.csv', CODES))


def test_faults_can_be_collected(root):
    (root / 'videos.csv').write_text(HEADER + ROWS + ''.join(f'{row}\n' for row, _ in FAULTS))
    found = []
    videos = list(read_videos(root / 'videos.csv', CODES, lambda *fault: found.append(fault)))
    assert [video.id for video in videos] == ['AAAAA', 'BBBBB', 'DDDDD'] and videos[2].actions == []
    assert found == [(kind, f'{root}/videos.csv:{line}', text) for kind, line, (_, text) in zip(
        ('duplicate id', 'malformed row', 'unknown label'), (5, 6, 7), FAULTS)]


def test_a_quote_that_nobody_closes_is_named_where_its_row_begins(root):
    # csv refuses fields above 131072
    (root / 'videos.csv').write_text(HEADER + ROWS + 'V2,"never closed,c000 0 1,2.0\n' + 'x' * 150000)
    with pytest.raises(ValueError, match=r'videos.csv:5: the row .* is not valid csv.*field larger than'):
        list(read_videos(root / 'videos.csv'))


@pytest.mark.parametrize('name, text, match', [
    ('videos.csv', 'id,labels\nA,b\n', 'videos.csv:1: no column actions'),
    ('videos.csv', '', 'videos.csv:1: no column id and no column actions'),
    ('classes.txt', 'c000 Holding\nc001\n', "classes.txt:2: expected a new code and a new name, got 'c001'"),
    ('classes.txt', 'c000 Holding\nc000 Sitting\n', 'classes.txt:2: expected'),
    ('classes.txt', 'c000 Holding\n\nc001 Holding\n', 'classes.txt:3: expected'),
    ('mapping.txt', 'c000 o001 v000\nc001 o009 v001\n', "mapping.txt:2: 'c001 o009 v001' is not 'class object verb'"),
    ('mapping.txt', 'c000 o001 v000\n', 'mapping.txt has no line for Taking a cup, Sitting')])
def test_other_files_are_refused(root, name, text, match):
    (root / name).write_text(text)
    read = dict(videos=lambda: list(read_videos(root / name)), classes=lambda: read_codes(root / name),
                mapping=lambda: concepts(root))[name[:-4]]
    with pytest.raises(ValueError, match=match):
        read()
