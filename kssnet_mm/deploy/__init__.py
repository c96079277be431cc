"""Deployment: what the label graph adds is constant once trained, and folds into plain weights."""
from .fold import fold_into_convolution

__all__ = ['fold_into_convolution']
