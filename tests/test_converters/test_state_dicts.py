from pathlib import Path

import pytest
import torch
from released_files import convert, load
from torch import nn

from kssnet_mm.converters import (convert_googlenet, convert_i3d, convert_mlgcn, convert_mssnet,
                                  read_state_dict, save_state_dict)
from kssnet_mm.converters.state_dicts import complete_state, read_checkpoint, shapes_of


@pytest.mark.parametrize('change', [
    lambda state: convert_i3d(state, 'x.pt'), lambda state: convert_googlenet(state, path='x.pt'),
    lambda state: convert_mlgcn(state, torch.ones(80, 300), path='x.pt'),
    lambda state: convert_mssnet(state, torch.eye(157), torch.ones(157, 300), path='x.pt')
])
def test_a_wrong_file_is_named_with_its_keys(change):
    with pytest.raises(ValueError, match=r'x\.pt is no .*missing: .*unexpected: layer9\.weight'):
        change({'layer9.weight': torch.ones(3)})


def test_twenty_keys_of_each_kind_are_named_and_all_are_counted():
    expected = {f'a{i:02}': (1, ) for i in range(26)}
    state = {'a00': torch.ones(2, 3), 'b': torch.ones(1), 'c': torch.ones(1)}
    with pytest.raises(ValueError) as refusal:
        complete_state(state, expected, 'x.pt', 'thing')
    named = ', '.join(f'a{i:02}' for i in range(1, 21))
    assert str(refusal.value) == (f'x.pt is no thing: 25 missing: {named} and 5 more; 2 unexpected: b, c; '
                                  '1 misshapen: a00 (2, 3) for (1,)')


def test_absent_counters_become_zero_and_present_ones_stay(tmp_path):
    net = nn.Sequential(nn.BatchNorm1d(2), nn.BatchNorm1d(2))
    state = {key: value for key, value in net.state_dict().items() if key != '1.num_batches_tracked'}
    state['0.num_batches_tracked'] = torch.tensor(7)
    save_state_dict(complete_state(state, shapes_of(net), 'x.pt', 'thing'), str(tmp_path / 'y.pth'))
    load(net, tmp_path / 'y.pth')
    assert [norm.num_batches_tracked.item() for norm in net] == [7, 0]
    assert net[1].num_batches_tracked.dtype == torch.int64
    assert [path.name for path in tmp_path.iterdir()] == ['y.pth']


def test_code_and_broken_files_are_refused(tmp_path):
    torch.save(dict(model=Path('x')), tmp_path / 'code.pth')
    (tmp_path / 'broken.pth').write_bytes(b'PK not a checkpoint')
    for name in ('code', 'broken'):
        with pytest.raises(ValueError, match=f'{name}.pth is refused: it is broken or holds more than tensors'):
            read_checkpoint(str(tmp_path / f'{name}.pth'))


def test_state_dicts_are_found_in_the_forms_that_people_save(tmp_path):
    path, weights = str(tmp_path / 'x.pth'), {'a.weight': torch.arange(3.), 'b': torch.ones(2, 2)}
    prefixed = {f'module.{key}': value for key, value in weights.items()}
    # the second argument: the format of PyTorch before 1.6
    for content, zipped in ((weights, True), (weights, False), (dict(state_dict=prefixed, epoch=3), False)):
        torch.save(content, path, _use_new_zipfile_serialization=zipped)
        found = read_state_dict(path)
        assert list(found) == list(weights) and all(torch.equal(found[key], weights[key]) for key in weights)
    torch.save(dict(state_dict=dict(weights, epoch=3)), path)
    with pytest.raises(ValueError, match='x.pth holds no state dict'):
        read_state_dict(path)


@pytest.mark.parametrize('tool, kind', [('i3d_to_kssnet', 'pytorch-i3d checkpoint'),
                                        ('inflate_googlenet', 'torchvision GoogLeNet checkpoint')])
def test_commands_refuse_in_one_line_and_write_nothing(tmp_path, tool, kind):
    """57 convolutions, each with a norm of four tensors beside its counter, are 285 missing keys."""
    source, target = tmp_path / 'x.pth', tmp_path / 'y.pth'
    torch.save({'layer9.weight': torch.ones(3)}, source)
    output = convert(tool, source, target, fail=True)
    assert output.startswith(f'error: {source} is no {kind}: 285 missing: ')
    assert output.endswith('and 265 more; 1 unexpected: layer9.weight')
    for path in (tmp_path / 'gone.pth', tmp_path):
        output = convert(tool, path, target, fail=True)
        assert output.startswith('error: ') and str(path) in output
    assert not target.exists()
