"""Find what is wrong with the data sets of a config before anybody trains."""
import os
import re
from typing import Any, Callable, Dict, Iterable, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from mmengine.config import Config
from mmengine.registry import DefaultScope

from kssnet_mm.annotations.faults import Fault
from kssnet_mm.registry import DATASETS
from kssnet_mm.utils.configs import scope_of
from kssnet_mm.utils.data_configs import without_pipeline

from .image_files import MAX_PIXELS
from .sample_policy import media_of
from .verify_media import check_all, reading_steps

SPLITS = ('train', 'val', 'test')


class Split(NamedTuple):
    """A split that was verified: its samples, classes and faults."""
    name: str
    samples: int
    classes: Optional[Tuple[str, ...]]
    faults: List[Fault]


def _inner(config: Any) -> Iterator[dict]:
    """The data sets inside wrappers such as ConcatDataset and RepeatDataset."""
    if isinstance(config, (list, tuple)):
        for item in config:
            yield from _inner(item)
    elif 'dataset' in config or 'datasets' in config:
        yield from _inner(config.get('dataset', config.get('datasets')))
    else:
        yield config


def _read(config: dict, faults: List[Fault]) -> Tuple[Optional[tuple], List[dict], str]:
    """Classes, records and name of one data set; its annotations' faults go into ``faults``."""
    name = str(config.get('ann_file') or config.get('data_root') or config.get('type'))
    try:
        dataset = DATASETS.build(dict(config, lazy_init=True, serialize_data=False))
        dataset.faults = faults
        dataset.full_init()
    except FileNotFoundError as error:
        faults.append(Fault('missing file', str(error.filename or name), 'this file does not exist'))
        return None, [], name
    except (ValueError, OSError, KeyError, AssertionError, TypeError) as error:
        # our readers' messages begin with the place, if it is known
        where, _, message = str(error).partition(': ')
        if not message or not os.path.exists(re.sub(r':\d+$', '', where)):
            where, message = name, str(error) if isinstance(error, ValueError) else f'{type(error).__name__}: {error}'
        faults.append(Fault('malformed annotation', where, message))
        return None, [], name
    name = str(getattr(dataset, 'image_set_path', None) or dataset.ann_file or name)
    classes = dataset.metainfo.get('classes')
    infos = [dict(dataset.get_data_info(i), max_pixels=getattr(dataset, 'max_pixels', MAX_PIXELS))
             for i in range(len(dataset))]
    if not infos:
        faults.append(Fault('no samples', name, 'no sample is left'))
    return tuple(classes) if classes is not None else None, infos, name


def _place(info: dict, name: str) -> str:
    return info.get('where', name)


def _media(info: dict) -> str:
    """One spelling of the path of a record's media; empty where there is none."""
    return os.path.normpath(media_of(info)) if media_of(info) else ''


def _media_twice(infos: Sequence[Tuple[dict, str]]) -> Iterator[Fault]:
    """Files that several records of a split share."""
    seen: Dict[str, str] = {}
    for info, name in infos:
        path, place = _media(info), _place(info, name)
        if path in seen:
            yield Fault('duplicate media', place, f'{path} was already at {seen[path]}')
        elif path:
            seen[path] = place


def _difference(here: Sequence[str], there: Sequence[str]) -> str:
    lacking = sorted(set(there) ^ set(here))
    how = (f'only one of them has {", ".join(map(repr, lacking[:5]))}' if lacking else
           'the same names stand in another order')
    return f'{len(here)} and {len(there)} classes: {how}'


def _common_classes(parts: Sequence[tuple], faults: List[Fault]) -> Optional[Tuple[str, ...]]:
    """Classes of the first of several joined data sets; where another has others, that is a fault."""
    known = [(classes, name) for classes, _, name in parts if classes]
    for classes, name in known[1:]:
        first, place = known[0]
        if classes != first:
            faults.append(Fault('class list mismatch', f'{name} against {place}', _difference(classes, first)))
    return known[0][0] if known else None


def _compare(splits: Dict[str, Split], media: Dict[str, Dict[str, str]], asked: Sequence[str]) -> None:
    """Append what does not fit between the splits to the faults of those asked for."""
    names = list(splits)
    for position, name in enumerate(names):
        for other in names[:position]:
            here, there = splits[name], splits[other]
            # the later split is blamed, or the one that was asked for
            blamed = here if name in asked else there
            if here.classes and there.classes and here.classes != there.classes:
                blamed.faults.append(Fault('class list mismatch', f'{name} against {other}',
                                           _difference(here.classes, there.classes)))
            for path in sorted(media[name].keys() & media[other].keys() - {''}):
                blamed.faults.append(Fault('in two splits', media[name][path],
                                           f'{path} is in {other} too ({media[other][path]})'))


def distinct_splits(config: Config) -> Dict[str, dict]:
    """Data set configs by split; a split with the same data set as an earlier one is left out."""
    found: Dict[str, dict] = {}
    for split in SPLITS:
        loader = config.get(f'{split}_dataloader')
        dataset = loader.get('dataset') if loader else None
        if dataset is not None:
            bare = without_pipeline(dataset)
            if bare not in found.values():
                found[split] = bare
    return found


def verify_config(config: Config, split: Optional[str] = None, workers: int = 2,
                  track: Callable[[Iterable, int, str], Iterable] = lambda items, total, text: items,
                  every_frame: bool = False) -> List[Split]:
    """Verify the annotations and decode the media of a config's data sets.

    Each image is decoded whole; of each video and folder of frames the first, middle and last frame. The reading
    steps of each data set's own pipeline do it, where it has some.

    Args:
        config: With ``train_dataloader``, ``val_dataloader`` or ``test_dataloader``.
        split: One of ``SPLITS``; the others' annotations are then read for comparison alone. None: all
            that differ.
        workers: Processes that decode; 0: this one.
        track: Wraps what is gone through, for a progress bar; called with items, number and text.
        every_frame: Whether all frames of videos and folders are decoded.

    Returns:
        The splits that were asked for.

    Raises:
        ValueError: The config has no such data set.
    """
    configs = distinct_splits(config)
    if split is not None and split not in configs:
        dataset = (config.get(f'{split}_dataloader') or {}).get('dataset')
        if dataset is None:
            raise ValueError(f'the config has no {split}_dataloader with a dataset')
        twin = next(name for name, other in configs.items() if other == without_pipeline(dataset))
        configs[split] = configs.pop(twin)
    if not configs:
        raise ValueError(f'the config has none of {", ".join(f"{name}_dataloader" for name in SPLITS)}')
    asked = [split] if split is not None else list(configs)
    splits, media = {}, {}
    with DefaultScope.overwrite_default_scope(scope_of(config)):
        for name in configs:
            faults: List[Fault] = []
            parts = [_read(dict(part), faults) for part in _inner(configs[name])]
            infos = [(info, where) for _, found, where in parts for info in found]
            splits[name] = Split(name, len(infos), _common_classes(parts, faults), faults)
            media[name] = {_media(info): _place(info, where) for info, where in infos}
            if name in asked:
                faults.extend(_media_twice(infos))
                whole = _inner(config[f'{name}_dataloader']['dataset'])
                steps = [reading_steps(part.get('pipeline')) for part in whole]
                steps = [how for (_, found, _), how in zip(parts, steps) for _ in found]
                results = check_all([info for info, _ in infos], workers, steps, every_frame)
                results = track(results, len(infos), name)
                for (info, finding), (_, where) in zip(results, infos):
                    if finding:
                        faults.append(Fault(finding[0], _place(info, where), finding[1]))
    _compare(splits, media, asked)
    return [splits[name] for name in asked]
