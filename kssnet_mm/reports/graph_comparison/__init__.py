"""Does a label graph pay on given data? Small classifiers on cached features, one arm a graph."""
from .arms import ARMS
from .comparison import Comparison, Settings, compare
from .feature_table import FeatureTable, read_feature_table, split_table
from .report import write_report

__all__ = ['ARMS', 'Comparison', 'FeatureTable', 'Settings', 'compare', 'read_feature_table', 'split_table',
           'write_report']
