import csv
import json

import pytest
from mmengine.config import Config

from kssnet_mm.reports import TableRow, keep_config, read_table, row_folder, write_table
from kssnet_mm.reports.table import starting_weights
from kssnet_mm.utils.io import write_numbers

ROWS = [TableRow('Plain, GAP', 'a.py', paper=dict(mAP=77.3)), TableRow('KSSNet', 'b.py')]


def test_numbers_beside_the_papers(tmp_path):
    for seed, value in ((0, 0.5), (1, 0.6)):
        folder = tmp_path / row_folder('Plain, GAP') / f'seed{seed}'
        folder.mkdir(parents=True)
        (folder / 'result.json').write_text(json.dumps(dict(mAP=value, wAP=0.25)))
    (tmp_path / row_folder('KSSNet') / 'seed0').mkdir(parents=True)  # begun, not done
    text = write_table(tmp_path, 'T', ('mAP', 'wAP'), ROWS)
    # standard deviation of 50 and 60: sqrt(50) = 7.07
    assert '| Plain, GAP | 2 | 55.0 ± 7.1 | 77.3 | 25.0 ± 0.0 |' in text
    assert '| KSSNet | 0 |  |  |  |' in text
    rows = list(csv.reader(open(tmp_path / 'table.csv', encoding='utf-8')))
    assert rows[0] == ['row', 'seeds', 'mAP (%)', "paper's mAP (%)", 'wAP (%)']
    assert (tmp_path / 'table.md').read_text() == text
    assert not list(tmp_path.glob('.*'))


def test_a_number_that_a_run_does_not_have(tmp_path):
    (tmp_path / 'a/seed0').mkdir(parents=True)
    write_numbers(tmp_path / 'a/seed0/result.json', dict(mAP=0.5, CF1=float('nan')))
    assert json.loads((tmp_path / 'a/seed0/result.json').read_text()) == dict(mAP=0.5, CF1=None)
    assert '| a | 1 | 50.0 | none |' in write_table(tmp_path, 'T', ('mAP', 'CF1'), [TableRow('a', 'a.py')])


def test_faults_are_named(tmp_path):
    file, config = tmp_path / 't.py', tmp_path / 'x.py'
    config.write_text('')
    row = f'dict(name="A b", config={str(config)!r})'
    file.write_text(f'title="T"\nprotocols=("mAP",)\nrows=[{row}, dict(name="a-B", config={str(config)!r})]')
    with pytest.raises(ValueError, match='would use one folder'):
        read_table(str(file))
    file.write_text('title="T"\nprotocols=("mAP",)\nrows=[dict(name="A", config="gone.py")]')
    with pytest.raises(ValueError, match="'A' names gone.py"):
        read_table(str(file))


def write_run(folder, text):
    folder.mkdir(parents=True)
    (folder / 'result.json').write_text(json.dumps(dict(mAP=0.5)))
    folder.with_name(folder.name + '.py').write_text(text)


def test_weights_are_those_of_the_runs_beside_the_papers(tmp_path):
    """The configs that runs leave win over the row's, whose options stand where nothing has run."""
    plain = tmp_path / 'plain.py'
    plain.write_text("model = dict(backbone=dict(type='A'))\nload_from = None\n")
    inner = "init_cfg=dict(type='Pretrained', checkpoint='{}.pth')"
    rows = [
        TableRow('trained', str(plain), paper=dict(mAP=44.9), paper_weights='ImageNet'),
        TableRow('to train', str(plain), {'model.backbone.pretrained': 'k400.pth'}),
        TableRow('random', str(plain)),
    ]
    for seed, name in ((0, 'b'), (1, 'a')):
        write_run(tmp_path / f'trained/seed{seed}',
                  f"model = dict(backbone=dict(type='B', backbone=dict(type='A', {inner.format(name)})))")
    (tmp_path / 'random/seed0').mkdir(parents=True)  # begun, not done: its config does not count
    (tmp_path / 'random/seed0.py').write_text("model = dict(backbone=dict(type='A', pretrained='x.pth'))")
    text = write_table(tmp_path, 'T', ('mAP', ), rows)
    assert "| row | seeds | mAP (%) | paper's mAP (%) | weights | paper's weights |" in text
    assert '| trained | 2 | 50.0 ± 0.0 | 44.9 | a.pth, b.pth | ImageNet |' in text
    assert '| to train | 0 |  |  | k400.pth |  |' in text and '| random | 0 |  |  | random |  |' in text
    assert "does not compare with the paper's: docs/weights.md" in text
    assert list(csv.reader(open(tmp_path / 'table.csv', encoding='utf-8')))[1][-2:] == ['a.pth, b.pth', 'ImageNet']


@pytest.mark.parametrize('backbone, rest, expected', [
    ("type='A', init_cfg=[dict(type='Kaiming', layer='Conv2d')]", '', 'random'),
    ("type='A', init_cfg=dict(type='Pretrained', checkpoint='torchvision://resnet101')", '', 'torchvision://resnet101'),
    ("type='A', init_cfg=[dict(type='Kaiming'), dict(type='mmengine.model.PretrainedInit', checkpoint='i.pth')]", '',
     'i.pth'),
    ("type='A', pretrained=None", "load_from = 'whole.pth'", 'whole.pth'),
    ("type='B', backbone=dict(type='A', pretrained='p.pth')", "load_from = None", 'p.pth')])
def test_where_a_config_says_its_weights(tmp_path, backbone, rest, expected):
    (tmp_path / 'c.py').write_text(f'model = dict(backbone=dict({backbone}))\n{rest}')
    assert starting_weights(Config.fromfile(tmp_path / 'c.py')) == expected


def test_a_run_keeps_the_config_that_it_was_begun_with(tmp_path):
    (tmp_path / 'c.py').write_text('model = dict(a=dict(b=1, c=(2, 3)))\n')
    row, run = TableRow('r', str(tmp_path / 'c.py'), {'model.a': dict(_delete_=True, b=2)}), tmp_path / 'wd/r/seed0'
    path = keep_config(run, row.load())
    assert Config.fromfile(path).to_dict() == dict(model=dict(a=dict(b=2)))
    stamp = path.stat().st_mtime_ns
    run.mkdir()
    assert keep_config(run, row.load()) == path and path.stat().st_mtime_ns == stamp
    with pytest.raises(ValueError, match=r'other settings: model.a.b, seed. Remove'):
        keep_config(run, row.load({'model.a.b': 3, 'seed': 1}))
    path.unlink()  # a run of before, which says nothing
    with pytest.raises(ValueError, match='has no .*seed0.py that says what it was trained with'):
        keep_config(run, row.load())
