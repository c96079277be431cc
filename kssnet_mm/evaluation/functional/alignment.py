"""Bringing scores into the order of the targets: samples by id, classes by name."""
from typing import Any, List, Sequence, Tuple

import numpy as np

from kssnet_mm.utils.io import few
from kssnet_mm.utils.labels import canonical_label, repeated

from .score_file import ScoreFile, TargetFile


def id_texts(ids: Sequence[Any]) -> List[str]:
    """Ids as text: an npz may hold numbers or bytes where a csv has their digits."""
    return [name.decode() if isinstance(name, bytes) else str(name) for name in ids]


def align_submission(ids: Sequence[Any], scores: np.ndarray, wanted: Sequence[Any]) -> Tuple[np.ndarray, int]:
    """Scores of the ``wanted`` ids in their order, and how many of them are missing.

    A missing video has minus infinity as all its scores, as in ``Charades_v1_classify.m``. Other ids are left out.

    Args:
        ids: n ids of the scores; compared as text, as are those wanted.
        scores: n x N.
        wanted: m ids.

    Returns:
        m x N scores and a count.

    Raises:
        ValueError: An id comes twice on either side, or none of the wanted ids has scores.
    """
    ids, wanted = id_texts(ids), id_texts(wanted)
    for names, side in ((ids, 'scores'), (wanted, 'targets')):
        twice = repeated(names)
        if twice:
            raise ValueError(f'ids of the {side} come more than once: {few(twice)}; each sample needs its own')
    position = {name: i for i, name in enumerate(ids)}
    aligned = np.full((len(wanted), scores.shape[1]), -np.inf)
    found = [(i, position[name]) for i, name in enumerate(wanted) if name in position]
    if wanted and not found:
        raise ValueError(f'none of the {len(wanted)} ids of the targets ({few(wanted)}) is among the {len(ids)} of '
                         f'the scores ({few(ids)}): these are scores of other samples, or their ids are written '
                         'in another way')
    if found:
        to, source = map(list, zip(*found))
        aligned[to] = scores[source]
    return aligned, len(wanted) - len(found)


def align_classes(classes: Sequence[str], wanted: Sequence[str]) -> List[int]:
    """The column of each ``wanted`` class among the ``classes`` of the scores.

    Raises:
        ValueError: The two are not the same names, or one comes twice; names the differences.
    """
    classes, wanted = id_texts(classes), id_texts(wanted)
    if classes == wanted:
        return list(range(len(classes)))
    ours, theirs = ([canonical_label(name) for name in names] for names in (classes, wanted))
    lacking = dict(scores=[name for name, key in zip(classes, ours) if key not in set(theirs)],
                   targets=[name for name, key in zip(wanted, theirs) if key not in set(ours)])
    if any(lacking.values()):
        sides = [f'only the {side} have {few(names)}' for side, names in lacking.items() if names]
        raise ValueError(f'the classes of the scores ({len(classes)}) and of the targets ({len(wanted)}) differ: '
                         + '; '.join(sides))
    twice = repeated(ours) + repeated(theirs)
    if twice:
        raise ValueError(f'classes that come more than once cannot be matched by name: {few(twice)}')
    position = {name: i for i, name in enumerate(ours)}
    return [position[name] for name in theirs]


def match_targets(content: ScoreFile, given: TargetFile) -> Tuple[ScoreFile, int]:
    """Scores in the order of the targets of another file, and how many samples have no scores.

    Classes are matched by name if both have names, samples by id if both have ids. Otherwise the order counts.

    Raises:
        ValueError: :func:`align_submission` or :func:`align_classes` refuses them, or the shapes differ.
    """
    scores, missing = content.scores, 0
    if content.classes is not None and given.classes is not None:
        scores = scores[:, align_classes(content.classes, given.classes)]
    ids = content.ids if given.ids is None else given.ids
    if content.ids is not None and given.ids is not None:
        scores, missing = align_submission(content.ids, scores, given.ids)
    if scores.shape != given.targets.shape:
        raise ValueError(f'scores are {scores.shape}, targets {given.targets.shape}: samples x classes must be equal')
    classes = content.classes if given.classes is None else given.classes
    return ScoreFile(scores, given.targets, classes, ids), missing
