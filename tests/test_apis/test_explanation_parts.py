"""The equations of an explanation, against hand-worked numbers and second computations."""
import numpy as np
import pytest
import torch
from mmengine.registry import DefaultScope
from tiny_models import CLASSES, KNOWLEDGE, STATISTICAL, VALUES, make, make_graph

from kssnet_mm.apis.explanation.activation_maps import as_linear, class_activation_maps, over_frames
from kssnet_mm.apis.explanation.edge_origins import edge_origins
from kssnet_mm.apis.explanation.geometry import seen_box, seen_frames
from kssnet_mm.apis.explanation.label_maps import label_maps
from kssnet_mm.apis.explanation.grad_cam import LabelLogit, as_grid
from kssnet_mm.apis.explanation.label_shares import label_shares
from kssnet_mm.apis.explanation.pictures import Pictures
from kssnet_mm.apis.explanation.record import recording
from kssnet_mm.apis.explanation.model_graph import check_graph, normalized, read_graph
from kssnet_mm.apis.explanation.what_if import another_adjacency, drop_edges
from kssnet_mm.apis.reading import Reader
from kssnet_mm.deploy.switch import logits, switch_to_deploy
from kssnet_mm.graphs.label_graph import LabelGraph
from kssnet_mm.graphs.superimpose import ks_graph
from kssnet_mm.models.heads import LabelGraphClassifier, LinearClassifier
from kssnet_mm.models.loading import load_trained
from kssnet_mm.registry import MODELS

IMAGE, CLIP = (2, 3, 64, 96), (2, 3, 8, 32, 48)


def built(folder, video=False, **settings):
    cfg, weights = make(folder, video, **settings)
    with DefaultScope.overwrite_default_scope(cfg.default_scope):
        model = MODELS.build(cfg.model)
    load_trained(model, weights)
    model.eval()
    return model, (model.cls_head if video else model.head)


def recorded(model, head, shape):
    with recording(model.backbone, head.classifier) as found, torch.no_grad():
        logits(model, torch.randn(shape))
    return found


@pytest.mark.parametrize('video', [False, True], ids=['image', 'video'])
@pytest.mark.parametrize('settings', [dict(), dict(tanh=False), dict(fc=False), dict(graph=False)], ids=str)
def test_the_mean_of_a_map_and_the_bias_are_the_logit(tmp_path, video, settings):
    model, head = built(tmp_path, video, **settings)
    found = recorded(model, head, CLIP if video else IMAGE)
    linear, features = as_linear(head.classifier, found.features)
    maps, = class_activation_maps(linear, features)
    assert maps.shape[:2] == (2, 4) and maps.dim() == (5 if video else 4) and maps.flatten(2).shape[2] > 1
    assert found.logits.std() > 0.01 and maps.std() > 0.01
    torch.testing.assert_close(maps.flatten(2).mean(dim=2) + linear.fc.bias, found.logits, rtol=0, atol=1e-5)


def test_a_deployed_model_has_the_same_maps(tmp_path):
    model, head = built(tmp_path)
    torch.manual_seed(1)
    before = recorded(model, head, IMAGE)
    expected = class_activation_maps(*as_linear(head.classifier, before.features))[0]
    switch_to_deploy(model.double())
    torch.manual_seed(1)
    after = recorded(model.float(), model.head, IMAGE)
    assert not after.stages and list(before.stages) == ['layer1', 'layer2', 'layer3']
    torch.testing.assert_close(class_activation_maps(*as_linear(model.head.classifier, after.features))[0], expected,
                               rtol=0, atol=1e-4)


@pytest.mark.parametrize('classifier', [
    dict(type='GraphLinearClassifier', eta=.4),
    dict(type='RefinedClassifier', classifier=dict(type='LinearClassifier'))])
def test_a_graph_in_the_head_has_maps_on_a_plain_backbone(tmp_path, classifier):
    """The mean of a map and the bias are the logit."""
    made = make_graph(tmp_path / 'graph.npz')
    head = MODELS.build(dict(classifier, num_classes=4, in_channels=6, graph=str(tmp_path / 'graph.npz'))).eval()
    head.load_graph(made)
    for parameter in head.parameters():
        torch.nn.init.normal_(parameter)
    x = torch.randn(2, 6, 3, 5)
    with torch.no_grad():
        linear, features = as_linear(head, (x, ))
        maps, = class_activation_maps(linear, features)
        torch.testing.assert_close(maps.mean((2, 3)) + linear.fc.bias, head((x, )))


def test_tokens_and_pathways():
    tokens, linear = torch.randn(2, 10, 6), LinearClassifier(3, 6).eval()
    maps, = class_activation_maps(linear, (tokens, ))
    torch.testing.assert_close(maps.mean(dim=2) + linear.fc.bias, linear((tokens, )))
    assert torch.equal(over_frames(maps)[1, 1].flatten(), maps[1, 1, 1:])  # a class token first, then 3 x 3
    assert over_frames(torch.randn(1, 3, 7)) is None
    slow, fast = torch.randn(2, 4, 2, 3, 3), torch.randn(2, 2, 8, 3, 3)
    both = LinearClassifier(3, 6, pathways=2).eval()
    maps = class_activation_maps(both, (slow, fast))
    means = sum(part.flatten(2).mean(dim=2) for part in maps)
    torch.testing.assert_close(means + both.fc.bias, both((slow, fast)))
    assert over_frames(maps[1]).shape == (3, 16, 3, 3)  # the views follow each other
    with pytest.raises(ValueError, match='pooled features, which have no positions: try Grad-CAM'):
        class_activation_maps(linear, (torch.randn(2, 6), ))
    with pytest.raises(ValueError, match='not a Linear: try Grad-CAM'):
        as_linear(torch.nn.Linear(2, 2), ())


@pytest.mark.parametrize('axis', [1, 2, 3])
def test_label_maps_position_by_position(axis):
    x, embedding = torch.randn(2, 5, 5, 5), torch.randn(4, 5)
    maps, rows = label_maps(x, embedding, axis), x.movedim(axis, 1)
    for b, n, i, j in ((0, 0, 0, 0), (1, 3, 2, 4), (0, 2, 4, 1)):
        expected = sum(rows[b, c, i, j] * torch.tanh(embedding[n, c]) for c in range(5))
        assert maps[b, n, i, j].item() == pytest.approx(expected.item(), abs=1e-5)


def test_maps_of_the_models_connections(tmp_path):
    """y - x of a connection is W_g times its label maps."""
    model, head = built(tmp_path)
    found = recorded(model, head, IMAGE)
    for layer, (stage, (x, embedding)) in enumerate(found.stages.items()):
        connection = model.backbone.connection(stage)
        torch.testing.assert_close(embedding, model.backbone.gcn()[layer])
        added = torch.einsum('cn,bnhw->bchw', connection.weight, label_maps(x, embedding))
        torch.testing.assert_close(connection(x, embedding) - x, added, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize('gcn', [dict(), dict(rank=3, bias=True)], ids=['full', 'low-rank'])
@pytest.mark.parametrize('fc', [True, False])
def test_without_a_tanh_the_shares_add_up(tmp_path, gcn, fc):
    model, head = built(tmp_path, gcn=gcn, tanh=False, fc=fc)
    with torch.no_grad():
        for layer in model.backbone.gcn.layers:
            if layer.bias is not None:
                layer.bias.normal_()
    found = recorded(model, head, (1, *IMAGE[1:]))
    shares = label_shares(model.backbone.gcn, head.classifier, head.classifier.pooled(found.features))
    assert shares.exact and shares.by_label.abs().max() > 0.01
    scale = found.logits.abs().max().clamp(min=1)
    torch.testing.assert_close((shares.by_label.sum(dim=1) + shares.rest) / scale, found.logits[0] / scale, rtol=0,
                               atol=1e-5)
    assert (shares.by_label[model.backbone.gcn.adjacency == 0] == 0).all()


def test_with_a_tanh_an_edge_is_removed_and_computed_again(tmp_path):
    """A GCN of one layer and no connections: the whole model runs again with that entry at 0."""
    model, head = built(tmp_path, stages=())
    gcn, x = model.backbone.gcn, torch.randn(1, *IMAGE[1:])
    with recording(model.backbone, head.classifier) as found, torch.no_grad():
        before = logits(model, x)
    shares = label_shares(gcn, head.classifier, head.classifier.pooled(found.features))
    assert not shares.exact
    for i in range(4):
        for j in range(4):
            other = gcn.adjacency.clone()
            other[i, j] = 0
            with another_adjacency(gcn, other), torch.no_grad():
                expected = before[0, i] - logits(model, x)[0, i]
            assert shares.by_label[i, j].item() == pytest.approx(expected.item(), abs=1e-4)
    assert shares.by_label.abs().max() > 0.01
    with torch.no_grad():
        torch.testing.assert_close(logits(model, x), before)  # the adjacency is back
        # the rest is what the embeddings do not give: the linear layer's part
        pooled = head.classifier.pooled(found.features)[0]
        torch.testing.assert_close(shares.rest, before[0] - torch.tanh(gcn()[-1]) @ pooled, rtol=0, atol=1e-4)
        assert shares.rest.abs().max() > 0.01


def test_grad_cams_target_is_the_logit_of_one_label():
    assert LabelLogit(2)(torch.tensor([1., 2., 4.])).item() == 4
    assert LabelLogit(0)(torch.tensor([[1., 2.], [3., 5.]])).tolist() == [1, 3]


@pytest.mark.parametrize('first', [0, 1], ids=['plain', 'class token'])
def test_tokens_as_a_grid(first):
    """Token first + 3 i + j is row i, column j."""
    tokens = torch.randn(2, first + 9, 4)
    grid = as_grid(tokens)
    assert grid.shape == (2, 4, 3, 3)
    for i in range(3):
        for j in range(3):
            assert torch.equal(grid[:, :, i, j], tokens[:, first + 3 * i + j])
    maps = torch.randn(1, 2, 3, 4)
    assert as_grid(maps) is maps
    with pytest.raises(ValueError, match='7 tokens fill no square'):
        as_grid(torch.randn(1, 7, 4))


def test_origins_by_hand(tmp_path):
    graph = make_graph(tmp_path / 'graph.npz')
    assert edge_origins(graph, 1, np.arange(4)) == ['statistics', 'itself', 'both', 'neither']
    assert edge_origins(graph, 3, np.array([2, 3])) == ['knowledge', 'itself']
    graph.meta['builder']['control'] = 'shuffle'
    assert edge_origins(graph, 1, np.array([0, 1])) == [None, 'itself'] == edge_origins(None, 1, np.array([0, 1]))


def test_another_graph(tmp_path):
    model, _ = built(tmp_path)
    file, gcn = str(tmp_path / 'graph.npz'), model.backbone.gcn
    graph = read_graph(file, CLASSES)
    check_graph(gcn, graph)
    torch.testing.assert_close(normalized(gcn, graph.dense()), gcn.adjacency)
    other = read_graph(dict(type='LabelGraphBuilder', file=file), CLASSES, lam=0.9, eta=None)
    np.testing.assert_allclose(other.adjacency, ks_graph(STATISTICAL, KNOWLEDGE, **dict(VALUES, lam=.9)), atol=1e-6)
    with pytest.raises(ValueError, match='is not the graph that the model was trained with'):
        check_graph(gcn, other)
    assert read_graph(file, CLASSES[::-1]).labels == CLASSES[::-1]
    for described, message in ((None, 'names no file'), (str(tmp_path / 'no.npz'), 'is not there: name it')):
        with pytest.raises(ValueError, match=message):
            read_graph(described, CLASSES)
    LabelGraph(CLASSES, graph.adjacency).save(tmp_path / 'final.npz')
    assert read_graph(str(tmp_path / 'final.npz'), CLASSES).num_labels == 4
    with pytest.raises(ValueError, match='final adjacency without the priors, from which lam'):
        read_graph(str(tmp_path / 'final.npz'), CLASSES, lam=.5)


def test_dropped_edges():
    adjacency = ks_graph(STATISTICAL, KNOWLEDGE, **VALUES)
    dropped = drop_edges(adjacency, [('Sports_Ball', 'tennis racket'), ('dog', 'dog')], CLASSES)
    changed = [tuple(place) for place in np.argwhere(dropped != adjacency)]
    assert changed == [(1, 2), (2, 1), (3, 3)] and not dropped[1, 2]
    with pytest.raises(ValueError, match="no edge between 'person' and 'dog'"):
        drop_edges(adjacency, [('person', 'dog')], CLASSES)
    with pytest.raises(ValueError, match='cat'):
        drop_edges(adjacency, [('person', 'cat')], CLASSES)


def test_what_the_network_saw_of_a_photograph():
    load, pack = dict(type='mmpretrain.LoadImageFromFile'), dict(type='mmpretrain.PackInputs')

    def box(*steps):
        return seen_box(Reader([load, *steps, pack], False), 60, 100)

    assert box(dict(type='mmpretrain.Resize', scale=(40, 40))) == pytest.approx((0, 0, 100, 60), abs=0.01)
    assert box(dict(type='mmpretrain.CenterCrop', crop_size=20)) == pytest.approx((40, 20, 60, 40), abs=0.01)
    # short side 60 -> 30, 100 -> 50; the middle 20 of 30 x 50 are twice as many pixels of the photograph
    assert box(dict(type='mmpretrain.ResizeEdge', scale=30), dict(type='mmpretrain.CenterCrop', crop_size=20)) == (
        pytest.approx((30, 10, 70, 50), abs=0.01))
    assert box(dict(type='mmpretrain.RandomFlip', prob=1.0, direction='horizontal')) is None


def test_what_the_network_saw_of_a_clip():
    views = torch.arange(2 * 3 * 2 * 1 * 2, dtype=torch.uint8).reshape(2, 3, 2, 1, 2)
    frames = seen_frames(views)
    assert len(frames) == 4 and frames[3].shape == (1, 2, 3)
    assert frames[3][0, 1].tolist() == views[1, :, 1, 0, 1].tolist()
    image = seen_frames(torch.tensor([1, 2, 3], dtype=torch.uint8).reshape(3, 1, 1))
    assert image[0][0, 0].tolist() == [3, 2, 1]  # mmcv's BGR


def test_graph_classifiers_with_maximum_pooling_are_not_exact(tmp_path):
    model, head = built(tmp_path, pool='max')
    found = recorded(model, head, IMAGE)
    linear, features = as_linear(head.classifier, found.features)
    maps, = class_activation_maps(linear, features)
    assert (maps.flatten(2).mean(dim=2) + linear.fc.bias - found.logits).abs().max() > 1e-2
    assert isinstance(head.classifier, LabelGraphClassifier) and linear.pool == 'max'


def test_pictures_of_any_label_have_names_that_a_file_system_takes(tmp_path):
    pictures = Pictures(str(tmp_path))
    for label in ('sports ball', 'sports-ball', '犬', 'somebody is holding some clothes ' * 20):
        open(pictures.path('map', label), 'w').close()
    assert pictures.names[:3] == ['map_sports-ball.png', 'map_sports-ball_.png', 'map_label.png']
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(pictures.names)
