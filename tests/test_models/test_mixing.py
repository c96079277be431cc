"""Mixing augmentations of both worlds, with unknown labels among the targets."""
import numpy as np
import pytest
import torch
from action_samples import action_sample
from mmpretrain.models import RandomBatchAugment
from mmpretrain.registry import BATCH_AUGMENTS

from kssnet_mm.compat import action_targets
from kssnet_mm.models.mixing import with_unknown, without_unknown
from kssnet_mm.registry import MODELS

# unknown in both, in one of them, in none
TARGETS = torch.tensor([[-1., -1., 0., 1., 1.], [-1., 1., -1., 1., 0.]])


def test_the_pair_of_tables_by_hand():
    assert with_unknown(TARGETS).tolist() == [[0, 0, 0, 1, 1, 1, 1, 0, 0, 0], [0, 1, 0, 1, 0, 1, 0, 1, 0, 0]]
    assert torch.equal(without_unknown(with_unknown(TARGETS)), TARGETS)
    mixed = .75 * with_unknown(TARGETS) + .25 * with_unknown(TARGETS.flip(0))
    assert without_unknown(mixed).tolist() == [[-1, -1, -1, 1, .75], [-1, -1, -1, 1, .25]]


def share_of(images):
    """How much of the first image its mixture still holds; images are all 1 and all 0."""
    return images[0].mean().item()


@pytest.mark.parametrize('kind, settings', [('Mixup', {}), ('CutMix', {}), ('CutMix', dict(cutmix_minmax=[.3, .6])),
                                            ('ResizeMix', {})])
def test_images(monkeypatch, kind, settings):
    monkeypatch.setattr(torch, 'randperm', lambda n: torch.arange(n - 1, -1, -1))  # swap the two
    np.random.seed(2)
    augment = BATCH_AUGMENTS.build(dict(type='MaskedBatchAugment', augment=dict(type=kind, alpha=1., **settings)))
    images = torch.stack([torch.ones(3, 32, 32), torch.zeros(3, 32, 32)])
    images, mixed = augment(images, TARGETS)
    share = share_of(images)
    assert 0 < share < 1
    expected = torch.tensor([[-1, -1, -1, 1, share], [-1, -1, -1, 1, 1 - share]])
    torch.testing.assert_close(mixed, expected, atol=1e-5, rtol=0)


def test_known_targets_are_mixed_as_mmpretrain_does():
    known = (torch.rand(6, 4) > .5).float()
    results = []
    mixup = dict(type='Mixup', alpha=.5)
    for augment in (mixup, dict(type='MaskedBatchAugment', augment=mixup)):
        np.random.seed(0), torch.manual_seed(0)
        results.append(RandomBatchAugment([augment])(torch.rand(6, 3, 8, 8), known))
    for one, other in zip(*results):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize('kind', ['MixupBlending', 'CutmixBlending'])
def test_videos(monkeypatch, kind):
    monkeypatch.setattr(torch, 'randperm', lambda n: torch.arange(n - 1, -1, -1))
    torch.manual_seed(3)
    blending = MODELS.build(dict(type='MaskedBlending',
                                 blending=dict(type=f'mmaction.{kind}', num_classes=5, alpha=1.)))
    clips = torch.stack([torch.ones(1, 3, 4, 32, 32), torch.zeros(1, 3, 4, 32, 32)])
    samples = [action_sample(label=target) for target in TARGETS.clone()]
    clips, mixed = blending(clips, samples)
    share = share_of(clips)
    assert 0 < share < 1
    expected = torch.tensor([[-1, -1, -1, 1, share], [-1, -1, -1, 1, 1 - share]])
    torch.testing.assert_close(action_targets(mixed, 5), expected, atol=1e-5, rtol=0)


def test_both_preprocessors_take_them():
    augments = [dict(type='MaskedBatchAugment', augment=dict(type='Mixup', alpha=1.))]
    image = MODELS.build(dict(type='mmpretrain.ClsDataPreprocessor', num_classes=2, to_onehot=True,
                              batch_augments=dict(augments=augments)))
    assert type(image.batch_augments.augments[0]).__name__ == 'MaskedBatchAugment'
    video = MODELS.build(dict(type='mmaction.ActionDataPreprocessor', blending=dict(
        type='MaskedBlending', blending=dict(type='mmaction.MixupBlending', num_classes=2))))
    assert type(video.blending).__name__ == 'MaskedBlending'
