"""The sample data: same seed, same bytes; official formats; labels that keep company."""
import csv
import gzip
import json

import cv2
import decord
import numpy as np
import pytest
from pycocotools.coco import COCO

from kssnet_mm.datasets.sample import charades, coco, make_sample_data

SIZES = dict(images_train=30, images_val=6, videos_train=6, videos_test=4)


@pytest.fixture(scope='module')
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp('sample')
    assert make_sample_data(folder, 3, SIZES, progress=False)
    return folder


def frames_of(path):
    reader = decord.VideoReader(str(path))
    return reader.get_batch(range(len(reader))).asnumpy()


def test_same_seed_same_data(root, tmp_path):
    make_sample_data(tmp_path, 3, SIZES, progress=False)
    names = sorted(p.relative_to(root) for p in root.rglob('*') if p.is_file())
    assert names == sorted(p.relative_to(tmp_path) for p in tmp_path.rglob('*') if p.is_file())
    assert len(names) == 36 + 10 + 2 + 6 + 2 + 1  # media, instances, Charades' files, knowledge
    for name in names:
        if name.suffix == '.mp4':
            assert np.array_equal(frames_of(root / name), frames_of(tmp_path / name))
        else:
            assert (root / name).read_bytes() == (tmp_path / name).read_bytes(), name


def test_complete_data_is_left_alone_and_another_seed_is_not(tmp_path, capsys):
    few = dict(images_train=1, images_val=1, videos_train=1, videos_test=1)
    assert make_sample_data(tmp_path, 0, few, progress=False)
    before = next((tmp_path / 'coco/train2014').iterdir()).read_bytes()
    assert not make_sample_data(tmp_path, 0, few, progress=False)
    assert make_sample_data(tmp_path, 1, few, progress=False)
    assert next((tmp_path / 'coco/train2014').iterdir()).read_bytes() != before
    assert capsys.readouterr() == ('', '')


def test_coco_is_read_by_pycocotools(root):
    data = COCO(str(root / 'coco/annotations/instances_train2014.json'))
    ids = sorted(data.cats)
    assert len(data.imgs) == 30 and len(ids) == 12 and ids[0] == 1 and ids[-1] == 76
    assert [data.cats[i]['name'] for i in ids] == list(coco.CATEGORIES)
    for info in data.imgs.values():
        image = cv2.imread(str(root / 'coco/train2014' / info['file_name']))
        assert image.shape == (info['height'], info['width'], 3)


def test_charades_files_agree(root):
    folder = root / 'charades'
    lines = (folder / 'Charades_v1_classes.txt').read_text().splitlines()
    codes = [line.split(' ', 1)[0] for line in lines]
    assert codes == [f'c{i:03d}' for i in range(12)] and lines[0] == 'c000 Holding a cup'
    assert (folder / 'Charades_v1_mapping.txt').read_text().splitlines()[3] == 'c003 o000 v004'
    assert (folder / 'Charades_v1_objectclasses.txt').read_text().startswith('o000 None\n')
    with open(folder / 'Charades_v1_test.csv', newline='', encoding='utf-8') as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 4
    for row in rows:
        assert len(frames_of(folder / 'videos' / f'{row["id"]}.mp4')) == 48
        for action in filter(None, row['actions'].split(';')):
            code, start, end = action.split()
            assert code in codes and 0 <= float(start) < float(end) <= float(row['length'])


def test_labels_name_what_is_drawn():
    for number in range(20):
        _, objects = coco.draw_scene(np.random.default_rng(number))
        names = {name for name, _ in objects}
        assert len(names) == len(objects)
        theme = max(coco.THEMES.values(), key=lambda theme: len(names & set(theme)))
        assert len(names - set(theme)) <= 1  # at most one stranger


def test_things_of_a_theme_keep_company():
    columns = list(coco.CATEGORIES)
    labels = np.zeros((400, len(columns)))
    for row in range(len(labels)):
        _, objects = coco.draw_scene(np.random.default_rng([5, row]))
        labels[row, [columns.index(name) for name, _ in objects]] = 1
    frequency = labels.mean(0)
    lift = labels.T @ labels / len(labels) / np.outer(frequency, frequency)
    assert lift[columns.index('keyboard'), columns.index('mouse')] > 2.5
    assert lift[columns.index('fork'), columns.index('mouse')] < 0.5


def test_knowledge_formats(root):
    with gzip.open(root / 'knowledge/conceptnet-assertions.csv.gz', 'rt') as file:
        rows = [line.rstrip('\n').split('\t') for line in file]
    assert all(len(row) == 5 and json.loads(row[4])['weight'] > 0 for row in rows)
    table = dict(line.split(' ', 1) for line in open(root / 'knowledge/vectors.txt'))
    words = {w for name in coco.CATEGORIES for w in name.split()}
    words |= set(charades.OBJECTS[1:]) | set(charades.VERBS)
    assert words <= set(table) and all(len(v.split()) == 50 for v in table.values())
