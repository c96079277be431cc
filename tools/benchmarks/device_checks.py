"""Checks of one network on a device, which ``gpu_check.py`` runs: each returns numbers, or fails with a sentence."""
import copy
from typing import Callable, Tuple

import torch
import torch.nn as nn
from bench_models import build
from mmengine.model import MMDistributedDataParallel
from mmengine.optim import AmpOptimWrapper, OptimWrapper
from mmpretrain.structures import DataSample
from nets import Net
from settings import channels_last

from kssnet_mm.deploy import logits, switch_to_deploy
from kssnet_mm.deploy.switch import Network
from kssnet_mm.engine import CPUAmpOptimWrapper

# Largest difference from the float64 outputs of a CPU, relative to the largest of those.
TOLERANCES = {'float32': 1e-4, 'bfloat16': 5e-2}
LOSS_TOLERANCE = 5e-2  # of the first loss in mixed precision, relative to float32's
TRAINING_TOLERANCE = 1e-2  # of gradients and what steps add to the parameters, relative to the largest
# What a profile calls reading a number on the host, and copies between host and device.
SYNCHRONISING = ('aten::_local_scalar_dense', 'aten::nonzero', 'Memcpy HtoD', 'Memcpy DtoH')


def demand(condition: bool, text: str) -> None:
    """Fail the check with this text."""
    if not condition:
        raise AssertionError(text)


class Case:
    """One network to check: its model, an input and training data, the same in every check.

    Args:
        net: The network; its shape is that of the input.
        device: Where it runs.
        batch: Samples.
    """

    def __init__(self, net: Net, device: str, batch: int) -> None:
        torch.manual_seed(0)
        self.device, self.gpu = torch.device(device), torch.device(device).type == 'cuda'
        self.x = torch.randn(batch, *net.shape)
        self.ours = build(net, 'LateralConnection')
        for module in self.ours.modules():
            if isinstance(module, nn.Dropout):
                module.p = 0.0  # so that two runs can be compared
        with torch.no_grad():
            logits(self.ours.train(), self.x)  # norms with the statistics of this input, or the outputs fade
        self.ours.eval()
        targets = (torch.rand(batch, net.classes) < 0.1).float()
        self.samples = [self.sample(target.to(self.device)) for target in targets]

    def sample(self, target: torch.Tensor):
        """A training sample of mmpretrain's or mmaction2's with this multi-hot target."""
        if self.x.dim() == 4:
            return DataSample().set_gt_score(target)
        from mmaction.structures import ActionDataSample
        from mmengine.structures import LabelData
        if hasattr(ActionDataSample, 'set_gt_label'):  # from mmaction2 1.2 on
            return ActionDataSample().set_gt_label(target)
        return ActionDataSample(gt_labels=LabelData(item=target))

    def model(self) -> nn.Module:
        """A copy on the device."""
        return copy.deepcopy(self.ours).to(self.device)

    def data(self) -> dict:
        """A batch as a data loader gives it, on the device."""
        x = self.x.to(self.device)
        return dict(inputs=x if x.dim() == 4 else list(x[:, None]), data_samples=self.samples)  # a video has views

    def train(self, model: nn.Module, kind: Callable = OptimWrapper, steps: int = 3) -> Tuple[list, torch.Tensor]:
        """Losses of a few training steps of mmengine's, and what they add to the parameters."""
        parameters = list(model.train().parameters())
        before = nn.utils.parameters_to_vector(parameters).detach().clone()
        wrapper = kind(optimizer=torch.optim.SGD(parameters, lr=0.01, momentum=0.9))
        losses = [model.train_step(self.data(), wrapper)['loss'] for _ in range(steps)]
        return losses, nn.utils.parameters_to_vector(parameters).detach() - before


def off(found: torch.Tensor, expected: torch.Tensor) -> float:
    """Largest difference, relative to the largest value."""
    found, expected = found.detach().double().cpu(), expected.detach().double().cpu()
    return ((found - expected).abs().max() / expected.abs().max()).item()


def outputs(case: Case) -> dict:
    """Logits of three forms in two types against a CPU's in float64; maps keep the channels last."""
    found, last, x = {}, channels_last(case.x), case.x.to(case.device)
    forms = {'ours': lambda model: model, 'channels last': lambda model: model.to(memory_format=last),
             'deployed': switch_to_deploy}
    with torch.no_grad():
        expected = logits(copy.deepcopy(case.ours).double(), case.x.double())
        for form, change in forms.items():
            model = change(case.model())
            y = x.contiguous(memory_format=last) if form == 'channels last' else x
            for dtype in TOLERANCES:
                with torch.autocast(case.device.type, torch.bfloat16, enabled=dtype == 'bfloat16'):
                    found[f'{form} {dtype}'] = value = off(logits(model, y), expected)
                demand(value <= TOLERANCES[dtype], f'{form} in {dtype}: off by {value:.1e}')
            demand(y is x or model.backbone(y)[0].is_contiguous(memory_format=last), 'maps have the channels first')
    return found


def mixed_precision(case: Case) -> dict:
    """Training steps in mixed precision: the loss is float32's, every parameter moves, all stay finite."""
    exact = case.train(case.model(), steps=1)[0][0].item()
    losses, moved = case.train(case.model(), AmpOptimWrapper if case.gpu else CPUAmpOptimWrapper, 5)
    sizes = [parameter.numel() for parameter in case.ours.parameters()]
    names = [name for name, _ in case.ours.named_parameters()]
    still = [name for name, part in zip(names, moved.split(sizes)) if not part.any()]
    difference = abs(losses[0].item() - exact) / exact
    demand(bool(moved.isfinite().all()), 'a parameter is not finite')
    demand(not still, f'{len(still)} parameters did not move, as {still[:3]}')
    demand(difference <= LOSS_TOLERANCE, f'the loss differs from {exact:.4f} by {difference:.1e} of it')
    return {'loss differs by': difference, 'last loss': losses[-1].item()}


def copies(case: Case) -> dict:
    """A training step copies nothing between host and device, and waits for nothing, once its data are there.

    It is one without loss scaling, which reads on the host whether a gradient is infinite.
    """
    model = case.model().train()
    wrapper = OptimWrapper(optimizer=torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9))
    data = model.data_preprocessor(case.data(), training=True)

    def step():
        wrapper.update_params(model.parse_losses(model(**data, mode='loss'))[0])

    step()  # what is set up once may wait
    kinds = torch.profiler.ProfilerActivity
    with torch.profiler.profile(activities=[kinds.CPU, *([kinds.CUDA] if case.gpu else [])]) as profile:
        if case.gpu:
            torch.cuda.set_sync_debug_mode('error')
        try:
            step()
        finally:
            if case.gpu:
                torch.cuda.set_sync_debug_mode('default')
    counts = {event.key: event.count for event in profile.key_averages()}
    found = {name: count for name, count in counts.items() if name.startswith(SYNCHRONISING)}
    demand(not found, f'the step has {found}')
    return {'operations': sum(counts.values())}


def distributed(case: Case) -> dict:
    """One process under NCCL (gloo on a CPU): a step changes the parameters as it does without.

    One step, because the next ones multiply the rounding of the first: after three, the two differed by 0.11 and 0.05
    of the largest change on an H200.
    """
    backend = 'nccl' if case.gpu else 'gloo'
    alone = case.train(case.model(), steps=1)[1]
    torch.distributed.init_process_group(backend, store=torch.distributed.HashStore(), rank=0, world_size=1)
    try:
        ids = [case.device.index or 0] if case.gpu else None
        together = case.train(MMDistributedDataParallel(case.model(), device_ids=ids, broadcast_buffers=False),
                              steps=1)[1]
    finally:
        torch.distributed.destroy_process_group()
    value = off(together, alone)
    demand(value <= TRAINING_TOLERANCE, f'the changes of the parameters differ by {value:.1e}')
    return {f'with {backend} off by': value}


def compiled(case: Case) -> dict:
    """Logits and gradients of a compiled network: as a whole where that holds, else in parts."""
    network, x = Network(case.model().train()), case.x.to(case.device)

    def run(call):
        network.zero_grad(set_to_none=True)
        y = call(x)
        y.square().mean().backward()
        return y, nn.utils.parameters_to_vector([p.grad for p in network.parameters() if p.requires_grad])

    expected = run(network)
    backend = 'inductor' if case.gpu else 'eager'  # inductor needs a C++ compiler on a CPU
    try:
        whole, found = True, run(torch.compile(network, backend=backend, fullgraph=True))
    except RuntimeError:  # what dynamo cannot trace
        whole, found = False, run(torch.compile(network, backend=backend))
    values = [off(a, b) for a, b in zip(found, expected)]
    demand(all(value <= TRAINING_TOLERANCE for value in values), f'logits and gradients are off by {values}')
    return {'logits off by': values[0], 'gradients off by': values[1], 'fullgraph': whole}
