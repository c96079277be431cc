"""KSSNet on stock backbones against the formulas, gradients included, and what it must survive."""
import copy
import functools
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from backbone_cases import FOUR, IMAGE, NO_POOL2, R18, RESNET, RESNET3D, THREE, VIDEO, N, build, checkpoint_blocks
from mmengine.model import ExponentialMovingAverage, PretrainedInit
from mmengine.registry import DefaultScope
from packaging.version import Version
from reference import factors, gcn, lateral
from torch.utils.checkpoint import checkpoint

from kssnet_mm.deploy.switch import Network
from kssnet_mm.registry import MODELS

OLD_TORCH = Version(torch.__version__) < Version('2.6')


def recognizer(kind, backbone, **head):
    """A model of mmaction2 on a label graph backbone, in evaluation mode."""
    with DefaultScope.overwrite_default_scope('mmaction'):
        gcn_cfg = dict(type='LabelGCN', num_classes=N, in_channels=7)
        model = MODELS.build(dict(type=kind, backbone=dict(type='LabelGraphBackbone', gcn=gcn_cfg, **backbone),
                                  cls_head=dict(type='KSSNetVideoHead', num_classes=N, **head)))
    return model.eval()


def by_formulas(model):
    """A copy with the paper's formulas in place of our modules' forward."""
    net = copy.deepcopy(model)
    net.gcn.forward = lambda: gcn(net.gcn.adjacency, net.gcn.embedding, [factors(layer) for layer in net.gcn.layers])
    for connection in net.laterals.values():
        connection.forward = functools.partial(lateral, weight=connection.weight)
    return net


@pytest.mark.parametrize('backbone, shape, stages', [
    (RESNET, IMAGE, THREE), (RESNET, IMAGE, FOUR), (RESNET3D, VIDEO, FOUR), (NO_POOL2, VIDEO, THREE)
], ids=['resnet', 'resnet-four', 'resnet3d-four', 'resnet3d-no-pool2'])
@pytest.mark.parametrize('training', [False, True])
def test_equals_formulas_with_gradients(backbone, shape, stages, training):
    """With four connections the last one feeds the classifier, with three the last stage does."""
    model = build(backbone, stages=stages).double()
    model.train(training)
    x, results = torch.randn(shape, dtype=torch.double), []
    for net in (by_formulas(model), model):  # training moves the running statistics, of a copy first
        features, embedding = net(x)
        torch.manual_seed(1)
        loss = (features * torch.randn_like(features)).sum() + (embedding * torch.randn_like(embedding)).sum()
        results.append((features, embedding, *torch.autograd.grad(loss, list(net.parameters()))))
    for a, b in zip(*results):
        torch.testing.assert_close(a, b, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize('backbone', [RESNET, RESNET3D], ids=['resnet', 'resnet3d'])
@pytest.mark.parametrize('kind', ['Pretrained', PretrainedInit])
@pytest.mark.parametrize('listed', [False, True])
def test_pretrained_weights_load_through_init_cfg(tmp_path, backbone, kind, listed):
    """In all forms that mmengine takes: a name or a class, alone or in a list with other initialisations."""
    source, path = MODELS.build(backbone), str(tmp_path / 'weights.pth')
    torch.save(dict(state_dict={f'backbone.{k}': v for k, v in source.state_dict().items()}), path)
    init_cfg = dict(type=kind, checkpoint=path, prefix='backbone')
    model = build(dict(backbone, init_cfg=[init_cfg, dict(type='Constant', layer='Conv2d', val=1.)] if listed
                       else init_cfg))
    model.init_weights()
    for key, value in source.state_dict().items():
        assert torch.equal(model.backbone.state_dict()[key], value), key


def test_embeddings_survive_concatenated_views():
    model = build(RESNET3D).eval()
    x = torch.randn(4, 3, 8, 32, 32)
    whole = model(x)
    parts = [torch.cat(pair) for pair in zip(model(x[:2]), model(x[2:]))]
    assert len(whole) == len(parts) == 2  # the feature map and the embedding
    for a, b in zip(whole, parts):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-4)


def test_compiles_without_graph_breaks_and_exports():
    model = build(RESNET).double().eval()
    x = torch.randn(IMAGE, dtype=torch.double)
    expected = model(x)[0]
    compiled = torch.compile(model, fullgraph=not OLD_TORCH, backend='eager')
    torch.testing.assert_close(compiled(x)[0], expected)
    if OLD_TORCH:
        return  # hooks are not traced there: the backbone runs without compilation
    exported = torch.export.export(model, (x, ))
    graph = exported.module() if hasattr(exported, 'module') else exported
    torch.testing.assert_close(graph(x)[0], expected)


@pytest.mark.parametrize('change', [None, checkpoint_blocks])
def test_compiled_gradients_equal(change):
    if change is not None and OLD_TORCH:
        pytest.skip('torch 2.1 cannot compile checkpointed blocks, a plain ResNet\'s neither')
    model = build(RESNET).double().train()
    grads = []
    for compiled in (False, True):
        net = copy.deepcopy(model)
        if change is not None:
            change(net)
        # AOTAutograd splits forward and backward as the default backend does, without its code generation
        whole = change is None and not OLD_TORCH
        outputs = (torch.compile(net, backend='aot_eager', fullgraph=whole) if compiled else net)(
            torch.randn(IMAGE, dtype=torch.double, generator=torch.Generator().manual_seed(0)).requires_grad_())
        sum(output.square().sum() for output in outputs).backward()
        grads.append([p.grad for p in net.parameters()])
    for a, b in zip(*grads):
        torch.testing.assert_close(a, b, rtol=1e-7, atol=1e-7)


def test_the_gcn_runs_once_whatever_the_number_of_views():
    model, calls = recognizer('Recognizer3D', dict(backbone=RESNET3D), in_channels=512), []
    model.backbone.gcn.register_forward_hook(lambda *_: calls.append(1))
    model(torch.randn(2, 3, *VIDEO[1:]), mode='tensor')  # two videos of three views
    assert len(calls) == 1


def test_autocast_and_checkpointing():
    model = build(dict(RESNET, with_cp=True), with_cp=True)
    plain = build(RESNET)
    plain.load_state_dict(model.state_dict())
    x = torch.randn(IMAGE)
    grads = []
    for net in (model, plain):
        net.train()
        net(x)[0].square().sum().backward()
        grads.append([p.grad for p in net.parameters() if p.grad is not None])
    assert len(grads[0]) == len(grads[1])
    for a, b in zip(*grads):
        torch.testing.assert_close(a, b, rtol=1e-3, atol=1e-3)
    plain.eval()
    with torch.autocast('cpu', dtype=torch.bfloat16):
        low = plain(x)[0]
    assert low.dtype == torch.bfloat16 and torch.isfinite(low).all()


CHOICES = "choose stages from layer1, layer2, layer3, layer4, layer1.0"


class Names(torch.nn.Module):
    def forward(self, x):
        return ['person', x]


class LabelList(torch.nn.Module):
    """A backbone with a module whose output is no feature map; another output on demand is none either."""

    def __init__(self, output=None):
        super().__init__()
        self.conv, self.names, self.output = torch.nn.Conv2d(3, 4, 1), Names(), output

    def forward(self, x):
        return self.output or self.names(self.conv(x))[1]


@pytest.mark.parametrize('backbone, channels, stages, message', [
    (RESNET, R18, ('layer1', 'layer9'), f"ResNet has no module 'layer9', .* {CHOICES}"),
    (RESNET, R18, ('layer2', 'layer3'), r"stage 'layer2' of ResNet has 128 channels, .* 64: "
                                        r'set out_channels=\(128, 256, 512\), or leave it out'),
    (RESNET, R18, ('layer1', 'layer1'), f"'layer1' is named twice .* {CHOICES}"),
    (RESNET, (64, ), ('layer1', 'layer2'), 'as many GCN layers'),
    (RESNET, (64, 128, 256, 500), THREE, 'last output of ResNet has 512 channels, but the last GCN layer gives 500'),
    (RESNET, R18, ('layer1.0.relu', ), "ResNet calls its module 'layer1.0.relu' 2 times in one forward pass"),
    (dict(RESNET, out_indices=(1, )), None, ('layer3', ),
     "no output of ResNet depends on its module 'layer3'.* from layer1, layer2"),
    (dict(type='mmpretrain.VGG', depth=11), None, ('features', ), "VGG never calls its module 'features'"),
    (dict(type=LabelList), None, ('names', ), 'of LabelList gives no feature map'),
    (dict(type=LabelList, output=dict(a=1)), None, (), r"LabelList gives \['dict'\], which are no feature maps")])
def test_bad_stages_are_named(backbone, channels, stages, message):
    with pytest.raises(ValueError, match=message):
        build(backbone, channels, stages)


def test_channels_may_be_left_out():
    assert build(RESNET, None).gcn.out_channels == (64, 128, 256, 512)
    assert build(RESNET, None, ()).gcn.out_channels == (512, )


def test_frozen_stages_do_not_reach_the_connections():
    model = build(dict(RESNET, frozen_stages=4, norm_eval=True)).train()
    assert not any(p.requires_grad for p in model.backbone.layer4.parameters())
    assert all(p.requires_grad for p in model.laterals.parameters())
    assert all(p.requires_grad for p in model.gcn.parameters())


@pytest.mark.parametrize('training, gradients', [(False, False), (False, True), (True, True)])
def test_inception_i3d_and_its_head_compile_without_graph_breaks(training, gradients):
    model = recognizer('Recognizer3D', dict(backbone=dict(type='InceptionI3D'),
                                            stages=('Conv3d_2c_3x3', 'Mixed_3c', 'Mixed_4f')), in_channels=1024,
                       classifier=dict(type='LabelGraphClassifier', dropout=0.0))
    network = Network(model).double().train(training)
    x = torch.randn(2, 3, 8, 32, 32, dtype=torch.double)  # two, for batch norms whose maps are of one position
    outputs = []
    for net in (copy.deepcopy(network), torch.compile(network, backend='eager', fullgraph=not OLD_TORCH)):
        with torch.set_grad_enabled(gradients):
            outputs.append(net(x))
    torch.testing.assert_close(*outputs)


def test_two_threads_predict_with_one_model():
    """Each thread holds its own embeddings between the GCN and the last connection."""
    model = build(RESNET).double().eval()
    x, outputs, expected = torch.randn(IMAGE, dtype=torch.double), [], []
    with torch.no_grad():
        for _ in range(2):
            torch.nn.init.uniform_(model.gcn.adjacency)
            outputs.append(model.gcn())
            expected.append(model(x)[0])
    meet, local = threading.Barrier(2, timeout=60), threading.local()
    model.backbone.conv1.register_forward_pre_hook(lambda *_: (meet.wait(), None)[1])
    model.gcn.forward = lambda: outputs[local.number]

    def run(number):
        local.number = number
        with torch.no_grad():
            return model(x)[0]

    with ThreadPoolExecutor(2) as pool:
        for found, wanted in zip(pool.map(run, range(2)), expected):
            torch.testing.assert_close(found, wanted)
    assert not torch.allclose(*expected)


@pytest.mark.parametrize('where', ['backbone', 'backbone.layer2', 'backbone.layer2.0', 'backbone.layer2.1.conv1'])
@pytest.mark.parametrize('reentrant', [True, False])
def test_activation_checkpointing_gives_the_gradients_or_an_error(where, reentrant):
    stages = ('layer1', 'layer2.1.conv1', 'layer3')
    model = build(RESNET, None, stages).double().train()
    plain = copy.deepcopy(model)
    module = model.get_submodule(where)
    module.forward = functools.partial(checkpoint, module.forward, use_reentrant=reentrant)
    x = torch.randn(IMAGE, dtype=torch.double, requires_grad=True)
    plain(x)[0].square().sum().backward()
    # elsewhere the connections' hooks run outside of what is checkpointed
    inside = where in ('backbone', 'backbone.layer2')
    if reentrant and inside:
        with pytest.raises(RuntimeError, match='use_reentrant=False'):
            model(x)
        return
    model(x)[0].square().sum().backward()
    for (key, a), b in zip(model.named_parameters(), plain.parameters()):
        if b.grad is not None:
            torch.testing.assert_close(a.grad, b.grad, rtol=1e-8, atol=1e-8, msg=key)


def test_the_backbone_alone_asks_for_its_wrapper():
    with pytest.raises(RuntimeError, match='call the LabelGraphBackbone around it'):
        build(RESNET).backbone(torch.randn(IMAGE))


@pytest.mark.parametrize('copied', [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model)),
                                    lambda model: ExponentialMovingAverage(model).module])
def test_copies_and_pickles_hold_no_embeddings(copied):
    model = build(RESNET).eval()
    expected = model(torch.ones(IMAGE))
    clone = copied(model)
    assert clone._slot.latest is None and clone._slot is not model._slot
    assert len(expected) == len(clone(torch.ones(IMAGE))) == 2
    for a, b in zip(clone(torch.ones(IMAGE)), expected):
        assert torch.equal(a, b)
    clone.disconnect('layer1')  # its own, not the original's
    assert 'layer1' in model.laterals and torch.equal(model(torch.ones(IMAGE))[0], expected[0])
    assert not torch.equal(clone(torch.ones(IMAGE))[0], expected[0])


def test_tsn_averages_the_logits_of_its_frames():
    """mmaction2's 2D recognizers hand frames over one by one."""
    model = recognizer('Recognizer2D', dict(backbone=dict(type='mmaction.ResNet', depth=18)), in_channels=512)
    frames = torch.randn(2, 3, 3, 64, 64)  # two videos of three frames
    with torch.no_grad():
        single = torch.stack([model(video.unsqueeze(1), mode='tensor', stage='head') for video in frames])
        both = model(frames, mode='tensor', stage='head')
    torch.testing.assert_close(both, single.view(2, 3, N).mean(1), rtol=1e-4, atol=1e-5)
