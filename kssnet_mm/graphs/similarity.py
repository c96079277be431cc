"""A knowledge graph from label vectors: how alike two labels' words are."""
from typing import Dict, Optional, Sequence, Tuple

import numpy as np

from kssnet_mm.registry import TASK_UTILS


def similarity(embedding: np.ndarray) -> np.ndarray:
    """N x N cosines between label vectors (N, D) after their mean is taken off; negative ones become 0.

    All words are somewhat alike; without their mean, the cosine says what two labels share beyond that. Labels without
    a vector, whose row is 0, are alike to none and do not count in the mean.
    """
    known = embedding.any(axis=1)
    centred = np.zeros_like(embedding)
    if known.any():
        centred[known] = embedding[known] - embedding[known].mean(axis=0)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    unit = np.divide(centred, length, out=np.zeros_like(centred), where=length > 0)
    return np.maximum(unit @ unit.T, 0)


@TASK_UTILS.register_module()
class SimilarityGraph:
    """A_K from label vectors, to stand in the place of ``ConceptNetGraph``.

    Args:
        embedding: Config of the vectors, such as ``dict(type='WordVectorEmbedding', file=...)``.
    """

    def __init__(self, embedding: dict) -> None:
        self.embedding = embedding

    def build(self, labels: Sequence[str], concepts: Optional[Dict] = None) -> Tuple[np.ndarray, dict]:
        """A_K, N x N float32 with an empty diagonal, and a summary: the number of ``edges``.

        Args:
            labels: N names.
            concepts: Label -> its concepts, where they are not its name.
        """
        vectors = TASK_UTILS.build(dict(self.embedding)).build(labels, concepts=concepts)
        matrix = similarity(np.asarray(vectors, dtype=np.float64))
        np.fill_diagonal(matrix, 0)
        return matrix.astype(np.float32), dict(edges=int(np.count_nonzero(matrix)))
