"""Train every arm on the same samples with the same effort, and score it on the same test samples."""
from dataclasses import dataclass, field
from typing import Callable, Dict, List, Optional, Sequence

import numpy as np

from kssnet_mm.evaluation.functional import average_precision

from .arms import ARMS, Sources, available, neighbours
from .bootstrap import draw_weights, resampled_map
from .counts import Counts
from .false_positives import FalsePositives, conditional_false_positives, partners
from .feature_table import FeatureTable
from .refinement import best, refine, tune_refinement
from .tuning import Candidate, Folds, Part, candidates, tune


# What every comparison is made with.
CONTROLS = ('plain', 'identity', 'shuffled')


@dataclass
class Settings:
    """The settings of a comparison.

    Attributes:
        arms: Names of ``ARMS``; None: all that the data allow.
        seeds: Repetitions; each draws its training samples, folds and permutation anew.
        samples: Training samples of a repetition; None: all.
        decays: Weight decays tried, relative to the number of features.
        etas: Shares of the neighbours tried.
        tune_samples: At most so many training samples are used to choose decay and eta.
        resamples: Number of resamples of the bootstrap.
    """
    arms: Optional[Sequence[str]] = None
    seeds: int = 5
    samples: Optional[int] = None
    decays: Sequence[float] = (0.01, 0.03, 0.1, 0.3, 1.0)
    etas: Sequence[float] = (0.1, 0.2, 0.3)
    tune_samples: int = 3000
    resamples: int = 500

    def __post_init__(self) -> None:
        unknown = [name for name in self.arms or () if name not in ARMS]
        if unknown:
            raise ValueError(f'arms {unknown} are not among {list(ARMS)}')
        if self.seeds < 1 or (self.samples is not None and self.samples < 10):
            raise ValueError(f'at least one seed and 10 samples are needed, got seeds={self.seeds} and '
                             f'samples={self.samples}')
        if self.resamples < 2:
            raise ValueError(f'the bootstrap needs at least 2 resamples, got resamples={self.resamples}')
        if min(self.decays) <= 0 or not all(0 < eta <= 1 for eta in self.etas):
            raise ValueError(f'decays must be positive and etas in (0, 1], got {self.decays} and {self.etas}')


@dataclass
class Knowledge:
    """What is known beside the samples; None where it is not.

    Attributes:
        rows: n x N targets of samples without features (1, 0, -1).
        vectors: N x N similarities of word vectors, >= 0.
        conceptnet: N x N weights.
    """
    rows: Optional[np.ndarray] = None
    vectors: Optional[np.ndarray] = None
    conceptnet: Optional[np.ndarray] = None


@dataclass
class Comparison:
    """The results of a comparison by arm, with S seeds, N labels and B resamples.

    Attributes:
        classes: N names.
        train: Number of training samples.
        test: Number of test samples.
        rows: Number of label rows that were known beside them.
        average_precision: Arm -> S x N on the test samples.
        tuned: Arm -> S chosen candidates.
        validation: Arm -> S values of mAP on the folds, of the chosen candidates.
        resampled: Arm -> (B,), mean over seeds of mAP in each resample of the test samples.
        positives: S x N, training samples of each label.
        false_positives: Arm -> one a seed.
    """
    classes: List[str]
    train: int
    test: int
    rows: int
    average_precision: Dict[str, np.ndarray] = field(default_factory=dict)
    tuned: Dict[str, List[Candidate]] = field(default_factory=dict)
    validation: Dict[str, List[float]] = field(default_factory=dict)
    resampled: Dict[str, np.ndarray] = field(default_factory=dict)
    positives: Optional[np.ndarray] = None
    false_positives: Dict[str, List[FalsePositives]] = field(default_factory=dict)

    def mean_ap(self, arm: str) -> np.ndarray:
        """mAP (S,) over the labels with a positive test sample."""
        return np.nanmean(self.average_precision[arm], axis=1)


def chosen_arms(settings: Settings, knowledge: Knowledge, has_rows: bool) -> List[str]:
    """The arms to run, the controls 'plain', 'identity' and 'shuffled' always among them.

    Raises:
        ValueError: An arm is asked for that the data do not allow; says which.
    """
    possible = available(has_rows, knowledge.vectors is not None, knowledge.conceptnet is not None)
    missing = [name for name in settings.arms or () if name not in possible]
    if missing:
        raise ValueError(f'arms {missing} need what is not there: "rows" needs --label-table or fewer --samples than '
                         'the data have, "vectors" an embedding and "conceptnet" a knowledge graph in the config')
    return [name for name in possible if settings.arms is None or name in {*settings.arms, *CONTROLS}]


def compare(train: FeatureTable, test: FeatureTable, knowledge: Knowledge = Knowledge(),
            settings: Settings = Settings(),
            progress: Callable[[str, int, int], None] = lambda text, done, total: None) -> Comparison:
    """Train and test the classifiers of all arms.

    Args:
        train: The pool of training samples. The labels of those that a seed does not draw are label rows.
        test: Never used to choose anything.
        knowledge: What is known of the same labels, in the same order.
        settings: See :class:`Settings`.
        progress: Called with what begins, the arms that are done and all of them.

    Raises:
        ValueError: The tables have other classes, too few samples are there, or an arm cannot be made.
    """
    if train.classes != test.classes:
        raise ValueError('the training and the test samples have other classes, or another order of them')
    number = len(train) if settings.samples is None else settings.samples
    if number > len(train):
        raise ValueError(f'--samples {number}: there are only {len(train)} training samples')
    outer = None if knowledge.rows is None else Counts.of(knowledge.rows)
    has_rows = outer is not None or number < len(train)
    names = chosen_arms(settings, knowledge, has_rows)
    found = Comparison(train.classes, number, len(test), len(train) - number + (outer.samples if outer else 0))
    weights = draw_weights(len(test), settings.resamples)
    total = settings.seeds * len(names)
    collected = {name: ([], []) for name in names}
    positives = []
    for seed in range(settings.seeds):
        rng = np.random.default_rng(seed)
        order = rng.permutation(len(train))
        drawn, rest = np.sort(order[:number]), order[number:]
        rows = outer
        if len(rest):
            others = Counts.of(train.targets[rest])
            rows = others if rows is None else rows.plus(others)
        sources = Sources(Counts.of(train.targets[drawn]), rows, knowledge.vectors, knowledge.conceptnet,
                          rng.permutation(len(train.classes)))
        positives.append(sources.own.numbers)
        for name, (scores, chosen, validated) in run_seed(train.rows(drawn), test, names, sources, settings, rng,
                                                          lambda arm, done: progress(
                                                              f'seed {seed}, {arm}', seed * len(names) + done, total)):
            found.tuned.setdefault(name, []).append(chosen)
            found.validation.setdefault(name, []).append(validated)
            partner = partners(neighbours('rows' if has_rows else 'cooccurrence', sources))
            found.false_positives.setdefault(name, []).append(
                conditional_false_positives(scores, test.targets, partner))
            collected[name][0].append(average_precision(scores, test.targets))
            collected[name][1].append(resampled_map(scores, test.targets, weights))
    progress('done', total, total)
    found.positives = np.stack(positives)
    for name, (precisions, resampled) in collected.items():
        found.average_precision[name] = np.stack(precisions)
        found.resampled[name] = np.mean(resampled, axis=0)
    return found


def run_seed(train: FeatureTable, test: FeatureTable, names: Sequence[str], sources: Sources, settings: Settings,
             rng: np.random.Generator, progress: Callable[[str, int], None]):
    """Yields (arm, (test logits, chosen candidate, its mAP on the folds))."""
    few = rng.permutation(len(train))[:settings.tune_samples]
    # Statistics lack a fold's labels; the rest of them stays whole, whatever the tuning leaves out.
    divided = Folds(train.features[few], train.targets[few], rng)
    part = Part.of(train.features, train.targets)
    x = part.project(test.features)
    plain = None
    for done, name in enumerate(names):
        progress(name, done)
        p = neighbours(name, sources)
        tried = candidates(settings.decays, settings.etas, p is not None)
        if name == 'identity':  # the plain arm's choice, by way of a product with A
            chosen, scores = plain[0], plain[2]
            logits = part.solve(chosen._replace(eta=0.0), p).logits(x)
        elif name == 'refinement':
            scores = tune_refinement(divided, plain[0], tried)
            chosen = best(scores)
            logits = refine(part, plain[1], chosen.decay).logits(x)
        else:
            scores = tune(divided, name, sources, tried)
            chosen = best(scores)
            solved = part.solve(chosen, p)
            plain = (chosen, solved, scores) if name == 'plain' else plain
            logits = solved.logits(x)
        yield name, (logits.numpy(), chosen, scores[chosen])
