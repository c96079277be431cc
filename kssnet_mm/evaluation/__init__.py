"""Metrics of multi-label recognition, each with the name of its protocol."""
from .metrics import DumpScores, MultiLabelScores

__all__ = ['DumpScores', 'MultiLabelScores']
