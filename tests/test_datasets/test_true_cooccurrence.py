"""The true distribution of the sample data's labels, against an enumeration of all label sets and against the data."""
import itertools

import numpy as np
import pytest

from kssnet_mm.datasets.sample import charades, coco
from kssnet_mm.datasets.sample.true_cooccurrence import label_chances, refine, theme_scores


def test_refined_scores_equal_an_enumeration_of_all_label_sets():
    """P(set | evidence) is P(set) times the likelihood ratios of its labels, normalised over the 8 sets."""
    chances = np.array([[.9, .8, .1], [.05, .2, .7]])
    scores = np.random.default_rng(0).random((5, 3))
    f = chances.mean(axis=0)
    ratio = scores / (1 - scores) * (1 - f) / f
    assert refine(scores, chances).shape == (5, 3)
    for given, found in zip(ratio, refine(scores, chances)):
        total, held = 0., np.zeros(3)
        for labels in itertools.product([0, 1], repeat=3):
            labels = np.array(labels)
            mass = np.mean([np.prod(np.where(labels, p, 1 - p)) for p in chances]) * np.prod(given**labels)
            total += mass
            held += mass * labels
        np.testing.assert_allclose(found, held / total, rtol=1e-10)


def test_scores_that_say_nothing_become_the_frequencies():
    chances = label_chances('image', list(coco.CATEGORIES))
    f = chances.mean(axis=0)
    np.testing.assert_allclose(refine(f[None], chances)[0], f, rtol=1e-9)
    # and a sure label brings its theme: who sees a frisbee expects a dog, and no fork
    frisbee, dog, fork = (list(coco.CATEGORIES).index(name) for name in ('frisbee', 'dog', 'fork'))
    f[frisbee] = .999
    refined = refine(f[None], chances)[0]
    assert refined[dog] > .7 and refined[fork] < .1


@pytest.mark.parametrize('world, draw, names, count', [
    ('image', lambda rng: {name for name, _ in coco.draw_scene(rng)[1]}, list(coco.CATEGORIES), 120),
    ('video', lambda rng: {name for name, *_ in charades.draw_video(rng)[1]}, list(charades.CLASSES), 40)])
def test_chances_are_those_of_the_drawings(world, draw, names, count):
    """Frequencies in drawings, within four standard deviations."""
    sets = [draw(np.random.default_rng([9, i])) for i in range(count)]
    counted = np.array([np.mean([name in held for held in sets]) for name in names])
    expected = label_chances(world, [name.upper() for name in names]).mean(axis=0)
    assert (np.abs(counted - expected) < 4 * np.sqrt(expected * (1 - expected) / count)).all()


def test_who_knows_the_theme_scores_its_chances():
    chances = np.array([[.9, .8, .1], [.05, .2, .7]])
    np.testing.assert_allclose(theme_scores(np.array([[1, 1, 0], [0, 0, 1]]), chances), chances)
