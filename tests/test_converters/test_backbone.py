import pytest
import torch
from released_files import ROOT, convert
from mmengine.registry import MODELS
from torch import nn

from kssnet_mm.converters import convert_backbone

SMALL = dict(type='mmaction.ResNet3d', depth=18, base_channels=8, pretrained=None, conv_cfg=dict(type='Conv3d'),
             inflate=((0, 0), ) * 4, norm_eval=False, zero_init_residual=False)
BLOCKS = dict(non_local=((0, 0), (0, 1), (0, 0), (0, 0)),
              non_local_cfg=dict(norm_cfg=dict(type='BN3d'), mode='embedded_gaussian', use_scale=False))


def recognizer(backbone: nn.Module) -> dict:
    return {**{f'backbone.{key}': value for key, value in backbone.state_dict().items()},
            'cls_head.fc_cls.weight': torch.ones(400, 64)}


def test_a_net_with_non_local_blocks_starts_as_the_one_without():
    plain, target = MODELS.build(SMALL), MODELS.build(dict(SMALL, **BLOCKS))
    target.load_state_dict(convert_backbone(recognizer(plain), target), strict=True)
    plain.eval()  # which in mmaction2 returns nothing
    target.eval()
    x = torch.randn(1, 3, 4, 32, 32)
    with torch.no_grad():
        torch.testing.assert_close(target(x), plain(x))


def test_other_files_are_named():
    plain = MODELS.build(SMALL)
    state = recognizer(plain)
    state['backbone.layer9.weight'] = state.pop('backbone.conv1.conv.weight')
    with pytest.raises(ValueError, match=r'x\.pth is no checkpoint of this ResNet3d: 1 missing: conv1\.conv\.weight; '
                       r'1 unexpected: layer9\.weight'):
        convert_backbone(state, plain, 'x.pth')
    with pytest.raises(ValueError, match=r'x\.pth holds no backbone\.\* weights, but conv1\.conv\.weight, '):
        convert_backbone(plain.state_dict(), plain, 'x.pth')


def test_the_command_writes_what_pretrained_takes(tmp_path):
    (tmp_path / 'c.py').write_text(f"default_scope = 'mmaction'\nmodel = dict(backbone={SMALL!r})")
    plain = MODELS.build(SMALL)
    torch.save(dict(state_dict=recognizer(plain)), tmp_path / 'k400.pth')
    output = convert('mmaction2_to_kssnet', tmp_path / 'k400.pth', tmp_path / 'ours.pth', '--config', tmp_path / 'c.py')
    assert f'wrote {len(plain.state_dict())} tensors' in output
    net = MODELS.build(dict(SMALL, pretrained=str(tmp_path / 'ours.pth'), pretrained2d=False))
    net.init_weights()
    assert torch.equal(net.conv1.conv.weight, plain.conv1.conv.weight)
    slowfast = str(ROOT / 'configs/slowfast_r101_charades.py')
    output = convert('mmaction2_to_kssnet', tmp_path / 'k400.pth', tmp_path / 'b.pth', '--config', slowfast, fail=True)
    assert 'k400.pth is no checkpoint of this ResNet3dSlowFast: ' in output and not (tmp_path / 'b.pth').exists()
