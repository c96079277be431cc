"""ML-GCN's config, from the released counts to logits and rates, against a second implementation."""
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.optim import build_optim_wrapper
from mmengine.registry import DefaultScope
from shared_data import shared
from torchvision.models import resnet101

from kssnet_mm.deploy import logits
from kssnet_mm.graphs import import_released
from kssnet_mm.graphs.released_pickle import ML_GCN_ORDERS
from kssnet_mm.annotations.coco import COCO_CLASSES
from kssnet_mm.registry import MODELS
from kssnet_mm.utils.safe_pickle import read_safe_pickle

CONFIG = Path(__file__).resolve().parents[2] / 'configs/mlgcn_r101_coco.py'
COUNTS, VECTORS = 'mlgcn/coco_adj.pkl', 'mlgcn/coco_glove_word2vec.pkl'


def build(**options):
    """The config's model, without the weights of the backbone that it would fetch."""
    cfg = Config.fromfile(CONFIG)
    cfg.merge_from_dict({'model.backbone.backbone.init_cfg': None})
    cfg.merge_from_dict({f'model.backbone.gcn.graph.{key}': value for key, value in options.items()})
    with DefaultScope.overwrite_default_scope(cfg.default_scope):
        return MODELS.build(cfg.model), cfg


def classifier_by_formula(first, second):
    """The label embeddings (80, 2048) from the counts, the word vectors and the two weights.

    P(j | i) >= 0.4 makes an edge i -> j; the edges into j share 0.25; every label keeps itself at 1. A
    layer then takes d_i A_ji d_j from label j to label i, d from the sums of A's rows.
    """
    content = read_safe_pickle(shared(COUNTS))
    pairs, numbers = (torch.tensor(np.asarray(content[key], dtype=np.float64)) for key in ('adj', 'nums'))
    words = torch.tensor(np.asarray(read_safe_pickle(shared(VECTORS)), dtype=np.float64))
    edges = (pairs >= 0.4 * numbers.unsqueeze(1)).double()
    graph = 0.25 * edges / (edges.sum(dim=0) + 1e-6)
    graph.diagonal().add_(1)
    scale = graph.sum(dim=1)**-0.5
    adjacency = torch.einsum('ji,i,j->ij', graph, scale, scale)
    hidden = torch.einsum('ij,jk,kc->ic', adjacency, words, first)
    hidden = torch.where(hidden < 0, 0.2 * hidden, hidden)
    return torch.einsum('ij,jk,kc->ic', adjacency, hidden, second)


def features_by_torchvision(backbone, x):
    """Global maximum of torchvision's ResNet-101 with the same weights, (B, 2048)."""
    net = resnet101(weights=None)
    net.fc = torch.nn.Identity()
    net.avgpool = torch.nn.AdaptiveMaxPool2d(1)
    net.load_state_dict(backbone.state_dict())
    return net.double().eval()(x)


@pytest.mark.parametrize('labels', [None, list(COCO_CLASSES)], ids=['released-order', 'order-of-ids'])
def test_logits_equal_a_second_implementation(tmp_path, labels):
    """The released files lie in alphabetical order; a model in another order has its logits in that."""
    names = ML_GCN_ORDERS['coco']
    path = str(tmp_path / 'coco.npz')
    import_released(shared(COUNTS), names, shared(VECTORS), preset='mlgcn').save(path)
    model, _ = build(file=path, labels=labels)
    model.init_weights()  # reads the graph
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.normal_(module.running_mean, std=0.1)
            torch.nn.init.uniform_(module.running_var, 0.5, 1.5)
    model.double().eval()
    x = torch.randn(2, 3, 64, 64, dtype=torch.double)
    with torch.no_grad():
        found = logits(model, x)
        features = features_by_torchvision(model.backbone.backbone, x)
        weights = [layer.weight for layer in model.backbone.gcn.layers]
        assert [tuple(weight.shape) for weight in weights] == [(300, 1024), (1024, 2048)]
        expected = features @ classifier_by_formula(*weights).t()
    expected = expected[:, [names.index(name) for name in labels or names]]
    # the graph is kept in float32
    assert (found - expected).abs().max() < 1e-6 * expected.abs().max()
    assert expected.std(dim=1).min() > 1e-3 * expected.abs().max()  # the labels do differ


def test_rates_of_the_released_command():
    """SGD at 0.1, a tenth of it for the pretrained backbone; every parameter decays."""
    model, cfg = build()
    wrapper = build_optim_wrapper(model, cfg.optim_wrapper)
    names = {id(p): name for name, p in model.named_parameters()}
    rates = {}
    for group in wrapper.optimizer.param_groups:
        assert group['momentum'] == 0.9 and group['weight_decay'] == 1e-4 and not group['nesterov']
        rates.update({names[id(p)]: group['lr'] for p in group['params']})
    assert type(wrapper.optimizer) is torch.optim.SGD and set(rates) == set(names.values())
    graph = {name: rate for name, rate in rates.items() if not name.startswith('backbone.backbone.')}
    assert graph == {f'backbone.gcn.layers.{k}.weight': 0.1 for k in (0, 1)}
    rest = [rate for name, rate in rates.items() if name not in graph]
    assert rest == pytest.approx([0.01] * (104 + 2 * 104))  # convolutions, and two of each norm
    assert wrapper.clip_grad_kwargs == dict(max_norm=10)
