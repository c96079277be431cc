"""Configs of data sets."""
from typing import Any


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
