"""What the paper's and the released code's configs do differently, each by numbers worked by hand."""
import ast
import random
from pathlib import Path

import numpy as np
import pytest
import torch
from action_samples import action_sample
from mmengine.config import Config
from mmengine.evaluator import Evaluator
from mmengine.optim import build_optim_wrapper
from mmengine.registry import HOOKS, DefaultScope

from kssnet_mm.graphs import LabelGraphBuilder
from kssnet_mm.registry import MODELS, TRANSFORMS

ROOT = Path(__file__).resolve().parents[2]
FILES = dict(paper='kssnet_i3d_charades.py', released='kssnet_i3d_charades_released.py')


def load(preset):
    return Config.fromfile(ROOT / 'configs' / FILES[preset])


def build(cfg):
    cfg.model.backbone.gcn.graph = None
    with DefaultScope.overwrite_default_scope(cfg.default_scope):
        return MODELS.build(cfg.model)


def documented():
    """Rows (setting, paper's value, released value) of the docs' table."""
    text = (ROOT / 'docs/paper_and_released.md').read_text().partition('## The two presets')[2]
    lines = [line for line in text.partition('\n## ')[0].splitlines() if line.startswith('| `')]
    cells = [[cell.strip(' `') for cell in line.strip('|').split('|')] for line in lines]
    return [(path, ast.literal_eval(paper), ast.literal_eval(released)) for path, paper, released in cells]


def leaves(node, path=''):
    """{dotted path: value} of a config, tuples as lists."""
    if not isinstance(node, (dict, list, tuple)) or not node:
        return {path: list(node) if isinstance(node, tuple) else node}
    parts = node.items() if isinstance(node, dict) else enumerate(node)
    return {key: item for name, part in parts for key, item in leaves(part, f'{path}.{name}'.lstrip('.')).items()}


@pytest.mark.parametrize('path, paper, released', documented(), ids=lambda item: str(item)[:60])
def test_presets_set_what_the_docs_say(path, paper, released):
    for preset, value in (('paper', paper), ('released', released)):
        found = {key: item for key, item in leaves(load(preset).to_dict()).items() if f'{key}.'.startswith(f'{path}.')}
        assert found == leaves(value, path) or (value is None and not found)


def test_presets_differ_in_nothing_else():
    paper, released = (load(preset) for preset in FILES)
    for cfg, steps in ((paper, [4]), (released, [5, 4])):
        for step in steps:  # the crops, which have tests of their own below
            cfg.train_dataloader.dataset.pipeline.pop(step)
    one, other = (leaves(cfg.to_dict()) for cfg in (paper, released))
    found = {path for path in {**one, **other} if one.get(path) != other.get(path)}
    expected = [path for path, *values in documented() if values[0] != values[1] and 'pipeline' not in path]
    assert {path for path in found if not path.startswith(tuple(expected))} == set()
    assert {path for path in expected if not any(item.startswith(path) for item in found)} == set()


@pytest.mark.parametrize('preset, parts', [
    ('paper', dict(weight=(300, 192))),
    # rank of the first layer: (300 + 192) // 8 = 61
    ('released', dict(weight1=(300, 61), weight2=(61, 192), bias=(192, )))])
def test_weights_of_the_network(preset, parts):
    model = build(load(preset))
    layer = {name: tuple(p.shape) for name, p in model.backbone.gcn.layers[0].named_parameters()}
    assert layer == parts and tuple(model.backbone.laterals) == ('Conv3d_2c_3x3', 'Mixed_3c', 'Mixed_4f')
    classifier = model.cls_head.classifier
    assert classifier.tanh == (classifier.fc is not None) == (preset == 'released')
    zero = [not lateral.weight.any() for lateral in model.backbone.laterals.values()]
    assert zero == [preset == 'paper'] * 3


@pytest.mark.parametrize('preset, ab, bc', [('paper', .6, .4), ('released', .6**.5, .4**.5)])
def test_graph_is_normalised_again_by_the_released_preset(preset, ab, bc):
    """Normalised priors: 1 between a and b, 1 between b and c; degrees of their mix: .6, 1, .4."""
    statistical = np.array([[0., 3., 0.], [3., 0., 0.], [0., 0., 0.]])
    knowledge = np.array([[0., 0., 0.], [0., 0., 9.], [0., 9., 0.]])
    cfg = load(preset)
    builder = LabelGraphBuilder(preset=cfg.model.backbone.gcn.graph.preset, file='not_read.npz')
    expected = [[.6, .4 * ab, 0], [.4 * ab, .6, .4 * bc], [0, .4 * bc, .6]]
    np.testing.assert_allclose(builder.superimpose(statistical, knowledge, 3), expected, rtol=1e-12)


@pytest.mark.parametrize('preset', FILES)
def test_learning_rates_and_decay(preset):
    """Paper: 1e-4, the GCN and its connections at 1e-3, no decay on biases. Released: one of each."""
    cfg = load(preset)
    model = build(cfg)
    optimizer = build_optim_wrapper(model, cfg.optim_wrapper).optimizer
    names = {id(p): name for name, p in model.named_parameters()}
    found = {names[id(p)]: (group['lr'], group['weight_decay'])
             for group in optimizer.param_groups for p in group['params']}
    assert type(optimizer) is torch.optim.Adam and set(found) == set(names.values())
    for name, settings in found.items():
        graph = name.startswith(('backbone.gcn.layers.', 'backbone.laterals.'))
        expected = (1e-3 if graph else 1e-4, 0. if name.endswith('.bias') else 1e-4)
        assert settings == pytest.approx(expected if preset == 'paper' else (1e-3, 1e-4)), name
    rates = [lr for lr, _ in found.values()]
    # four full layers and three connections; the 57 norms of I3D have the biases
    assert rates.count(1e-3) == (7 if preset == 'paper' else len(found))
    assert sum(decay == 0 for _, decay in found.values()) == (57 if preset == 'paper' else 0)


def crops(preset, draws):
    """Windows (y, x, height, width) that the training pipeline cuts out of frames of 256 x 340."""
    pipeline = load(preset).train_dataloader.dataset.pipeline
    types = [step.type for step in pipeline]
    steps = [TRANSFORMS.build(step)
             for step in pipeline[types.index('SequentialVideoDecode') + 1:types.index('SegmentsToClip')]]
    frame = np.zeros((512, 680, 3), dtype=np.uint8)
    for _ in range(draws):
        results = dict(imgs=[frame, frame], img_shape=(512, 680), original_shape=(512, 680), modality='RGB')
        for step in steps:
            results = step(results)
        assert [image.shape for image in results['imgs']] == [(224, 224, 3)] * 2
        x, y, w, h = results['crop_quadruple']  # shares of the width and the height
        yield tuple(round(float(number)) for number in (y * 256, x * 340, h * 256, w * 340))


@pytest.fixture
def seeds():
    random.seed(0)
    np.random.seed(0)


def test_paper_crops_224_from_anywhere(seeds):
    found = set(crops('paper', 300))
    assert {window[2:] for window in found} == {(224, 224)} and len(found) > 200
    for axis, free in ((0, 256 - 224), (1, 340 - 224)):
        starts = {window[axis] for window in found}
        assert min(starts) >= 0 and max(starts) <= free and len(starts) > 0.8 * min(free, 100)


def test_released_crops_at_five_scales_from_thirteen_places(seeds):
    """256 times 1, .875, .75, .66, .5 is 256, 224, 192, 168, 128; two sides lie at most two steps apart."""
    found = list(crops('released', 400))
    sides = (256, 224, 192, 168, 128)
    expected = {(h, w) for i, h in enumerate(sides) for j, w in enumerate(sides) if abs(i - j) <= 2}
    assert {window[2:] for window in found} == expected and len(expected) == 19
    steps = set()
    for y, x, h, w in found:
        (down, rest), (right, other) = divmod(y, (256 - h) // 4 or 1), divmod(x, (340 - w) // 4)
        assert rest == other == 0
        if h < 256:  # a crop of full height has no place to go
            steps.add((down, right))
    # corners, middles of the edges, centre, and the four quarters between them
    assert steps == {(i, j) for i in range(5) for j in range(5) if i % 2 == j % 2}


@pytest.mark.parametrize('preset, name, expected', [('paper', 'mAP', 2 / 3),
                                                    ('released', 'mAP_sample', 5 / 6)])
def test_the_best_checkpoint_is_chosen_by_the_presets_metric(preset, name, expected):
    """Classes: AP 1/2, 1, 1/2. Videos: 1/2 and 2/3, by the envelope 2/3 twice, and 1: another mean."""
    cfg = load(preset)
    samples = [action_sample([0., 1, 1], [.9, .8, .1]), action_sample([1., 0, 0], [.7, .2, .6])]
    evaluator = Evaluator(cfg.val_evaluator)
    evaluator.process(samples)
    metrics = evaluator.evaluate(len(samples))
    hook = HOOKS.build(cfg.default_hooks.checkpoint)
    assert hook.key_indicators == [name] and hook.rules == ['greater']
    assert metrics[hook.key_indicators[0]] == pytest.approx(expected)
