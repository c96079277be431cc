"""Deployment: what the label graph adds is constant once trained, and folds into plain weights."""
from .switch import logits, switch_to_deploy

__all__ = ['logits', 'switch_to_deploy']
