"""Every reader of text names a file in another encoding, and reads one with a byte order mark."""
import pytest

from kssnet_mm.annotations.charades import read_codes, read_videos
from kssnet_mm.annotations.class_list import read_class_list
from kssnet_mm.annotations.coco import read_instances
from kssnet_mm.annotations.frame_lists import read_frame_list
from kssnet_mm.annotations.tables import read_samples
from kssnet_mm.annotations.voc import read_split
from kssnet_mm.graphs.concepts import read_aliases
from kssnet_mm.utils.thresholds import read_thresholds

COCO = ('{"images": [{"id": 1, "file_name": "a"}], "annotations": [{"image_id": 1, "category_id": 1}], '
        '"categories": [{"id": 1, "name": "Tür"}]}')
READERS = {
    'classes.txt': (read_class_list, 'Tür\n', ['Tür']),
    'codes.txt': (read_codes, 'c000 Tür\n', {'c000': 'Tür'}),
    'videos.csv': (lambda path: [video.id for video in read_videos(path)], 'id,actions\nTür,\n', ['Tür']),
    'frames.txt': (lambda path: [video.id for video in read_frame_list(path)],
                   'original_vido_id video_id frame_id path labels\nTür 0 0 a.jpg ""\n', ['Tür']),
    'table.csv': (lambda path: read_samples(path)[0], 'id,labels\na,Tür\n', ('Tür', )),
    'table.json': (lambda path: read_samples(path)[0], '{"a": ["Tür"]}', ('Tür', )),
    'coco.json': (lambda path: read_instances(path)[0], COCO, ('Tür', )),
    'split.txt': (lambda path: read_split(path, path.parent), 'Tür\n', [(1, 'Tür')]),
    'aliases.yaml': (read_aliases, 'Tür: door\n', {'tür': ['door']}),
    'thresholds.json': (lambda path: read_thresholds(path).values, '{"Tür": 0.5}', {'Tür': .5})}


@pytest.mark.parametrize('name', READERS)
def test_encodings(tmp_path, name):
    read, text, expected = READERS[name]
    path = tmp_path / name
    for encoding in ('utf-8', 'utf-8-sig'):
        path.write_bytes(text.encode(encoding))
        assert read(path) == expected
    path.write_bytes(text.encode('latin-1'))
    with pytest.raises(ValueError, match=rf'{name}:\d: byte 0xfc is not UTF-8; the file is probably .* Latin-1'):
        read(path)
    path.write_bytes(text.encode('utf-16'))
    with pytest.raises(ValueError, match=f'{name} is encoded as UTF-16: save it as UTF-8'):
        read(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(ValueError, match=f'{name} is a folder: a file is needed'):
        read(path)
