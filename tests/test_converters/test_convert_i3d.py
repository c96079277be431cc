import pytest
import torch
from released_files import convert, load, released, without_counters

from kssnet_mm.converters import convert_i3d
from kssnet_mm.models.inception_i3d import InceptionI3D

FIRST = 'Conv3d_1a_7x7.conv3d.weight'


def test_the_command_on_an_old_file_gives_a_backbone(tmp_path):
    state = without_counters(released('pytorch_i3d'))
    torch.save(state, tmp_path / 'rgb.pt', _use_new_zipfile_serialization=False)
    assert 'wrote 342 tensors' in convert('i3d_to_kssnet', tmp_path / 'rgb.pt', tmp_path / 'ours.pth')
    net = load(InceptionI3D(), tmp_path / 'ours.pth')
    found = net.state_dict()
    for key, value in state.items():
        if not key.startswith('logits'):
            assert torch.equal(found[key], value), key
    assert not net.Mixed_3b.b0.bn.num_batches_tracked.any()


def test_flow_weights_are_for_those_who_ask(tmp_path):
    state = released('pytorch_i3d')
    torch.save(state, tmp_path / 'rgb.pt')
    torch.save(dict(state, **{FIRST: torch.rand(64, 2, 7, 7, 7)}), tmp_path / 'flow.pt')
    target = tmp_path / 'ours.pth'
    output = convert('i3d_to_kssnet', tmp_path / 'flow.pt', target, fail=True)
    assert f'flow.pt holds flow weights ({FIRST} reads 2 channels), but RGB weights (3 channels)' in output
    assert 'with --flow' in output and not target.exists()
    output = convert('i3d_to_kssnet', tmp_path / 'rgb.pt', target, '--flow', fail=True)
    assert 'rgb.pt holds RGB weights' in output and 'without --flow' in output and not target.exists()
    convert('i3d_to_kssnet', tmp_path / 'flow.pt', target, '--flow')
    assert load(InceptionI3D(in_channels=2), target).Conv3d_1a_7x7.conv3d.weight.any()


def test_weights_of_neither_rgb_nor_flow_are_misshapen():
    state = dict(InceptionI3D().state_dict(), **{FIRST: torch.ones(64, 5, 7, 7, 7)})
    with pytest.raises(ValueError, match=r'1 misshapen: Conv3d_1a_7x7.*\(64, 5, 7, 7, 7\) for \(64, 3, 7, 7, 7\)'):
        convert_i3d(state)
