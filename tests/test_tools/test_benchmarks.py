"""The speed benchmarks run, and their json holds the ratios that are asked of them."""
import importlib
import json
import sys
from pathlib import Path

import pytest
import torch
from mmengine.registry import DefaultScope

FOLDER = Path(__file__).resolve().parents[2] / 'tools/benchmarks'


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Run a benchmark in this process on a small input and return its json."""
    monkeypatch.syspath_prepend(str(FOLDER))
    threads = torch.get_num_threads()

    def call(name, *args):
        nets = importlib.import_module('bench_models').NETS
        for net in ('mobilenetv2', 'i3d'):
            monkeypatch.setitem(nets, net, (*nets[net][:-1], nets[net][-1][:-2] + (32, 32)))
        monkeypatch.setattr(sys, 'argv', [name, '--threads', '1', '--json', str(tmp_path / 'out.json'), *args])
        importlib.import_module(name).main()
        return json.loads((tmp_path / 'out.json').read_text())

    yield call
    torch.set_num_threads(threads)


@pytest.mark.parametrize('net', ['mobilenetv2', 'i3d'])
def test_inference(run, net):
    found = run('inference_speed', '--model', net, '--rounds', '1', '--fast', 'fused')
    assert {'deployed/plain', 'published/plain', 'training-form/plain', 'deployed/published'} <= set(found)
    assert all(found[key] > 0 for key in found if '/' in key)
    # the sides are one function: what is compared is not another network
    assert max(found['errors'].values()) < 1e-4 and set(found['errors']) >= {'published', 'deployed', 'fused'}
    assert 0 < found['graph_share'] < 1
    assert ('deployed/stock' in found) == (net == 'i3d')


def test_inference_in_another_type_and_layout(run):
    found = run('inference_speed', '--model', 'i3d', '--rounds', '1', '--dtype', 'bfloat16', '--channels-last')
    assert 1e-5 < found['errors']['deployed'] < 0.1 and 'bfloat16, channels last' in found['device']


@pytest.mark.parametrize('options', [(), ('--no-fold', ), ('--with-cp', '--dtype', 'bfloat16', '--channels-last')])
def test_training(run, options):
    found = run('train_step', '--model', 'mobilenetv2', '--rounds', '1', *options)
    assert {'ours/plain', 'published/plain', 'memory added, ours/published'} <= set(found)
    assert found['memory added, ours/published'] > 0
    assert found['samples per second, ours'] > 0


def test_training_is_compared_with_stock_pools_too(run):
    found = run('train_step', '--model', 'i3d', '--rounds', '1')
    assert found['ours/stock'] > 0 and found['plain/stock'] > 0
    assert found['FLOPs, stock/plain'] == 1 < found['FLOPs, ours/plain'] < found['FLOPs, published/plain']


def test_flops_are_two_a_multiplication(monkeypatch):
    """Of a product and of both its gradients."""
    monkeypatch.syspath_prepend(str(FOLDER))
    a, b = torch.randn(3, 5, requires_grad=True), torch.randn(5, 7, requires_grad=True)
    assert importlib.import_module('train_step').count_flops(lambda: (a @ b).sum().backward()) == 3 * 2 * 3 * 5 * 7


def test_stock_pools_are_torchs_and_give_the_same(run):
    models = importlib.import_module('bench_models')
    with torch.no_grad(), DefaultScope.overwrite_default_scope('mmaction'):
        plain = models.build('i3d', graph=False).eval()
        stock = models.with_torch_pools(plain)
        kinds = [type(module) for module in stock.modules()]
        assert kinds.count(models.PaddedPool) == 13 and models.SameMaxPool3d not in kinds
        x = torch.randn(1, 3, 16, 32, 32)
        torch.testing.assert_close(stock.backbone(x), plain.backbone(x))
        assert models.PaddedPool not in [type(module) for module in plain.modules()]


def test_products_and_convolutions(monkeypatch, capsys):
    monkeypatch.syspath_prepend(str(FOLDER))
    module = importlib.import_module('channel_mixing')
    monkeypatch.setattr(module, 'CONNECTIONS', ((6, (2, 3, 3)), (10, (1, 3, 3))))
    monkeypatch.setattr(sys, 'argv', ['channel_mixing.py', '--classes', '4', '--rounds', '1', '--threads', '1'])
    module.main()
    assert capsys.readouterr().out.count('│ last') == 2
    x, weight = torch.randn(2, 3, 2, 2, 2), torch.randn(4, 3)
    expected = torch.einsum('oc,bcthw->bothw', weight, x)
    for function in (module.convolve, module.first_product, module.last_product):
        torch.testing.assert_close(function(x, weight), expected)


def test_products_by_onednn_and_by_torch(monkeypatch, capsys):
    monkeypatch.syspath_prepend(str(FOLDER))
    module = importlib.import_module('matrix_product')
    monkeypatch.setattr(module, 'CONNECTIONS', ((6, (2, 3, 3)), (10, (1, 3, 3))))
    monkeypatch.setattr(sys, 'argv', ['matrix_product.py', '--classes', '4', '--rounds', '1', '--threads', '1'])
    if module.has_onednn():
        module.main()
        rows = [line for line in capsys.readouterr().out.splitlines() if line.startswith('│')]
        assert [row.split('│')[1:3] for row in rows] == [[' 6 x 6  ', ' 6 x 18 '], [' 4 x 10 ', ' 10 x 9 '],
                                                         [' 10 x 4 ', ' 4 x 9  ']]
    monkeypatch.setattr(module, 'has_onednn', lambda: False)
    with pytest.raises(SystemExit, match='has no such product'):
        module.main()


def test_the_largest_batch_is_found_by_doubling(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))
    largest_batch = importlib.import_module('settings').largest_batch

    def run(batch):
        tried.append(batch)
        if batch > limit:
            raise torch.cuda.OutOfMemoryError('full')

    tried, limit = [], 5
    assert largest_batch(run) == 4 and tried == [1, 2, 4, 8]
    limit = 0
    with pytest.raises(RuntimeError, match='no memory for a batch of 1'):
        largest_batch(run)
