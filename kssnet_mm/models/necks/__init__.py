"""What stands between backbone stages."""
from .lateral_connection import LateralConnection

__all__ = ['LateralConnection']
