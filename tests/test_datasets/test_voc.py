"""VOCMultiLabel: the policy for difficult objects from the xml to the loss and the metric."""
import numpy as np
import pytest
import torch
from media import Log, write_image
from mmengine.registry import DATASETS, MODELS
from mmpretrain.models.utils import ClsDataPreprocessor
from voc_files import write_voc

from kssnet_mm.annotations.voc import VOC_CLASSES
from kssnet_mm.evaluation.metrics.samples import scores_and_targets

PIPELINE = [dict(type='mmpretrain.LoadImageFromFile'), dict(type='mmpretrain.PackInputs')]
DOG, CAT, PERSON = (VOC_CLASSES.index(name) for name in ('dog', 'cat', 'person'))
# a dog and a difficult cat; a difficult person; a person that is also there as a difficult one
OBJECTS = {'000001': [('dog', 0), ('cat', 1)], '000002': [('person', 1)],
           '000003': [('person', 0), ('person', 1)]}


@pytest.fixture
def root(tmp_path):
    write_voc(tmp_path, OBJECTS)
    for name in OBJECTS:
        write_image(tmp_path / f'JPEGImages/{name}.jpg')
    return tmp_path


def build(root, **kwargs):
    return DATASETS.build(dict(type='VOCMultiLabel', data_root=str(root), pipeline=PIPELINE, **kwargs))


def expected(difficult):
    table = np.zeros((3, 20))
    table[0, DOG] = table[2, PERSON] = 1
    table[0, CAT] = table[1, PERSON] = difficult
    return table


@pytest.mark.parametrize('policy, value', [('ignore', -1), ('negative', 0), ('positive', 1)])
def test_target_reaches_loss_and_metric(root, policy, value):
    data = build(root, difficult=policy)
    assert data.metainfo['classes'] == VOC_CLASSES and len(data) == 3
    batch = [data[i] for i in range(3)]
    batch = dict(inputs=[item['inputs'] for item in batch],
                 data_samples=[item['data_samples'] for item in batch])
    samples = ClsDataPreprocessor(num_classes=20, to_onehot=True)(batch, True)['data_samples']
    head = MODELS.build(dict(type='KSSNetHead', num_classes=20, in_channels=4,
                             classifier=dict(type='LinearClassifier', pool='avg', dropout=0.0)))
    features = (torch.randn(3, 4, 2, 2), )
    logits, targets = head(features).detach().double().numpy(), expected(value)
    terms = np.log1p(np.exp(-logits)) + (1 - targets) * logits  # -log p or -log (1 - p)
    loss = head.loss(features, samples)['loss'].item()
    assert loss == pytest.approx(terms[targets >= 0].mean(), rel=1e-5)
    with torch.no_grad():
        found = [scores_and_targets(sample)[1] for sample in head.predict(features, samples)]
    assert np.array_equal(found, targets)


def test_counts(root):
    with Log() as messages:
        assert len(build(root)) == 3
        assert len(build(root, keep_unlabelled=False)) == 2
        assert len(build(root, keep_unlabelled=False, difficult='positive')) == 3
    assert [text.rsplit('txt: ', 1)[1] for text in messages if 'without' in text] == [
        '3 images, 1 without any label (kept)', '3 images, 1 without any label (dropped)',
        '3 images, 0 without any label (dropped)']


def test_faults_are_named(root):
    with pytest.raises(ValueError, match="got 'maybe'"):
        build(root, difficult='maybe')
    write_voc(root, {'000002': [('unicorn', 0)]})
    with pytest.raises(ValueError, match="000002.xml: 'unicorn' is not a VOC class"):
        build(root)


def test_fewer_classes_may_be_asked_for(root):
    data = build(root, metainfo=dict(classes=['person', 'dog']))
    assert [data.get_data_info(i)['gt_score'] for i in range(3)] == [[0, 1], [-1, 0], [1, 0]]
