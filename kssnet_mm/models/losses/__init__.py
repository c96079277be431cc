"""Losses over N labels, of which any may be unknown (-1)."""
from kssnet_mm.utils.lazy import lazy_names, places

PLACES = places(
    __name__,
    asymmetric=['MultiLabelAsymmetricLoss'],
    bce=['MultiLabelBCELoss'],
    focal=['MultiLabelFocalLoss'],
    partial_bce=['PartialBCELoss'],
    two_way=['TwoWayLoss'])
__all__ = list(PLACES)
__getattr__, __dir__ = lazy_names(__name__, PLACES)
