"""The command's counts against numbers worked by hand, and at full size against those of the docs."""
import logging
import re

import pytest
from conftest import IMAGE, ROOT

TOOL = ROOT / 'tools/analysis_tools/get_flops.py'
# parts of a row: parameters in millions, MiB of the state dict, multiply-accumulates in 10^9
PARTS = ('CNN', 'GCN', 'lateral connections', 'head', 'all')


@pytest.fixture(autouse=True)
def logs_as_before():
    """The command silences them for its process, which here is that of all tests."""
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def counts(run_here, monkeypatch):
    """Runs the command; {part: (M parameters, MiB, GMACs)}."""
    monkeypatch.setenv('COLUMNS', '160')

    def call(*arguments):
        number = r' +([\d.]+) +│'
        rows = re.findall(r'│ ([A-Za-z ]+?) +│' + 3 * number, run_here(TOOL, *arguments))
        return {name: tuple(map(float, numbers)) for name, *numbers in rows}

    return call


def test_a_small_network_by_hand(counts):
    """A ResNet-18 of 32 to 256 channels on 80 x 80, 12 labels with vectors of 50."""
    found = counts(IMAGE, '--shape', 3, 80, 80)
    n, channels, sides = 12, (32, 64, 128, 256), (20, 10, 5, 3)
    cnn, before = 49 * 3 * 32 * 40**2, 32
    for channel, side in zip(channels, sides):
        first = 9 * before * channel + (0 if before == channel else before * channel)
        cnn, before = cnn + (first + 3 * 9 * channel**2) * side**2, channel
    sizes = list(zip((50, *channels), channels))
    gcn = sum(n * a * b + n * n * b for a, b in sizes)
    connections = sum(2 * n * channel * side**2 for channel, side in zip(channels[:3], sides))
    head = 2 * n * 256
    assert set(found) == set(PARTS)
    for name, expected in zip(PARTS, (cnn, gcn, connections, head, cnn + gcn + connections + head)):
        assert found[name][2] == pytest.approx(expected / 1e9, abs=6e-4), name
    assert found['GCN'][0] == pytest.approx(sum(a * b for a, b in sizes) / 1e6, abs=6e-4)
    assert found['lateral connections'][1] == pytest.approx(4 * n * sum(channels[:3]) / 2**20, abs=6e-3)


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
    parts = {name: found[name][2] for name in PARTS if name in found}
    full = (parts['CNN'] + parts.get('lateral connections', 0)) * (224 / 64)**2 + parts.get('GCN', 0)
    # three digits are shown of each; of the fused connection 192^2 x 157 do not depend on positions either
    assert full == pytest.approx(macs, abs=0.08) and macs == documented('Inception-I3D, 64 x 224', row)[column]
    assert found['all'][1] == documented('Inception-I3D, 64 x 224', 'MiB')[column]


def test_a_wrong_shape_is_refused(run_here):
    output = run_here(TOOL, IMAGE, '--shape', 3, 8, 80, 80, fail=True)
    assert 'error: --shape (3, 8, 80, 80) is not one input of this config: 3 H W' in output
