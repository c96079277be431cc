"""Lateral connections between label embeddings and CNN features."""
from .constant_connection import ConstantConnection
from .lateral_connection import LateralConnection

__all__ = ['ConstantConnection', 'LateralConnection']
