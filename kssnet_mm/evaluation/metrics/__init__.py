"""The registered metrics, which gather scores and call the pure functions."""
from .dump_scores import DumpScores
from .multi_label_scores import MultiLabelScores

__all__ = ['DumpScores', 'MultiLabelScores']
