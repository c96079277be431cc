import copy

import pytest
import torch
import torch.nn as nn
from mmengine.registry import DefaultScope

from kssnet_mm.deploy import logits, switch_to_deploy
from kssnet_mm.models.necks import ConstantConnection
from kssnet_mm.registry import MODELS

R50 = dict(type='mmpretrain.ResNet', depth=50, base_channels=16, stem_channels=16)
R3D = dict(type='mmaction.ResNet3d', pretrained=None, conv_cfg=dict(type='Conv3d'), norm_eval=False,
           conv1_kernel=(5, 7, 7), conv1_stride_t=2, pool1_stride_t=2, zero_init_residual=False)
INFLATED = dict(R3D, depth=50, base_channels=16, inflate=((1, 1, 1), (1, 0, 1, 0), (1, 0, 1, 0, 1, 0), (0, 1, 0)))
LAYERS = ('layer1', 'layer2', 'layer3')
# backbone, stages, channels, last channels, input, connections that are left
CASES = dict(
    r18=(dict(type='mmpretrain.ResNet', depth=18), LAYERS, (64, 128, 256), 512, (2, 3, 64, 64), ()),
    # of four connections the last has no convolution behind it to be folded into
    r18_four=(dict(type='mmpretrain.ResNet', depth=18), (*LAYERS, 'layer4'), (64, 128, 256), 512,
              (2, 3, 64, 64), ('layer4', )),
    r50=(R50, LAYERS, (64, 128, 256), 512, (2, 3, 64, 64), ()),
    r101=(dict(R50, depth=101), LAYERS, (64, 128, 256), 512, (2, 3, 64, 64), ()),
    r3d50=(INFLATED, LAYERS, (64, 128, 256), 512, (1, 3, 8, 32, 32), ('layer1', )),
    r3d50_no_pool2=(dict(INFLATED, with_pool2=False), LAYERS, (64, 128, 256), 512, (1, 3, 8, 32, 32), ()),
    r3d18=(dict(R3D, depth=18, base_channels=16, inflate=(1, 1, 1, 1)), LAYERS, (16, 32, 64), 128,
           (1, 3, 8, 32, 32), ('layer1', )),
    mobilenet=(dict(type='mmpretrain.MobileNetV2'), ('layer2', 'layer4', 'layer6'), (24, 64, 160), 1280,
               (2, 3, 64, 64), ()),
    inception=(dict(type='InceptionI3D'), ('Conv3d_2c_3x3', 'Mixed_3c', 'Mixed_4f'), (192, 480, 832), 1024,
               (1, 3, 8, 32, 32), ('Conv3d_2c_3x3', 'Mixed_3c', 'Mixed_4f')),
)


def build(case: str, **classifier) -> nn.Module:
    backbone, stages, channels, last, shape, _ = CASES[case]
    video = len(shape) == 5
    backbone = dict(type='LabelGraphBackbone', backbone=backbone, stages=stages,
                    gcn=dict(type='LabelGCN', num_classes=7, in_channels=5, out_channels=(*channels, last)),
                    lateral=dict(type='LateralConnection', zero_init=False))
    head = dict(type='KSSNetVideoHead' if video else 'KSSNetHead', num_classes=7, in_channels=last,
                classifier=dict(type='LabelGraphClassifier', **classifier))
    cfg = (dict(type='Recognizer3D', backbone=backbone, cls_head=head) if video else
           dict(type='ImageClassifier', backbone=backbone, head=head))
    with DefaultScope.overwrite_default_scope('mmaction' if video else 'mmpretrain'):
        model = MODELS.build(cfg)
    for module in model.modules():
        if isinstance(module, (nn.BatchNorm2d, nn.BatchNorm3d)):
            module.running_mean.normal_(std=0.2)
            module.running_var.uniform_(0.5, 1.5)
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, std=0.2)
    model.backbone.gcn.adjacency.uniform_(0, 0.3)
    return model.eval()


@pytest.mark.parametrize('case', CASES)
def test_deployed_equals_trained(case):
    shape, left = CASES[case][-2:]
    model = build(case)
    deployed = switch_to_deploy(copy.deepcopy(model).double())
    assert tuple(deployed.backbone.laterals) == left and deployed.backbone.gcn is None
    x = torch.randn(shape)
    with torch.no_grad():
        expected, got = logits(model.double(), x.double()), logits(deployed, x.double())
    assert (got - expected).abs().max() <= 1e-10 * expected.abs().max()
    assert not [name for name, _ in deployed.named_parameters() if 'gcn' in name]
    # what is left is told by the settings alone
    settings = deployed.backbone.deployed
    rebuilt = MODELS.build(dict(type='LabelGraphBackbone', backbone=CASES[case][0], deployed=settings))
    rebuilt.double().load_state_dict(deployed.backbone.state_dict())
    with torch.no_grad():
        torch.testing.assert_close(rebuilt.eval()(x.double())[-1], deployed.backbone(x.double())[-1])


def test_in_float32_and_the_backbone_alone():
    model = build('r50', pool='max', tanh=False, fc=False)
    deployed, x = copy.deepcopy(model), torch.randn(2, 3, 64, 64)
    with torch.no_grad():
        expected = logits(model, x)
        deployed.backbone.switch_to_deploy()
        # the head still reads the embedding, a constant now
        assert (logits(deployed, x) - expected).abs().max() < 1e-4 * expected.abs().max()
        deployed = switch_to_deploy(copy.deepcopy(model))
        assert (logits(deployed, x) - expected).abs().max() < 1e-4 * expected.abs().max()
    deployed.backbone.switch_to_deploy()  # again: nothing left to do


def test_what_is_asked_for_is_not_folded_away():
    """A stage whose output is returned keeps its connection."""
    model = build('r50')
    backbone = model.backbone
    backbone._output_names = ('layer2', 'layer4')
    x = torch.randn(1, 3, 64, 64)
    with torch.no_grad():
        expected = backbone(x)
        backbone.switch_to_deploy()
        got = backbone(x)
    assert tuple(backbone.laterals) == ('layer2', )
    for a, b in zip(got, expected):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-4)


def test_refuses_to_train_and_to_deploy_twice():
    model = switch_to_deploy(build('r50'))
    for module in (model, model.backbone, model.head.classifier):
        with pytest.raises(RuntimeError, match='train on from the checkpoint'):
            module.train()
    with pytest.raises(ValueError, match='deployed already'):
        switch_to_deploy(model)
    with pytest.raises(ValueError, match='is a ResNet'):
        model.backbone = model.backbone.backbone
        switch_to_deploy(model)


@pytest.mark.parametrize('channels, rank, fused', [(10, 4, False), (8, 4, True), (6, 7, True)])
def test_constant_connection_takes_the_cheaper_form(channels, rank, fused):
    up, down, x = torch.randn(channels, rank), torch.randn(rank, channels), torch.randn(2, channels, 3, 3)
    connection = ConstantConnection.from_factors(up, down)
    assert (connection.rank is None) == fused
    expected = x + torch.einsum('ij,bjhw->bihw', up @ down, x)
    torch.testing.assert_close(connection(x), expected, rtol=1e-4, atol=1e-5)


def test_truncation_keeps_its_bound():
    u, _ = torch.linalg.qr(torch.randn(12, 12).double())
    v, _ = torch.linalg.qr(torch.randn(12, 12).double())
    values = torch.tensor([3, 2, 1e-3, 1e-4] + [0] * 8).double()
    connection = ConstantConnection.from_factors(u * values, v.t(), tolerance=1e-2)
    assert connection.rank == 2
    matrix = torch.eye(12).double() + (u * values) @ v.t()
    x = torch.randn(64, 12, 1, 1).double()
    error = (connection(x) - torch.einsum('ij,bjhw->bihw', matrix, x)).flatten(1).norm(dim=1)
    bound = 1e-2 * torch.linalg.matrix_norm(matrix, 2) * x.flatten(1).norm(dim=1)
    assert (error <= bound).all() and (error > 0).all()
