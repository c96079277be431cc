"""Metrics of multi-label recognition, each with the name of its protocol."""
from kssnet_mm.utils.lazy import lazy_names

from .metrics import PLACES

__all__ = list(PLACES)
__getattr__, __dir__ = lazy_names(__name__, PLACES)
