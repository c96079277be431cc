"""The speed benchmarks and the check of a GPU run in small form, and find what they are there to find."""
import importlib
import json
import subprocess
import sys

import pytest
import torch
from conftest import ENVIRONMENT, ROOT
from packaging.version import Version
from run_tool import run_tool

from kssnet_mm.compat import is_compiling

FOLDER = ROOT / 'tools/benchmarks'
NEWER = pytest.mark.skipif(Version(torch.__version__) < Version('2.6'),
                           reason='gpu_check.py compiles networks with hooks, for which it needs torch 2.6')


@pytest.fixture
def load(monkeypatch):
    """Import a benchmark."""
    monkeypatch.syspath_prepend(str(FOLDER))
    threads = torch.get_num_threads()
    yield importlib.import_module
    torch.set_num_threads(threads)


@pytest.fixture
def run(load, tmp_path):
    """Run a benchmark in this process on a small input and return its json and what it says."""
    def call(name, *args, **expected):
        output = run_tool(FOLDER / f'{name}.py', '--json', tmp_path / 'out.json', *args, **expected)
        return json.loads((tmp_path / 'out.json').read_text()), output

    return call


@pytest.mark.parametrize('net, options', [
    ('mobilenetv2', ['--size', '3', '32', '32', '--fused']),
    ('i3d', ['--size', '3', '8', '32', '32', '--dtype', 'bfloat16', '--channels-last'])])
def test_inference(run, net, options):
    found, _ = run('inference_speed', '--model', net, '--rounds', '1', '--threads', '1', *options)
    assert {'deployed/plain', 'published/plain', 'ours/plain', 'deployed/published'} <= set(found)
    assert all(found[key] > 0 for key in found if '/' in key)
    # the sides are one function: what is compared is not another network
    half = net == 'i3d'
    assert max(found['errors'].values()) < (0.1 if half else 1e-4) and (found['errors']['deployed'] > 1e-5) == half
    assert ('fused' in found['errors'], 'deployed/stock' in found) == (not half, half)
    assert 0 < found['graph_share'] < 1 and ('bfloat16, channels last' in found['device']) == half


def test_training(run):
    found, _ = run('train_step', '--model', 'i3d', '--rounds', '1', '--threads', '1', '--size', '3', '8', '32', '32')
    assert all(found[key] > 0 for key in ('ours/plain', 'published/plain', 'ours/stock', 'plain/stock'))
    assert found['samples_per_second']['ours'] == pytest.approx(2 / found['seconds']['ours'])


def test_stock_pools_are_torchs_and_give_the_same(load):
    models = load('bench_models')
    with torch.no_grad():
        plain = models.build(load('nets').NETS['i3d'], None).eval()
        stock = models.with_torch_pools(plain)
        kinds = [type(module) for module in stock.modules()]
        assert kinds.count(models.PaddedPool) == 13 and models.SameMaxPool3d not in kinds
        x = torch.randn(1, 3, 16, 32, 32)
        torch.testing.assert_close(stock.backbone(x), plain.backbone(x))
        assert models.PaddedPool not in [type(module) for module in plain.modules()]


def test_ratios_are_medians_of_pairs(load):
    times = dict(ours=[1.0, 8.0, 6.0], plain=[2.0, 2.0, 2.0])
    assert load('timing').paired_ratio(times, 'ours', 'plain') == 3


@NEWER
def test_gpu_check_on_a_cpu(run):
    lines = run('gpu_check', '--device', 'cpu')[1].splitlines()
    assert lines[0].startswith('CPU, small networks; torch ') and all(line.startswith('ok ') for line in lines[1:])
    names = [line.split('  ')[-1].partition(' (')[0] for line in lines[1:]]
    assert len(names) == 13 and {'outputs, image', 'DDP, video', 'compiled, image'} <= set(names)


def test_gpu_check_leaves_out_what_is_late(run):
    found, output = run('gpu_check', '--device', 'cpu', '--minutes', '-1')
    assert {check['status'] for check in found['checks']} == {'left out'}
    assert 'left out  outputs, image (0.0 s): the -1 minutes are over' in output


def test_gpu_check_ends_with_1_where_a_check_failed(run, load, monkeypatch):
    """It decides on the device by itself here, and goes on after the check that failed."""
    monkeypatch.setattr(load('check_list'), 'make_checks', lambda args: {
        'wrong': lambda: load('device_checks').demand(False, f'not on {args.device}'), 'right': lambda: {'value': 1}})
    found, output = run('gpu_check', fail=True, expect=1)
    assert [check['status'] for check in found['checks']] == ['FAILED', 'ok']
    assert f'AssertionError: not on {"cuda" if torch.cuda.is_available() else "cpu"}' in output


@NEWER
def test_gpu_check_finds_faults(load, monkeypatch):
    """Of each check: other outputs, a parameter that rests, a number read on the host, gradients that are halved."""
    module = load('device_checks')
    case = module.Case(load('nets').NETS['resnet18']._replace(shape=(3, 32, 32)), 'cpu', 4)
    original = module.logits

    def fails(check, text):
        found = load('check_list').run('check', lambda: check(case))
        assert found['status'] == 'FAILED' and text in found['text'], found

    with monkeypatch.context() as patch:
        patch.setattr(module, 'logits', lambda model, x: original(model, x) * (1 + 1e-3 * (x.dtype == torch.float32)))
        fails(module.outputs, 'ours in float32: off by 1.0e-03')
    case.ours.head.classifier.fc.bias.requires_grad_(False)
    fails(module.mixed_precision, "1 parameters did not move, as ['head.classifier.fc.bias']")
    case.ours.head.register_forward_hook(lambda module, inputs, y: y * max(y.mean().item(), 1))
    fails(module.copies, "'aten::_local_scalar_dense': 1")
    monkeypatch.setattr(module.MMDistributedDataParallel, 'train_step', lambda self, data, wrapper: (
        wrapper.update_params(self.module(**data, mode='loss')['loss'] / 2) or {'loss': 0}))
    fails(module.distributed, 'the changes of the parameters differ by')
    assert not torch.distributed.is_initialized()
    case.ours.backbone.register_forward_hook(
        lambda module, inputs, y: (y[0] * (1 + is_compiling()), *y[1:]))
    fails(module.compiled, 'logits and gradients are off by')


def test_conceptnet_pass():
    """In a program of its own, which binds itself to one core and leaves torch out."""
    done = subprocess.run([sys.executable, str(FOLDER / 'conceptnet_pass.py'), '--lines', '3000', '--repeat', '1'],
                          env=ENVIRONMENT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    parts = ('generated 3,000 lines', 'command ', 'ratio ', ' matches; peak memory of the process ')
    assert all(part in done.stdout for part in parts), done.stdout
