"""What a user may give, as a list of single inputs."""
import os
import re

import numpy as np
import pytest
from PIL import Image

from kssnet_mm.apis.inputs import list_sources

ARRAY = np.zeros((4, 5, 3), dtype=np.uint8)


@pytest.fixture()
def folder(tmp_path):
    for name in ('b.jpg', 'a.PNG', 'notes.txt', 'clip.mp4', 'sub/c.jpg', 'sub/deep/d.png', 'empty/x.txt'):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def ids(sources, folder):
    return [os.path.relpath(source.id, folder) for source in sources if not source.fault]


def test_folders_patterns_and_lists(folder):
    assert ids(list_sources(str(folder), False), folder) == ['a.PNG', 'b.jpg']
    every = ['a.PNG', 'b.jpg', 'sub/c.jpg', 'sub/deep/d.png']
    assert ids(list_sources(folder, False, recursive=True), folder) == every
    assert ids(list_sources(str(folder), True), folder) == ['clip.mp4']
    assert ids(list_sources(str(folder / '*.jpg'), False), folder) == ['b.jpg']
    assert ids(list_sources(str(folder / '**' / '*'), False), folder) == every
    assert ids(list_sources([folder / 'b.jpg', folder / 'sub'], False), folder) == ['b.jpg', 'sub/c.jpg']


def test_a_name_with_brackets_is_a_file_before_it_is_a_pattern(tmp_path):
    (tmp_path / 'a[1].jpg').touch()
    assert ids(list_sources(str(tmp_path / 'a[1].jpg'), False), tmp_path) == ['a[1].jpg']


@pytest.mark.parametrize('name, video, message', [
    ('nowhere.jpg', False, 'nowhere.jpg: no such file'),
    ('empty', False, 'empty: this folder has no image .*recursive=True'),
    ('*.gif', False, r'\*.gif: this pattern matches no image'),
    ('clip.mp4', False, 'clip.mp4: this model predicts on images'),
    ('b.jpg', True, 'b.jpg: this model predicts on videos'),
])
def test_one_sentence_for_what_is_wrong(folder, name, video, message):
    source, = list_sources(str(folder / name), video)
    assert re.search(message, source.fault)
    assert 'recursive' not in list_sources(str(folder / 'empty'), False, recursive=True)[0].fault


@pytest.mark.parametrize('given, video, names', [
    (ARRAY, False, ['#0']), (Image.new('RGB', (5, 4)), False, ['#0']), ([ARRAY, ARRAY], False, ['#0', '#1']),
    (np.stack([ARRAY] * 3), False, ['#0', '#1', '#2']), (np.stack([ARRAY] * 3), True, ['#0']),
    ([ARRAY, Image.new('L', (5, 4))], True, ['#0']), ([[ARRAY], [ARRAY]], True, ['#0', '#1']),
    (np.zeros((2, 3, 4, 5, 3), dtype=np.uint8), True, ['#0', '#1']),
])
def test_pictures_in_memory(given, video, names):
    sources = list_sources(given, video)
    assert [source.id for source in sources] == names and not any(source.fault for source in sources)
    if video:
        assert len(sources[0].content) == (len(given) if len(names) == 1 else len(given[0]))


@pytest.mark.parametrize('given, video, message', [
    ({'a': 1}, False, '#0: a dict is no input: give a path'),
    (None, False, '#0: a NoneType is no input'),
    (np.zeros(7), False, r'#0: a ndarray of shape \(7,\) is no input'),
    (ARRAY, True, '#0: this model predicts on videos: give the list of the frames'),
    ([[ARRAY]], False, '#0: this model predicts on single images'),
    ([[]], True, '#0: a video in memory is a list'),
    ([['a.jpg']], True, '#0: a video in memory is a list'),
])
def test_other_things_in_memory(given, video, message):
    source, = list_sources(given, video)
    assert re.match(message, source.fault)


def test_nothing_is_nothing():
    assert list_sources([], False) == list_sources([], True) == []
