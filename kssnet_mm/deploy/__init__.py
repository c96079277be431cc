"""Deployment: what the label graph adds is constant after training and is put into the weights of a plain model."""
from .switch import logits, switch_to_deploy

__all__ = ['logits', 'switch_to_deploy']
