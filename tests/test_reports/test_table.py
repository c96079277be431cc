import csv
import json
import shutil

import pytest
from mmengine.config import Config

from kssnet_mm.reports import TableRow, keep_config, read_table, row_folder, write_table
from kssnet_mm.reports.table import finished, starting_weights
from kssnet_mm.utils.io import write_numbers


def made_row(tmp_path, name, text='a = 1\n', **kwargs):
    """A row with a config of its own."""
    config = tmp_path / 'configs' / f'{row_folder(name)}.py'
    config.parent.mkdir(exist_ok=True)
    config.write_text(text)
    return TableRow(name, str(config), **kwargs)


def finish(folder, row, seed, options=(), **numbers):
    """The run of a row and a seed, with its config beside it."""
    run = folder / row_folder(row.name) / f'seed{seed}'
    keep_config(run, row.load({'randomness.seed': seed, **dict(options)}), dict(options))
    run.mkdir()
    write_numbers(run / 'result.json', numbers)


def test_numbers_beside_the_papers(tmp_path):
    rows = [made_row(tmp_path, 'Plain, GAP', paper=dict(mAP=77.3)), made_row(tmp_path, 'KSSNet')]
    for seed, value in ((0, 0.5), (1, 0.6)):
        finish(tmp_path, rows[0], seed, mAP=value, wAP=0.25)
    (tmp_path / row_folder('KSSNet') / 'seed0').mkdir(parents=True)  # begun, not done
    text = write_table(tmp_path, 'T', ('mAP', 'wAP'), rows)
    # standard deviation of 50 and 60: sqrt(50) = 7.07
    assert '| Plain, GAP | 2 | 55.0 ± 7.1 | 77.3 | 25.0 ± 0.0 |' in text
    assert '| KSSNet | 0 |  |  |  |' in text
    rows = list(csv.reader(open(tmp_path / 'table.csv', encoding='utf-8')))
    assert rows[0] == ['row', 'seeds', 'mAP (%)', "paper's mAP (%)", 'wAP (%)']
    assert (tmp_path / 'table.md').read_text() == text
    assert not list(tmp_path.glob('.*'))


def test_a_number_that_a_run_does_not_have(tmp_path):
    row = made_row(tmp_path, 'a')
    finish(tmp_path, row, 0, mAP=0.5, CF1=float('nan'))
    assert json.loads((tmp_path / 'a/seed0/result.json').read_text()) == dict(mAP=0.5, CF1=None)
    assert '| a | 1 | 50.0 | none |' in write_table(tmp_path, 'T', ('mAP', 'CF1'), [row])


def test_runs_of_other_settings_are_left_out_and_named(tmp_path):
    """The config of both rows changed, and only the second was trained again."""
    one, two = made_row(tmp_path, 'one', 'a = 1\nb = dict(c=2)\n'), made_row(tmp_path, 'two')
    finish(tmp_path, one, 0, mAP=0.5)
    finish(tmp_path, two, 0, mAP=0.6)
    assert 'Left out' not in write_table(tmp_path, 'T', ('mAP', ), [one, two])
    one = made_row(tmp_path, 'one', 'a = 1\nb = dict(c=3)\n')
    text = write_table(tmp_path, 'T', ('mAP', ), [one, two])
    assert '| one | 0 |  |' in text and '| two | 1 | 60.0 |' in text
    assert 'not those that the rows have now: one, seed0 (b.c).' in text
    finish(tmp_path, one, 1, mAP=0.7)
    assert '| one | 1 | 70.0 |' in write_table(tmp_path, 'T', ('mAP', ), [one, two])


def test_runs_of_other_options_of_the_command_line_are_named(tmp_path):
    """A table is trained in several calls, which may give each row the weights that fit it."""
    row, other = made_row(tmp_path, 'one'), made_row(tmp_path, 'other')
    finish(tmp_path, row, 0, mAP=0.5)
    finish(tmp_path, row, 2, {'a': 2, 'b': ('x', [None])}, mAP=0.6)
    finish(tmp_path, other, 0, dict(a=3), mAP=0.7)
    (tmp_path / 'one/seed2-copy').mkdir()
    (tmp_path / 'one/seed2-copy/result.json').write_text('{}')
    runs = [tmp_path / 'one/seed0', tmp_path / 'one/seed2']
    said = "one, seed2 (a=2, b=('x', [None]))"
    assert finished(tmp_path, row) == (runs, [said], [])
    text = write_table(tmp_path, 'T', ('mAP', ), [row, other])
    assert '| one | 2 | 55.0 ± 7.1 |' in text and '| other | 1 | 70.0 |' in text
    assert f'With --cfg-options: {said}; other, seed0 (a=3).' in text
    (tmp_path / 'one/seed0.py').unlink()
    assert finished(tmp_path, row) == (runs[1:], [said], ['one, seed0 (seed0.py is missing)'])
    shutil.rmtree(runs[1])  # as the error says, to train it again, now without options
    (tmp_path / 'one/seed2.py').unlink()
    finish(tmp_path, row, 2, mAP=0.6)
    assert finished(tmp_path, row).runs == runs[1:] and finished(tmp_path, row).overridden == []


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


def test_the_weights_stand_beside_the_papers(tmp_path):
    """A row's weights are shown, whether it was trained or not, with the options that it was trained with."""
    inner = "model = dict(backbone=dict(type='B', backbone=dict(type='A', pretrained='a.pth')))"
    plain = "model = dict(backbone=dict(type='A'))\nload_from = None\n"
    rows = [
        made_row(tmp_path, 'trained', inner, paper=dict(mAP=44.9), paper_weights='ImageNet'),
        made_row(tmp_path, 'to train', plain, options={'model.backbone.pretrained': 'k400.pth'}),
        made_row(tmp_path, 'random', plain),
    ]
    finish(tmp_path, rows[0], 0, mAP=.5)
    finish(tmp_path, rows[0], 1, mAP=.5)
    text = write_table(tmp_path, 'T', ('mAP', ), rows)
    assert "| row | seeds | mAP (%) | paper's mAP (%) | weights | paper's weights |" in text
    assert '| trained | 2 | 50.0 ± 0.0 | 44.9 | a.pth | ImageNet |' in text
    assert '| to train | 0 |  |  | k400.pth |  |' in text and '| random | 0 |  |  | random |  |' in text
    assert "does not compare with the paper's: docs/weights.md" in text
    assert list(csv.reader(open(tmp_path / 'table.csv', encoding='utf-8')))[1][-2:] == ['a.pth', 'ImageNet']
    finish(tmp_path, rows[2], 0, dict(load_from='whole.pth'), mAP=.25)
    text = write_table(tmp_path, 'T', ('mAP', ), rows)
    assert '| random | 1 | 25.0 |  | whole.pth |  |' in text and '| trained | 2 | 50.0 ± 0.0 | 44.9 | a.pth |' in text


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
