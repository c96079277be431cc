"""The plain data sets: every form of table, for images and for videos."""
import json

import pytest
from media import Log, gt_label, write_image, write_video
from mmengine.registry import DATASETS

from kssnet_mm.graphs import CooccurrenceGraph, DatasetLabels, LabelTable

KINDS = dict(TableMultiLabel=('img_path', 'gt_label'), TableVideoMultiLabel=('filename', 'label'))
TABLES = {'names.csv': 'file,labels\na/1.x,cat;dog\n2.x,\n"3,x",dog\n',
          'ids.json': '{"a/1.x": ["dog", "cat"],\n "2.x": [],\n "3,x": ["dog"]}'}


def build(kind, root, table, **kwargs):
    kwargs.setdefault('pipeline', [])
    prefix = 'img_path' if kind == 'TableMultiLabel' else 'video'
    return DATASETS.build(dict(type=kind, data_root=str(root), ann_file=table,
                               data_prefix={prefix: 'media'}, **kwargs))


def rows(data):
    path, label = KINDS[type(data).__name__]
    infos = [data.get_data_info(i) for i in range(len(data))]
    if label == 'label':
        return [(info[path], info[label].nonzero().flatten().tolist()) for info in infos]
    return [(info[path], info[label]) for info in infos]


@pytest.mark.parametrize('kind', KINDS)
@pytest.mark.parametrize('table', TABLES)
def test_forms(tmp_path, kind, table):
    (tmp_path / table).write_text(TABLES[table])
    with Log() as messages:
        data = build(kind, tmp_path, table)
    noun = 'images' if kind == 'TableMultiLabel' else 'videos'
    assert any(f'{table}: 3 {noun}, 1 without any label (dropped)' in text for text in messages)
    assert data.metainfo['classes'] == ('cat', 'dog')
    media = str(tmp_path / 'media')
    assert rows(data) == [(f'{media}/a/1.x', [0, 1]), (f'{media}/3,x', [1])]
    with Log() as messages:
        data = build(kind, tmp_path, table, keep_unlabelled=True)
    assert any('1 without any label (kept)' in text for text in messages)
    assert rows(data)[1] == (f'{media}/2.x', [])
    (tmp_path / 'classes.txt').write_text('dog\nfox\ncat\n')
    data = build(kind, tmp_path, table, classes='classes.txt', extension='.z')
    assert data.metainfo['classes'] == ('dog', 'fox', 'cat')
    assert rows(data) == [(f'{media}/a/1.x.z', [0, 2]), (f'{media}/3,x.z', [0])]
    assert build(kind, tmp_path, table, classes=['dog', 'cat']).metainfo['classes'] == ('dog', 'cat')


@pytest.mark.parametrize('kind', KINDS)
def test_faults_name_file_and_line(tmp_path, kind):
    (tmp_path / 't.csv').write_text('id,labels\n1,cat\n1,dog\n')
    with pytest.raises(ValueError, match="t.csv:3: '1' was already at .*t.csv:2"):
        build(kind, tmp_path, 't.csv', classes=['cat', 'dog'])
    (tmp_path / 'classes.txt').write_text('cat\ndog\ncat\n')
    with pytest.raises(ValueError, match="classes.txt:3: 'cat' was on line 1"):
        build(kind, tmp_path, 't.csv', classes='classes.txt')


def test_lines_of_json_survive_escapes_and_labels_like_ids(tmp_path):
    names = ['é', 'cat', 'x"y', 'last']
    (tmp_path / 't.json').write_text(json.dumps({name: ['cat'] for name in names}, indent=0,
                                                ensure_ascii=False))
    data = build('TableMultiLabel', tmp_path, 't.json')
    # two lines lie between keys: the label and the closing bracket
    assert [data.get_data_info(i)['where'].rsplit(':', 1)[1] for i in range(4)] == ['2', '5', '8', '11']


def test_media_are_read_and_packed(tmp_path):
    write_image(tmp_path / 'media/1.jpg')
    write_video(tmp_path / 'media/1.mp4')
    (tmp_path / 't.csv').write_text('id,labels\n1,dog\n')
    classes = dict(classes=['cat', 'dog'])
    image = build('TableMultiLabel', tmp_path, 't.csv', extension='.jpg', **classes, pipeline=[
        dict(type='mmpretrain.LoadImageFromFile'), dict(type='mmpretrain.PackInputs')])[0]
    assert image['inputs'].shape == (3, 24, 32) and image['data_samples'].gt_label.tolist() == [1]
    video = build('TableVideoMultiLabel', tmp_path, 't.csv', extension='.mp4', **classes, pipeline=[
        dict(type='mmaction.DecordInit'), dict(type='mmaction.SampleFrames', clip_len=4),
        dict(type='mmaction.DecordDecode'), dict(type='mmaction.FormatShape', input_format='NCTHW'),
        dict(type='mmaction.PackActionInputs')])[0]
    label = gt_label(video['data_samples'])
    assert video['inputs'].shape == (1, 3, 4, 48, 64) and label.tolist() == [0, 1]
    (tmp_path / 'media/1.mp4').unlink()
    with pytest.raises(ValueError, match="data_prefix must be dict"):
        DATASETS.build(dict(type='TableVideoMultiLabel', ann_file='t.csv', data_prefix=dict(image='x'),
                            pipeline=[]))


UNKNOWN = 'id,cat,dog,cow\n1,1,-1,0\n2,0,1,\n3,0,1,1\n'


@pytest.mark.parametrize('kind', KINDS)
def test_unknown_labels_become_targets_of_minus_one(tmp_path, kind):
    """From the table to the packed sample, the statistics of a graph and the classes that balance the sampling."""
    (tmp_path / 't.csv').write_text(UNKNOWN)
    data = build(kind, tmp_path, 't.csv', blank='ignore')
    target = 'gt_score' if kind == 'TableMultiLabel' else 'label'
    rows = [[1, -1, 0], [0, 1, -1], [0, 1, 1]]
    assert [list(data.get_data_info(i)[target]) for i in range(3)] == rows
    assert [data.get_cat_ids(i) for i in range(3)] == [[0], [1], [1, 2]]
    prefix = 'img_path' if kind == 'TableMultiLabel' else 'video'
    config = dict(type=kind, data_root=str(tmp_path), ann_file='t.csv', blank='ignore', pipeline=[],
                  data_prefix={prefix: 'media'})
    labels, targets = DatasetLabels(dataset=config).load()
    assert labels == ['cat', 'dog', 'cow'] and targets.toarray().tolist() == rows
    assert LabelTable(tmp_path / 't.csv', blank='ignore').load()[1].toarray().tolist() == rows
    _, matrix, summary = CooccurrenceGraph(LabelTable(tmp_path / 't.csv', blank='ignore'), 'conditional').build()
    # both are known: cat and dog in 2 and 3, cat and cow in 1 and 3, dog and cow in 3, which holds both
    assert matrix.tolist() == [[0, 0, 0], [0, 0, 1], [0, 1, 0]]
    assert summary['label_counts'].tolist() == [[1, 3], [2, 2], [1, 2]]
    with pytest.raises(ValueError, match="t.csv:3: an empty cell does not say .* blank='ignore'"):
        build(kind, tmp_path, 't.csv')
    with pytest.raises(ValueError, match="duplicates='keep' is for the statistics"):
        build(kind, tmp_path, 't.csv', duplicates='keep')


def test_unknown_labels_are_packed(tmp_path):
    write_image(tmp_path / 'media/1.jpg')
    write_video(tmp_path / 'media/1.mp4')
    (tmp_path / 't.csv').write_text('id,cat,dog,cow\n1,1,-1,0\n')
    image = build('TableMultiLabel', tmp_path, 't.csv', extension='.jpg', pipeline=[
        dict(type='mmpretrain.LoadImageFromFile'), dict(type='mmpretrain.PackInputs')])[0]
    assert image['data_samples'].gt_score.tolist() == [1, -1, 0]
    video = build('TableVideoMultiLabel', tmp_path, 't.csv', extension='.mp4', pipeline=[
        dict(type='SequentialVideoInit'), dict(type='mmaction.SampleFrames', clip_len=4),
        dict(type='SequentialVideoDecode'), dict(type='mmaction.FormatShape', input_format='NCTHW'),
        dict(type='mmaction.PackActionInputs')])[0]
    assert gt_label(video['data_samples']).tolist() == [1, -1, 0]


@pytest.mark.parametrize('kind', KINDS)
def test_rows_of_one_file_can_be_merged_by_data_set_and_statistics(tmp_path, kind):
    (tmp_path / 't.csv').write_text('id,labels\n1,cat\n2,dog\n1,dog\n')
    assert [labels for _, labels in rows(build(kind, tmp_path, 't.csv', duplicates='merge'))] == [[0, 1], [1]]
    assert LabelTable(tmp_path / 't.csv', duplicates='merge').load()[1].toarray().tolist() == [[1, 1], [0, 1]]
    assert LabelTable(tmp_path / 't.csv', duplicates='keep').load()[1].toarray().tolist() == [[1, 0], [0, 1], [0, 1]]
    for read in (lambda: build(kind, tmp_path, 't.csv'), LabelTable(tmp_path / 't.csv').load):
        with pytest.raises(ValueError, match="t.csv:4: '1' was already at .*t.csv:2; duplicates='merge'"):
            read()


@pytest.mark.parametrize('kind', KINDS)
def test_no_sample_left_says_how_many_there_were(tmp_path, kind):
    noun = 'images' if kind == 'TableMultiLabel' else 'videos'
    (tmp_path / 't.csv').write_text('id,labels\n1,\n2,\n')
    with pytest.raises(ValueError, match=f't.csv: no sample is left of 2 {noun}; 2 hold none of the 2 classes'):
        build(kind, tmp_path, 't.csv', classes=['cat', 'dog'])
    (tmp_path / 't.csv').write_text('id,labels\n')
    with pytest.raises(ValueError, match=f't.csv: no sample is left of 0 {noun}$'):
        build(kind, tmp_path, 't.csv', classes=['cat', 'dog'])
    with pytest.raises(ValueError, match='t.csv: no sample is left: none of its 0 samples holds'):
        LabelTable(tmp_path / 't.csv').load()
