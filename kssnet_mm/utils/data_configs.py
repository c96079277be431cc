"""Configs of data sets."""
from typing import Any, Mapping

from .configs import type_name


def without_pipeline(dataset: Any) -> Any:
    """A data set's config that reads annotations and decodes nothing, through wrappers such as ConcatDataset."""
    if isinstance(dataset, (list, tuple)):
        return [without_pipeline(item) for item in dataset]
    bare = {
        key: without_pipeline(value) if key in ('dataset', 'datasets') else value
        for key, value in dataset.items()
    }
    if not {'dataset', 'datasets'} & set(bare):
        bare['pipeline'] = []
    return bare


def without_repeats(dataset: Any) -> Any:
    """A data set's config without mmengine's wrappers that give samples more than once."""
    if isinstance(dataset, (list, tuple)):
        return [without_repeats(item) for item in dataset]
    if type_name(dataset.get('type')) in ('ClassBalancedDataset', 'RepeatDataset'):
        return without_repeats(dataset['dataset'])
    return {key: without_repeats(value) if key in ('dataset', 'datasets') else value
            for key, value in dataset.items()}


def test_pipeline(cfg: Mapping) -> list:
    """The steps of a config's test pipeline.

    Raises:
        ValueError: The config has none.
    """
    dataset = (cfg.get('test_dataloader') or {}).get('dataset') or {}
    while 'pipeline' not in dataset and (dataset.get('dataset') or dataset.get('datasets')):
        dataset = dataset.get('dataset') or dataset['datasets'][0]  # joined ones are read alike
    steps = dataset.get('pipeline') or cfg.get('test_pipeline')
    if not steps:
        raise ValueError('the config has no test pipeline (test_dataloader.dataset.pipeline or test_pipeline), which '
                         'says how a file becomes the input of the network')
    return list(steps)
