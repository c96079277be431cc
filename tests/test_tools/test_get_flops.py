"""The command's counts at full size against those of the docs; tests/test_reports counts a small network by hand."""
import re

import pytest
from conftest import IMAGE, ROOT

TOOL = ROOT / 'tools/analysis_tools/get_flops.py'


@pytest.fixture
def counts(run_here, monkeypatch):
    """Runs the command; {part: (M parameters, MiB, GMACs)}."""
    monkeypatch.setenv('COLUMNS', '160')

    def call(*arguments):
        number = r' +([\d.]+) +│'
        rows = re.findall(r'│ ([A-Za-z ]+?) +│' + 3 * number, run_here(TOOL, *arguments))
        return {name: tuple(map(float, numbers)) for name, *numbers in rows}

    return call


def documented(title, row):
    """Numbers of one row of the docs' table that begins with ``title``, without its first cell."""
    lines = (ROOT / 'docs/paper_and_released.md').read_text().partition(f'| {title}')[2].splitlines()
    cells = next(line for line in lines if line.startswith(f'| {row} |')).strip('|').split('|')[1:]
    return [float(cell) if cell.strip() else None for cell in cells]


@pytest.mark.parametrize('config, stages, column, macs', [
    ('r101_coco', None, 0, 31.20), ('kssnet_r101_coco', ('layer3', ), 1, 31.54),
    ('kssnet_r101_coco', ('layer2', 'layer3'), 2, 31.83), ('kssnet_r101_coco', None, 3, 32.35)])
def test_resnet101_has_the_documented_size(counts, config, stages, column, macs):
    channels = (256, 512, 1024, 2048)[3 - len(stages or ()):]
    options = () if stages is None else (
        '--cfg-options', f'model.backbone.stages={stages}'.replace(' ', ''),
        f'model.backbone.gcn.out_channels={channels}'.replace(' ', ''))
    found = counts(ROOT / f'configs/{config}.py', *options)['all']
    assert round(found[2], 2) == macs == documented('ResNet-101, 448 x 448', 'GMACs')[column]
    assert found[1] == documented('ResNet-101, 448 x 448', 'MiB')[column]


@pytest.mark.parametrize('config, options, row, column, macs', [
    ('i3d_charades', (), 'GMACs, ours', 0, 111.15),
    ('kssnet_i3d_charades', (), 'GMACs, ours', 3, 119.74),
    ('kssnet_i3d_charades_released', ('model.backbone.lateral.form=pair', ), 'GMACs, the released form of the LC', 4,
     121.98)])
def test_inception_i3d_has_the_documented_size(counts, config, options, row, column, macs):
    """At 64 x 64, a (64 / 224)^2 of the positions in every stage; the GCN does not depend on them."""
    found = counts(ROOT / f'configs/{config}.py', '--shape', 3, 64, 64, 64,
                   *(['--cfg-options', *options] if options else []))
    parts = {name: macs for name, (_, _, macs) in found.items()}
    full = (parts['CNN'] + parts.get('lateral connections', 0)) * (224 / 64)**2 + parts.get('GCN', 0)
    # three digits are shown of each; of the fused connection 192^2 x 157 do not depend on positions either
    assert full == pytest.approx(macs, abs=0.08) and macs == documented('Inception-I3D, 64 x 224', row)[column]
    assert found['all'][1] == documented('Inception-I3D, 64 x 224', 'MiB')[column]


def test_a_wrong_shape_is_refused(run_here):
    output = run_here(TOOL, IMAGE, '--shape', 3, 8, 80, 80, fail=True)
    assert 'error: --shape (3, 8, 80, 80) is not one input of this config: 3 H W' in output
