"""The knowledge graph A_K from ConceptNet's assertions."""
from .graph import NEGATIVE_RELATIONS, ConceptNetGraph

__all__ = ['ConceptNetGraph', 'NEGATIVE_RELATIONS']
