"""Losses over N labels, of which any may be unknown (-1)."""
from .asymmetric import MultiLabelAsymmetricLoss
from .bce import MultiLabelBCELoss
from .focal import MultiLabelFocalLoss
from .partial_bce import PartialBCELoss
from .two_way import TwoWayLoss

__all__ = ['MultiLabelAsymmetricLoss', 'MultiLabelBCELoss', 'MultiLabelFocalLoss', 'PartialBCELoss', 'TwoWayLoss']
