"""Sample data in the official formats, drawn by a seeded generator."""
from .generate import make_sample_data

__all__ = ['make_sample_data']
