"""A quote that nobody closes: csv's own error becomes one that names the file and the line where the row begins."""
import pytest
from mmengine.config import Config

from kssnet_mm.annotations.charades import read_codes, read_videos
from kssnet_mm.datasets.verify import verify_config
from kssnet_mm.graphs import LabelTable

HEADER = 'id,script,actions,length\n'
ROW = 'V{},"one\ntwo",c000 0 1,2.0\n'
LONG = 'x' * 150000  # csv refuses fields above 131072


@pytest.fixture
def charades(tmp_path):
    (tmp_path / 'classes.txt').write_text('c000 Holding\n')
    (tmp_path / 'test.csv').write_text(HEADER + ROW.format(1) + 'V2,"never closed,c000 0 1,2.0\n' + LONG)
    return tmp_path


def test_charades(charades):
    with pytest.raises(ValueError, match=r'test.csv:4: the row that begins here is no csv.*field larger than'):
        list(read_videos(charades / 'test.csv', read_codes(charades / 'classes.txt')))


TABLES = [('a.jpg,"cat\nb.jpg,dog\n', 2, 'unexpected end of data'),
          ('a.jpg,cat\nb.jpg,"c"at\nc.jpg,dog\n', 3, 'expected'), (f'a.jpg,"{LONG}', 2, 'field larger than')]


@pytest.mark.parametrize('rows, line, reason', TABLES)
def test_tables(tmp_path, rows, line, reason):
    (tmp_path / 't.csv').write_text('file,labels\n' + rows)
    with pytest.raises(ValueError, match=f't.csv:{line}: the row that begins here is no csv.*{reason}'):
        LabelTable(tmp_path / 't.csv').load()
    (tmp_path / 't.csv').write_text('"file,labels\n' + 'a.jpg,cat\n')
    with pytest.raises(ValueError, match='t.csv:1: the row that begins here is no csv'):
        LabelTable(tmp_path / 't.csv').load()


def faults(dataset):
    return [(fault.kind, fault.where.rsplit('/', 1)[-1]) for split in verify_config(
        Config(dict(test_dataloader=dict(dataset=dataset))), workers=0) for fault in split.faults]


def test_the_verify_tool_reports_it(charades):
    (charades / 't.csv').write_text('file,labels\n' + TABLES[0][0])
    root = str(charades)
    found = faults(dict(type='TableMultiLabel', data_root=root, ann_file='t.csv', pipeline=[]))
    assert found == [('malformed annotation', 't.csv:2')]
    found = faults(dict(type='CharadesDataset', data_root=root, ann_file='test.csv', class_file='classes.txt',
                        data_prefix=dict(video='videos'), pipeline=[]))
    assert found == [('malformed annotation', 'test.csv:4')]
