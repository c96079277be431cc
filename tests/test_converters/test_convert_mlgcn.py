import pickle

import numpy as np
import pytest
import torch
from released_files import build, convert, load, released, without_counters

from kssnet_mm.annotations.coco import COCO_CLASSES
from kssnet_mm.converters import convert_mlgcn
from kssnet_mm.engine.check_labels_hook import check_labels


def write_pickle(path, array):
    path.write_bytes(pickle.dumps(array, protocol=2))
    return path


def test_the_command_on_an_old_checkpoint_gives_its_formula(tmp_path):
    """The classifier's weights by an independent transcription of gen_adj and the two layers.

    ML-GCN's labels are sorted; ours stand in the order of COCO's category ids, which begins with person.
    """
    state = without_counters(released('mlgcn'))
    state['A'].fill_diagonal_(1)
    words = torch.rand(80, 300, generator=torch.Generator().manual_seed(1))
    torch.save(dict(epoch=9, arch='resnet101', best_score=torch.tensor(83.),
                    state_dict={f'module.{key}': value for key, value in state.items()}), tmp_path / 'coco.tar')
    vectors = write_pickle(tmp_path / 'glove.pkl', words.numpy())
    convert('mlgcn_to_kssnet', tmp_path / 'coco.tar', tmp_path / 'ours.pth', '--embedding', vectors)
    model = load(build('mlgcn_r101_coco.py'), tmp_path / 'ours.pth')
    scale = torch.diag(state['A'].sum(1)**-0.5)
    adjacency = (state['A'] @ scale).t() @ scale
    hidden = torch.nn.functional.leaky_relu(adjacency @ (words @ state['gc1.weight']), 0.2)
    expected = adjacency @ (hidden @ state['gc2.weight'])
    expected = expected[[sorted(COCO_CLASSES).index(name) for name in COCO_CLASSES]]
    feature = torch.rand(2, 2048, 3, 3)
    embedding = model.backbone.gcn()[-1]
    logits = model.head((feature, embedding.expand(2, -1, -1)))
    torch.testing.assert_close(logits, feature.amax(dim=(2, 3)) @ expected.t(), rtol=1e-4, atol=1e-2)
    check_labels(model.backbone.gcn.label_keys, COCO_CLASSES)  # as testing does with the data set's classes
    meta = torch.load(tmp_path / 'ours.pth', weights_only=True)['meta']
    assert meta['dataset_meta']['classes'] == list(COCO_CLASSES)  # which predicting reads
    assert torch.equal(model.backbone.backbone.layer1[0].conv1.weight, state['features.4.0.conv1.weight'])


def test_wrong_vectors_and_labels_are_refused(tmp_path):
    torch.save(released('mlgcn'), tmp_path / 'coco.tar')
    labels, target = tmp_path / 'labels.txt', tmp_path / 'ours.pth'
    labels.write_text('cat\ndog\n')
    for shape, options, message in (
            ((80, 300), ['--labels', labels], 'error: 2 label names for 80 labels'),
            ((80, ), [], 'holds (80,): word vectors are one array of labels by features'),
            ((20, 300), ['--labels', 'voc'],
             'coco.tar is no ML-GCN checkpoint: 1 misshapen: A (80, 80) for (20, 20)')):
        vectors = write_pickle(tmp_path / 'glove.pkl', np.ones(shape))
        output = convert('mlgcn_to_kssnet', tmp_path / 'coco.tar', target, '--embedding', vectors, *options, fail=True)
        assert message in output and not target.exists()


def test_an_order_of_other_labels_is_named():
    names = [f'label {i}' for i in range(80)]
    with pytest.raises(ValueError, match='only one of the two has cat, label 79'):
        convert_mlgcn(released('mlgcn'), torch.ones(80, 300), names, order=['cat', *names[:79]])
