"""Random label embeddings E(0), the control of word vectors."""
from typing import Sequence

import numpy as np

from kssnet_mm.registry import TASK_UTILS


@TASK_UTILS.register_module()
class RandomEmbedding:
    """The control: seeded Gaussian vectors of expected length 1, the same for the same label count.

    Args:
        dim: Length of a vector, F.
        seed: Seed.
    """

    def __init__(self, dim: int = 300, seed: int = 0) -> None:
        if dim < 1:
            raise ValueError(f'dim must be positive, got {dim}')
        self.dim, self.seed = dim, seed

    def build(self, labels: Sequence[str], concepts=None) -> np.ndarray:
        """float32 (N, F)."""
        rng = np.random.default_rng(self.seed)
        return rng.normal(scale=self.dim**-0.5, size=(len(labels), self.dim)).astype(np.float32)
