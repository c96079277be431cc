"""mmengine's ClassBalancedDataset over our data sets of both worlds."""
import pytest
from mmengine.registry import DATASETS

PREFIX = dict(TableMultiLabel='img_path', TableVideoMultiLabel='video')


@pytest.mark.parametrize('kind', PREFIX)
def test_rare_labels_are_repeated_and_samples_without_labels_stay(tmp_path, kind):
    """By hand: rare is held by 1 of 8, so it counts sqrt(.5 / .125) = 2 times; the others once."""
    rows = [f'{i}.x,common' for i in range(6)] + ['6.x,common;rare', '7.x,']
    (tmp_path / 'table.csv').write_text('\n'.join(['file,labels', *rows, '']))
    data = DATASETS.build(dict(type='ClassBalancedDataset', oversample_thr=.5, dataset=dict(
        type=kind, ann_file='table.csv', data_root=str(tmp_path), data_prefix={PREFIX[kind]: 'media'}, pipeline=[],
        keep_unlabelled=True)))
    assert [data.get_cat_ids(i) for i in range(len(data))] == [[0]] * 6 + [[0, 1]] * 2 + [[]]
    assert data.metainfo['classes'] == ('common', 'rare')


def test_charades(tmp_path):
    lines = ['id,subject,scene,quality,relevance,verified,script,objects,descriptions,actions,length',
             'A,s,r,7,7,Yes,t,,,c002 0.0 0.2;c000 0.1 0.5;c002 0.3 0.4,0.5', 'B,s,r,7,7,Yes,t,,,,0.5']
    (tmp_path / 'train.csv').write_text('\n'.join([*lines, '']))
    (tmp_path / 'classes.txt').write_text('c000 Holding a cup\nc001 Taking a cup\nc002 Sitting\n')
    data = DATASETS.build(dict(type='ClassBalancedDataset', oversample_thr=2., dataset=dict(
        type='CharadesDataset', ann_file='train.csv', class_file='classes.txt', data_root=str(tmp_path),
        data_prefix=dict(video='videos'), pipeline=[], keep_unlabelled=True)))
    assert [data.get_cat_ids(i) for i in range(len(data))] == [[0, 2], [0, 2], []]
