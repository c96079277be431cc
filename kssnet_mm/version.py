"""The version of kssnet_mm, the one place that states it."""
__version__ = '0.1.0'
