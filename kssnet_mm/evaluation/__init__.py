"""Scores and targets to numbers whose protocol has a name."""
from .metrics import DumpScores, MultiLabelScores

__all__ = ['DumpScores', 'MultiLabelScores']
