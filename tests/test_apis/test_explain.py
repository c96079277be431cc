"""The whole explanation of an image and of a video: its files and what they hold."""
import json

import cv2
import numpy as np
import pytest
import torch
from PIL import Image
from tiny_models import CLASSES, KNOWLEDGE, STATISTICAL, VALUES, make, picture, write_clip

from kssnet_mm.apis import MultiLabelInferencer, explain
from kssnet_mm.apis.explanation.grad_cam import grad_cam, last_map
from kssnet_mm.apis.explanation.model_graph import described_graph, read_graph
from kssnet_mm.converters import save_state_dict
from kssnet_mm.deploy import switch_to_deploy
from kssnet_mm.deploy.configs import deployed_config
from kssnet_mm.deploy.switch import Network
from kssnet_mm.graphs import LabelGraph
from kssnet_mm.graphs.superimpose import ks_graph, normalize_symmetric


def ready(folder, video=False, **settings):
    """(inferencer, path of an input)."""
    cfg, weights = make(folder, video, **settings)
    path = folder / ('a.mp4' if video else 'a.png')
    if video:
        write_clip(path)
    else:
        Image.fromarray(picture()).save(path)
    return MultiLabelInferencer(cfg, weights, 'cpu', show_progress=False), str(path)


def pixels(path):
    """A picture that is not of one colour."""
    array = np.asarray(Image.open(path).convert('RGB'))
    assert min(array.shape[:2]) > 100 and array.std() > 5
    return array


@pytest.mark.parametrize('video', [False, True], ids=['image', 'video'])
def test_files_and_numbers(tmp_path, video):
    inferencer, path = ready(tmp_path, video)
    found = explain(inferencer, path, tmp_path / 'out', labels=['sports_ball', 'dog'])
    assert found == json.loads((tmp_path / 'out/explanation.json').read_text()) and found['notes'] == []
    assert found['pictures'] == [
        'prediction.png', 'map_sports-ball.png', 'map_dog.png', 'pulls_sports-ball.png', 'pulls_dog.png',
        'connection_layer1.png', 'connection_layer2.png', 'connection_layer3.png']
    for name in found['pictures']:
        pixels(tmp_path / 'out' / name)
    for entry in found['labels']:
        assert entry['score'] == pytest.approx(1 / (1 + np.exp(-entry['logit'])), abs=1e-5)
        values = np.array(entry['map']['values'][0])
        assert values.ndim == 3 and (len(values) > 1) == video
        assert sum(entry['map']['means']) + entry['map']['bias'] == pytest.approx(entry['logit'], abs=1e-5)
        assert values.mean() == pytest.approx(entry['map']['means'][0], abs=1e-3)
    rows = {row['label']: row['origin'] for row in found['labels'][0]['shares']['rows']}
    assert rows == {'person': 'statistics', 'sports ball': 'itself', 'tennis racket': 'both',
                    'linear layer and bias': 'rest'}
    assert found['connections']['layer2']['dog']['highest'] > found['connections']['layer2']['dog']['lowest']


def test_scores_that_are_no_numbers(tmp_path):
    """No picture is drawn of them, and no json written, which has no NaN."""
    inferencer, path = ready(tmp_path)
    with torch.no_grad():
        inferencer.model.head.classifier.fc.bias[1] = float('nan')
    with pytest.raises(ValueError, match='no numbers'):
        explain(inferencer, path, tmp_path / 'out')
    assert not (tmp_path / 'out').exists()


@pytest.mark.parametrize('embedding', [False, True], ids=['weights', 'weights and embeddings'])
def test_shared_weights_say_which_label_pulled_which(tmp_path, embedding):
    """Each share is A_ij (x . V_j), and they add up; the deployed model has the same scores."""
    classifier = dict(type='GraphLinearClassifier', eta=.4, embedding=embedding)
    inferencer, path = ready(tmp_path, graph=embedding, **classifier)  # a plain backbone, or one with embeddings
    inferencer.model.head.classifier.load_graph(LabelGraph.load(tmp_path / 'graph.npz'))
    found = explain(inferencer, path, tmp_path / 'out', labels=['sports ball', 'dog'])
    ball, dog = (entry['shares'] for entry in found['labels'])
    ball_score, dog_score = (entry['score'] for entry in found['labels'])
    assert ball['exact'] and dog['exact']
    for entry in found['labels']:
        assert sum(row['share'] for row in entry['shares']['rows']) == pytest.approx(entry['logit'], abs=1e-4)
    assert {row['label'] for row in ball['rows']} == {'person', 'sports ball', 'tennis racket', 'bias'}
    assert {row['label'] for row in dog['rows']} == {'dog', 'tennis racket', 'bias'}
    assert 'pulls_dog.png' in found['pictures']
    switch_to_deploy(inferencer.model.double()).float()
    found = inferencer(path, return_datasamples=True)['predictions'][0].pred_score.tolist()
    np.testing.assert_allclose([found[1], found[3]], [ball_score, dog_score], atol=1e-5)


def test_what_if(tmp_path):
    """The scores are those of a model that holds the other adjacency."""
    inferencer, path = ready(tmp_path)
    found = explain(inferencer, path, tmp_path / 'out', eta=0.9, drop=[('dog', 'tennis racket')])['what_if']
    adjacency = ks_graph(STATISTICAL, KNOWLEDGE, **dict(VALUES, eta=0.9))
    adjacency[2, 3] = adjacency[3, 2] = 0
    before = [row['score'] for row in inferencer(path, all_scores=True)['predictions'][0]['scores']]
    inferencer.model.backbone.gcn.adjacency.copy_(torch.from_numpy(normalize_symmetric(adjacency)))
    after = [row['score'] for row in inferencer(path, all_scores=True)['predictions'][0]['scores']]
    assert np.abs(np.subtract(before, after)).max() > 1e-3
    assert len(found['scores']) == len(before) == len(after) == 4
    for row, first, last in zip(found['scores'], before, after):
        assert row['before'] == pytest.approx(first, abs=1e-5) and row['after'] == pytest.approx(last, abs=1e-5)
        for when in ('before', 'after'):
            assert 1 / (1 + np.exp(-row[f'logit_{when}'])) == pytest.approx(row[when], abs=1e-5)
    passed = {name: {row['label'] for row in found['scores'] if row[name] >= .5} for name in ('before', 'after')}
    assert found['appears'] == sorted(passed['after'] - passed['before'])
    assert found['disappears'] == sorted(passed['before'] - passed['after'])
    pixels(tmp_path / 'out/what_if.png')


def test_refused(tmp_path):
    inferencer, path = ready(tmp_path)
    for options, message in ((dict(labels=['cat']), 'cat'), (dict(lam=1.5), 'lam must be between 0 and 1'),
                             (dict(drop=[('person', 'dog')]), 'no edge'),
                             (dict(graph=tmp_path / 'none.npz', tau=.5), 'is not there')):
        with pytest.raises(ValueError, match=message):
            explain(inferencer, path, tmp_path / 'out', **options)
    for source, message in ((str(tmp_path / 'no.jpg'), 'no such file'), ([path, path], 'one image or video')):
        with pytest.raises(ValueError, match=message):
            explain(inferencer, source, tmp_path / 'out')


def test_without_the_graphs_file_the_origins_are_unknown(tmp_path):
    inferencer, path = ready(tmp_path)
    found = explain(inferencer, path, tmp_path / 'out', graph=tmp_path / 'none.npz')
    assert 'the origin of edges is unknown' in found['notes'][0]
    origins = {row['origin'] for entry in found['labels'] for row in entry['shares']['rows']}
    assert origins == {None, 'itself', 'rest'}


def test_a_deployed_and_a_plain_model(tmp_path):
    """Their maps are there, and nothing of the graph."""
    inferencer, path = ready(tmp_path)
    new, state = deployed_config(inferencer.cfg, switch_to_deploy(inferencer.model.double()).float())
    save_state_dict(state, str(tmp_path / 'deployed.pth'), dataset_meta=dict(classes=CLASSES), deployed=True)
    (tmp_path / 'plain').mkdir()
    for model, path in ((MultiLabelInferencer(new, str(tmp_path / 'deployed.pth'), 'cpu'), path),
                        ready(tmp_path / 'plain', graph=False)):
        found = explain(model, path, tmp_path / 'out', labels=['dog'])
        assert found['pictures'] == ['prediction.png', 'map_dog.png'] and 'shares' not in found['labels'][0]
        with pytest.raises(ValueError, match='no label graph of a GCN to change'):
            explain(model, path, tmp_path / 'out', eta=.5)


def test_pictures_of_an_earlier_explanation_go(tmp_path):
    inferencer, path = ready(tmp_path)
    out = tmp_path / 'out'
    earlier = explain(inferencer, path, out, labels=['dog'])
    (out / 'mine.png').write_bytes(b'x')
    (tmp_path / 'other.png').write_bytes(b'x')
    told = json.loads((out / 'explanation.json').read_text())
    (out / 'explanation.json').write_text(json.dumps(dict(told, pictures=[*told['pictures'], '../other.png'])))
    found = explain(inferencer, path, out, labels=['person'], thr=.9)
    assert 'map_dog.png' in earlier['pictures'] and 'map_dog.png' not in found['pictures']
    assert {file.name for file in out.iterdir()} == {*found['pictures'], 'explanation.json', 'mine.png'}
    assert (tmp_path / 'other.png').exists()
    (out / 'explanation.json').write_text('[]')
    explain(inferencer, path, out, labels=['dog'])


def test_an_explanation_that_fails_leaves_the_earlier_one(tmp_path, monkeypatch):
    def fail(*args):
        raise ModuleNotFoundError('pip install grad-cam')

    inferencer, path = ready(tmp_path)
    out = tmp_path / 'out'
    explain(inferencer, path, out, labels=['dog'])
    before = {file.name: file.read_bytes() for file in out.iterdir()}
    monkeypatch.setattr('kssnet_mm.apis.explainer.grad_cam_maps', fail)
    with pytest.raises(ModuleNotFoundError):
        explain(inferencer, path, out, labels=['person'], grad_cam=True, eta=.2)
    assert {file.name: file.read_bytes() for file in out.iterdir()} == before


def test_what_if_of_graphs_that_it_cannot_change(tmp_path):
    inferencer, path = ready(tmp_path)
    inferencer.model.head.classifier.graph_buffers = ('sharing', )  # a classifier with a graph of its own
    with pytest.raises(ValueError, match='the LabelGraphClassifier has one of its own'):
        explain(inferencer, path, tmp_path / 'out', eta=.5)
    explain(inferencer, path, tmp_path / 'out')
    file = described_graph(inferencer.cfg)
    with pytest.raises(ValueError, match="control='identity', A = I, which lam cannot change"):
        read_graph(dict(file=file, control='identity'), CLASSES, lam=.5)


@pytest.mark.parametrize('video', [False, True], ids=['image', 'video'])
def test_grad_cam_of_the_last_features_is_the_positive_part_of_the_map(tmp_path, video):
    """With average pooling the gradient of a logit is W / positions, so that both are proportional."""
    pytest.importorskip('pytorch_grad_cam', reason='the extra "explain" is not installed')
    inferencer, path = ready(tmp_path, video)
    x = torch.randn(1, 3, *((8, ) if video else ()), 64, 96)
    with torch.no_grad():
        feature = inferencer.model.backbone(x)[0]
        head = inferencer.model.cls_head if video else inferencer.model.head
        head.classifier.fc.weight[1].abs_().add_(1)  # features are positive, and so are these maps
        head.classifier.fc.weight[3].add_(0.5)
        weight = head.classifier.to_linear(inferencer.model.backbone.gcn()[-1]).fc.weight
        expected = torch.einsum('nc,c...->n...', weight, feature[0]).clamp(min=0).numpy()
    network = Network(inferencer.model)
    assert last_map(network, x).startswith('layer4')
    maps = grad_cam(network, x, [1, 3], 'layer4')
    assert maps.shape == ((2, 8, 64, 96) if video else (2, 1, 64, 96))
    for found, label in zip(maps, (1, 3)):
        wanted = expected[label] / expected[label].max()
        assert np.ptp(wanted) > 0.01
        if video:  # the package resizes in its own way along time: the peak is where it is
            peak = np.unravel_index(wanted.argmax(), wanted.shape)
            place = np.unravel_index(found.argmax(), found.shape)
            sizes = zip(place, found.shape, wanted.shape)
            assert np.abs(np.array([(p + .5) / f * w - .5 for p, f, w in sizes]) - peak).max() <= 0.75
        else:
            wanted = cv2.resize(wanted - wanted.min(), (96, 64))
            np.testing.assert_allclose(found[0], (wanted - wanted.min()) / np.ptp(wanted), atol=1e-4)
    assert not any(parameter.grad is not None and parameter.grad.any() for parameter in network.parameters())
    assert 'gradcam_dog.png' in explain(inferencer, path, tmp_path / 'o', ['dog'], grad_cam=True)['pictures']
    with pytest.raises(ValueError, match="no module 'layer9'"):
        grad_cam(network, x, [0], 'layer9')
