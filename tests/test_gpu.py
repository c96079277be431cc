"""KSSNet on a GPU: outputs against a CPU's, training, layouts, DDP, compilation. Without one: the same on the CPU, small."""
import copy
import sys

import pytest
import torch
import torch.nn as nn
from action_samples import action_sample
from mmengine.model import MMDistributedDataParallel
from mmengine.optim import AmpOptimWrapper, OptimWrapper
from mmpretrain.structures import DataSample
from shared_data import ROOT

from kssnet_mm.deploy import logits, switch_to_deploy
from kssnet_mm.deploy.switch import Network
from kssnet_mm.engine import CPUAmpOptimWrapper

sys.path.insert(0, str(ROOT / 'tools/benchmarks'))
from bench_models import NETS, build  # noqa: E402
from settings import channels_last  # noqa: E402

GPU = torch.cuda.is_available()
DEVICE = torch.device('cuda' if GPU else 'cpu')
CASES = dict(image=NETS['resnet101' if GPU else 'resnet18'], video=NETS['i3d'])
SMALL = dict(image=(3, 32, 32), video=(3, 8, 32, 32))
# Largest difference from a CPU's float64, or from another way to train, relative to the largest value.
TOLERANCES = {torch.float32: 1e-4, torch.bfloat16: 5e-2}
TRAINING_TOLERANCE = 1e-2
# What a profile calls reading a number on the host, and copies between host and device.
SYNCHRONISING = ('aten::_local_scalar_dense', 'aten::nonzero', 'Memcpy HtoD', 'Memcpy DtoH')


class Case:
    """One network, an input and training data, the same in every test."""

    def __init__(self, medium):
        torch.manual_seed(0)
        net, batch = CASES[medium], 2 if GPU else 4
        self.x = torch.randn(batch, *(net.shape if GPU else SMALL[medium]))
        self.ours = build(net, 'LateralConnection')
        for module in self.ours.modules():
            if isinstance(module, nn.Dropout):
                module.p = 0.0  # so that two runs can be compared
        with torch.no_grad():
            logits(self.ours.train(), self.x)  # norms with the statistics of this input, or the outputs fade
        self.ours.eval()
        targets = (torch.rand(batch, net.classes) < 0.1).float().to(DEVICE)
        make = DataSample().set_gt_score if medium == 'image' else action_sample
        self.samples = [copy.deepcopy(make(target)) for target in targets]

    def model(self):
        return copy.deepcopy(self.ours).to(DEVICE)

    def data(self):
        x = self.x.to(DEVICE)
        return dict(inputs=x if x.dim() == 4 else list(x[:, None]), data_samples=self.samples)  # a video has views

    def train(self, model, kind=OptimWrapper, steps=3):
        """Losses of a few training steps, and what they add to the parameters."""
        parameters = list(model.train().parameters())
        before = nn.utils.parameters_to_vector(parameters).detach().clone()
        wrapper = kind(optimizer=torch.optim.SGD(parameters, lr=0.01, momentum=0.9))
        losses = [model.train_step(self.data(), wrapper)['loss'].item() for _ in range(steps)]
        return losses, nn.utils.parameters_to_vector(parameters).detach() - before


@pytest.fixture(scope='module', params=CASES)
def case(request):
    return Case(request.param)


@pytest.fixture(autouse=True)
def exact_convolutions(monkeypatch):
    monkeypatch.setattr(torch.backends.cudnn, 'allow_tf32', False)


def off(found, expected):
    found, expected = found.detach().double().cpu(), expected.detach().double().cpu()
    return ((found - expected).abs().max() / expected.abs().max()).item()


@pytest.mark.parametrize('form', ['ours', 'channels last', 'deployed'])
def test_outputs_are_a_cpus_in_float64(case, form):
    model, x = case.model(), case.x.to(DEVICE)
    if form == 'deployed':
        model = switch_to_deploy(model)
    elif form == 'channels last':
        last = channels_last(x)
        model, x = model.to(memory_format=last), x.contiguous(memory_format=last)
    with torch.no_grad():
        expected = logits(copy.deepcopy(case.ours).double(), case.x.double())
        for dtype, tolerance in TOLERANCES.items():
            with torch.autocast(DEVICE.type, torch.bfloat16, enabled=dtype == torch.bfloat16):
                assert off(logits(model, x), expected) <= tolerance, dtype
        assert form != 'channels last' or model.backbone(x)[0].is_contiguous(memory_format=last)


def test_mixed_precision_moves_every_parameter(case):
    exact = case.train(case.model(), steps=1)[0][0]
    losses, moved = case.train(case.model(), AmpOptimWrapper if GPU else CPUAmpOptimWrapper, 5)
    names, parameters = zip(*case.ours.named_parameters())
    parts = moved.split([parameter.numel() for parameter in parameters])
    assert [name for name, part in zip(names, parts) if not part.any()] == []
    assert moved.isfinite().all() and losses[0] == pytest.approx(exact, rel=5e-2)


def test_a_training_step_waits_for_nothing(case):
    """No number is read on the host and nothing copied, but for loss scaling, which is not used here."""
    model = case.model().train()
    wrapper = OptimWrapper(optimizer=torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9))
    data = model.data_preprocessor(case.data(), training=True)

    def step():
        wrapper.update_params(model.parse_losses(model(**data, mode='loss'))[0])

    step()  # what is set up once may wait
    with torch.profiler.profile() as profile:
        step()
    assert [event.key for event in profile.key_averages() if event.key.startswith(SYNCHRONISING)] == []


def test_ddp_of_one_process_trains_as_without(case):
    alone = case.train(case.model())[1]
    torch.distributed.init_process_group('nccl' if GPU else 'gloo', store=torch.distributed.HashStore(), rank=0,
                                         world_size=1)
    try:
        wrapped = MMDistributedDataParallel(case.model(), device_ids=[0] if GPU else None, broadcast_buffers=False)
        assert off(case.train(wrapped)[1], alone) <= TRAINING_TOLERANCE
    finally:
        torch.distributed.destroy_process_group()


def test_a_compiled_network_has_the_same_logits_and_gradients(case):
    if not GPU and case.x.dim() == 5:
        pytest.skip('to trace an I3D takes minutes of a CPU')
    network, x = Network(case.model().train()), case.x.to(DEVICE)

    def run(call):
        network.zero_grad(set_to_none=True)
        y = call(x)
        y.square().mean().backward()
        return y, nn.utils.parameters_to_vector([p.grad for p in network.parameters() if p.requires_grad])

    expected = run(network)
    found = run(torch.compile(network, backend='inductor' if GPU else 'eager'))  # a CPU's inductor needs a compiler
    assert all(off(a, b) <= TRAINING_TOLERANCE for a, b in zip(found, expected))
