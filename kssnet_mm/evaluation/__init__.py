"""Metrics of multi-label recognition, each with the name of its protocol."""
from kssnet_mm.utils.lazy import lazy_getattr

from .metrics import PLACES

__all__ = list(PLACES)
__getattr__ = lazy_getattr(__name__, PLACES)
