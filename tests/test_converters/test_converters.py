import json
from pathlib import Path

import pytest
import torch
from mmengine.config import Config
from mmengine.registry import DefaultScope
from shared_data import shared

from kssnet_mm.converters import (convert_googlenet, convert_i3d, convert_mlgcn, convert_mssnet,
                                  read_state_dict, save_state_dict)
from kssnet_mm.converters.inflate import inflate
from kssnet_mm.converters.state_dicts import read_checkpoint
from kssnet_mm.models.backbones.inception_i3d import InceptionI3D
from kssnet_mm.models.label_gcn import label_keys
from kssnet_mm.registry import MODELS

ROOT = Path(__file__).resolve().parents[2]


def build(config: str) -> torch.nn.Module:
    cfg = Config.fromfile(ROOT / 'configs' / config)
    cfg.model.backbone.gcn.graph = None
    with DefaultScope.overwrite_default_scope(cfg.default_scope):
        return MODELS.build(cfg.model).eval()


def zeros(listing: str) -> dict:
    """A checkpoint with the names, shapes and types of a released one."""
    return {entry['key']: torch.zeros(entry['shape'], dtype=getattr(torch, entry['dtype'].split('.')[1]))
            for entry in json.loads(shared(f'checkpoints/{listing}').read_text())}


def test_released_kssnet_gives_its_reference_outputs():
    path = shared('checkpoints/mssnet_random_reference.pt')
    content = read_checkpoint(str(path))
    state = convert_mssnet(read_state_dict(str(path), content), content['adj_norm'], content['word'])
    model = build('kssnet_i3d_charades_released.py')
    model.load_state_dict(state, strict=True)
    with torch.no_grad():
        output = model.cls_head(model.backbone(content['input']))
        assert (output - content['output']).abs().max() < 3e-5
        for embedding, expected in zip(model.backbone.gcn(), content['gcn'].values()):
            assert (embedding - expected).abs().max() < 1e-5
        output = model.double().cls_head(model.backbone(content['input'].double()))
        assert (output - content['output_float64']).abs().max() < 1e-9


def test_real_kssnet_checkpoints_have_the_names_expected(tmp_path):
    state = {f'module.{key}': value for key, value in zeros('mssnet_state_dict.json').items()}
    torch.save(dict(state_dict=state, epoch=3), tmp_path / 'real.pth')
    labels = [f'action {i}' for i in range(157)]
    out = convert_mssnet(read_state_dict(str(tmp_path / 'real.pth')), torch.eye(157), torch.ones(157, 300),
                         labels)
    torch.testing.assert_close(out['backbone.gcn.label_keys'], label_keys(labels))
    save_state_dict(out, str(tmp_path / 'ours.pth'))
    build('kssnet_i3d_charades_released.py').load_state_dict(read_state_dict(str(tmp_path / 'ours.pth')))
    assert [path.name for path in tmp_path.glob('*.tmp')] == []


def test_pytorch_i3d_loads_by_name():
    state = zeros('pytorch_i3d_state_dict.json')
    state['Mixed_4d.b2b.conv3d.weight'].fill_(3)
    net = InceptionI3D()
    net.load_state_dict(convert_i3d(state))
    assert (net.Mixed_4d.b2b.conv3d.weight == 3).all()
    flow = dict(state, **{'Conv3d_1a_7x7.conv3d.weight': torch.zeros(64, 2, 7, 7, 7)})
    InceptionI3D(in_channels=2).load_state_dict(convert_i3d(flow))


def test_mlgcn_equals_its_formula():
    """The classifier's weights by an independent transcription of gen_adj and the two layers."""
    state = zeros('mlgcn_state_dict.json')
    generator = torch.Generator().manual_seed(1)
    for key in ('A', 'gc1.weight', 'gc2.weight'):
        state[key] = torch.rand(state[key].shape, generator=generator)
    state['A'].fill_diagonal_(1)
    words = torch.rand(80, 300, generator=generator)
    model = build('mlgcn_r101_coco.py')
    model.load_state_dict(convert_mlgcn(state, words))
    scale = torch.diag(state['A'].sum(1)**-0.5)
    adjacency = (state['A'] @ scale).t() @ scale
    hidden = torch.nn.functional.leaky_relu(adjacency @ (words @ state['gc1.weight']), 0.2)
    expected = adjacency @ (hidden @ state['gc2.weight'])
    feature = torch.rand(2, 2048, 3, 3, generator=generator)
    embedding = model.backbone.gcn()[-1]
    logits = model.head((feature, embedding.expand(2, -1, -1)))
    torch.testing.assert_close(logits, feature.amax(dim=(2, 3)) @ expected.t(), rtol=1e-4, atol=1e-2)


@pytest.mark.parametrize('convert', [
    lambda state: convert_i3d(state, 'x.pt'), lambda state: convert_googlenet(state, path='x.pt'),
    lambda state: convert_mlgcn(state, torch.ones(80, 300), path='x.pt'),
    lambda state: convert_mssnet(state, torch.eye(157), torch.ones(157, 300), path='x.pt')
])
def test_a_wrong_file_is_named_with_its_keys(convert):
    with pytest.raises(ValueError, match=r'x\.pt is no .*missing: .*unexpected: layer9\.weight'):
        convert({'layer9.weight': torch.ones(3)})


def test_wrong_shapes_and_code_are_refused(tmp_path):
    state = {k: v for k, v in InceptionI3D().state_dict().items()}
    state['Mixed_3b.b0.bn.weight'] = torch.ones(7)
    with pytest.raises(ValueError, match=r'1 misshapen: Mixed_3b\.b0\.bn\.weight \(7,\) for \(64,\)'):
        convert_i3d(state)
    torch.save(dict(model=Path('x')), tmp_path / 'code.pth')
    with pytest.raises(ValueError, match='code.pth is refused'):
        read_checkpoint(str(tmp_path / 'code.pth'))
    (tmp_path / 'broken.pth').write_bytes(b'PK not a checkpoint')
    with pytest.raises(ValueError, match='broken.pth is refused'):
        read_checkpoint(str(tmp_path / 'broken.pth'))


@pytest.fixture(scope='module')
def googlenet():
    from torchvision.models import GoogLeNet
    torch.manual_seed(2)
    net = GoogLeNet(aux_logits=False, transform_input=False, init_weights=False).eval()
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(std=0.1)
            module.running_var.uniform_(0.5, 1.5)
    return net


def features_2d(net, x, last):
    for name, module in net.named_children():
        x = module(x)
        if name == last:
            return x


def test_centre_inflation_of_a_constant_video_is_the_2d_net(googlenet):
    """Side 63: odd at the convolution, even at the pools, where both paddings agree."""
    net = InceptionI3D().eval()
    net.load_state_dict(convert_googlenet(googlenet.state_dict(), 'center'))
    image = torch.randn(1, 3, 63, 63)
    with torch.no_grad():
        video = net(image.unsqueeze(2).expand(-1, -1, 8, -1, -1))
        expected = features_2d(googlenet, image, 'inception5b')
    for t in range(video.shape[2]):
        torch.testing.assert_close(video[:, :, t], expected, rtol=1e-4, atol=1e-5)


def test_mean_inflation_equals_the_2d_net_away_from_the_ends(googlenet):
    net = InceptionI3D(out_indices=(2, )).eval()
    net.load_state_dict(convert_googlenet(googlenet.state_dict(), 'mean'))
    image = torch.randn(1, 3, 63, 63)
    with torch.no_grad():
        video = net(image.unsqueeze(2).expand(-1, -1, 32, -1, -1))
        expected = features_2d(googlenet, image, 'inception3b')
    torch.testing.assert_close(video[:, :, 8], expected, rtol=1e-4, atol=1e-5)
    assert (video[:, :, 0] - expected).abs().max() > 1e-3  # zeros beyond the ends


def test_inflation_by_hand():
    weight = torch.tensor([[[[6.]]]])
    assert inflate(weight, 3, 'mean').flatten().tolist() == [2, 2, 2]
    assert inflate(weight, 3, 'center').flatten().tolist() == [0, 6, 0]
    with pytest.raises(ValueError, match="'centre'"):
        inflate(weight, 3, 'centre')
