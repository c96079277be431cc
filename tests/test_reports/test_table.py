import csv
import json

import pytest

from kssnet_mm.reports import TableRow, read_table, row_folder, write_table

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
    assert not list(tmp_path.glob('*.tmp'))


def test_faults_are_named(tmp_path):
    file, config = tmp_path / 't.py', tmp_path / 'x.py'
    config.write_text('')
    row = f'dict(name="A b", config={str(config)!r})'
    file.write_text(f'title="T"\nprotocols=("mAP",)\nrows=[{row}, dict(name="a-B", config={str(config)!r})]')
    with pytest.raises(ValueError, match='stand for one folder'):
        read_table(str(file))
    file.write_text('title="T"\nprotocols=("mAP",)\nrows=[dict(name="A", config="gone.py")]')
    with pytest.raises(ValueError, match="'A' names gone.py"):
        read_table(str(file))
