import pickle

import numpy as np
import pytest
import torch
from released_files import build, convert, load, released, without_counters
from shared_data import shared

from kssnet_mm.converters import convert_mssnet
from kssnet_mm.converters.state_dicts import read_checkpoint
from kssnet_mm.models.label_gcn import label_keys

CONFIG = 'kssnet_i3d_charades_released.py'
LABELS = [f'Action {i}' for i in range(157)]


@pytest.fixture
def parts(tmp_path):
    """Options for a graph, vectors and labels in the released form, and the arrays that they hold."""
    graph = np.zeros((157, 157))
    graph[0, 1] = graph[1, 0] = .5
    graph[2, 3] = graph[3, 2] = .02  # below tau
    vectors = np.random.default_rng(0).normal(size=(157, 300))
    for name, array in (('graph', graph), ('vectors', vectors)):
        (tmp_path / f'{name}.pkl').write_bytes(pickle.dumps(array, protocol=2))
    (tmp_path / 'classes.txt').write_text(''.join(f'c{i:03} {name}\n' for i, name in enumerate(LABELS)))
    return dict(graph=('--graph', tmp_path / 'graph.pkl'), vectors=('--embedding', tmp_path / 'vectors.pkl'),
                labels=('--labels', tmp_path / 'classes.txt'), array=torch.from_numpy(vectors).float())


def graph_by_hand():
    """0.4 A_tau + 0.6 I: rows 0 and 1 sum to .8 with .2 between them; every other one is .6 of its own."""
    expected = torch.eye(157)
    expected[:2, :2] = torch.tensor([[.75, .25], [.25, .75]])
    return expected


def test_the_command_on_the_released_network_gives_its_reference_outputs(tmp_path):
    path = shared('checkpoints/mssnet_random_reference.pt')
    convert('mssnet_to_kssnet', path, tmp_path / 'ours.pth')
    content = read_checkpoint(str(path))
    model = load(build(CONFIG), tmp_path / 'ours.pth')
    with torch.no_grad():
        output = model.cls_head(model.backbone(content['input']))
        assert (output - content['output']).abs().max() < 3e-5
        embeddings, expected = model.backbone.gcn(), content['gcn'].values()
        assert len(embeddings) == len(expected) == 4
        for found, embedding in zip(embeddings, expected):
            assert (found - embedding).abs().max() < 1e-5
        output = model.double().cls_head(model.backbone(content['input'].double()))
        assert (output - content['output_float64']).abs().max() < 1e-9


@pytest.mark.parametrize('prefix', ['', 'module.'])
def test_a_real_checkpoint_takes_graph_and_vectors_from_the_released_pickles(tmp_path, parts, prefix):
    state = without_counters(released('mssnet'))
    torch.save(dict(state_dict={prefix + key: value for key, value in state.items()}, epoch=3), tmp_path / 'real.pth')
    convert('mssnet_to_kssnet', tmp_path / 'real.pth', tmp_path / 'ours.pth', *parts['graph'], *parts['vectors'],
            *parts['labels'])
    model = load(build(CONFIG), tmp_path / 'ours.pth')
    assert torch.load(tmp_path / 'ours.pth', weights_only=True)['meta']['dataset_meta']['classes'] == LABELS
    gcn = model.backbone.gcn
    torch.testing.assert_close(gcn.adjacency, graph_by_hand())
    assert torch.equal(gcn.embedding, parts['array']) and torch.equal(gcn.label_keys, label_keys(LABELS))
    assert torch.equal(gcn.layers[3].bias, state['gc4.bias'][0])
    assert torch.equal(model.backbone.laterals.Mixed_3c.weight, state['merge_conv2.weight'][..., 0, 0, 0])
    # before Mixed_4e: 3 convolutions, 3 pools, and the blocks 3b, 3c, 4b, 4c, 4d
    assert torch.equal(model.backbone.backbone.Mixed_4e.b2b.bn.running_var, state['features.11.b2b.bn.running_var'])


def test_each_part_that_a_file_lacks_is_asked_for(tmp_path, parts):
    torch.save(dict(state_dict=released('mssnet')), tmp_path / 'real.pth')
    for given, lacking in (((), ('graph', 'embedding')), (('graph', 'labels'), ('embedding', )),
                           (('vectors', 'labels'), ('graph', ))):
        options = [word for name in given for word in parts[name]]
        output = convert('mssnet_to_kssnet', tmp_path / 'real.pth', tmp_path / 'ours.pth', *options, fail=True)
        assert output.startswith(f'error: {tmp_path / "real.pth"} holds no ')
        assert {name for name in ('graph', 'embedding') if f'give the released pickle with --{name}' in output} == \
            set(lacking)
    for option in ('graph', 'vectors'):
        output = convert('mssnet_to_kssnet', tmp_path / 'real.pth', tmp_path / 'ours.pth', *parts[option], fail=True)
        assert output.startswith('error: --graph and --embedding need --labels')
    assert not (tmp_path / 'ours.pth').exists()


def test_one_part_given_replaces_that_of_the_file(tmp_path, parts):
    words = torch.rand(157, 300)
    torch.save(dict(state_dict=released('mssnet'), adj_norm=torch.eye(157) * 2, word=words), tmp_path / 'both.pth')
    found = {}
    for option in ('graph', 'vectors'):
        convert('mssnet_to_kssnet', tmp_path / 'both.pth', tmp_path / 'ours.pth', *parts[option], *parts['labels'])
        found[option] = load(build(CONFIG), tmp_path / 'ours.pth').backbone.gcn
    torch.testing.assert_close(found['graph'].adjacency, graph_by_hand())
    assert torch.equal(found['graph'].embedding, words)
    assert torch.equal(found['vectors'].adjacency, torch.eye(157) * 2)
    assert torch.equal(found['vectors'].embedding, parts['array'])


@pytest.mark.parametrize('adjacency, words, labels, message', [
    ((80, 80), (157, 300), None, r'the adjacency is \(80, 80\), the embeddings are of 157 labels'),
    ((157, 157), (157, 300), ['a', 'b'], '2 label names for 157 labels'),
    ((157, 157), (157, ), None, r'the word vectors are \(157,\)')])
def test_sizes_that_do_not_agree_are_named(adjacency, words, labels, message):
    with pytest.raises(ValueError, match=message):
        convert_mssnet({}, torch.ones(adjacency), torch.ones(words), labels)
