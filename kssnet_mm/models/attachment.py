"""Attaching lateral connections to modules inside a backbone that runs itself."""
import threading
from typing import Any, Optional, Sequence, Tuple

import torch
import torch.nn as nn

from kssnet_mm.compat import is_compiling


def feature_maps(output: Any) -> Tuple[Any, ...]:
    """The feature maps in the output of a backbone or a module: a map, or a tuple or list of maps.

    An entry may be a tuple or list itself, such as tokens and their size. Then its first entry is the map.
    """
    outputs = output if isinstance(output, (tuple, list)) else (output, )
    return tuple(entry[0] if isinstance(entry, (tuple, list)) and entry else entry for entry in outputs)


class EmbeddingSlot:
    """Holds the label embeddings of the current forward pass for the hooks inside a backbone.

    Every thread that predicts has its own embeddings. They stay until the thread's next forward pass, because
    activation checkpointing computes modules again in the backward pass. On a GPU this happens in a thread of
    autograd's own, which reads the embeddings that were filled in last. A copied or pickled slot is empty.
    """

    def __init__(self) -> None:
        self.latest: Optional[tuple] = None  # (embeddings, whether gradients were recorded then)
        self.by_thread = threading.local()

    def fill(self, embeddings: Optional[Sequence[torch.Tensor]]) -> None:
        """Keep the embeddings of every GCN layer, each (N, C)."""
        self.latest = None if embeddings is None else (embeddings, torch.is_grad_enabled())
        if not is_compiling():
            self.by_thread.latest = self.latest

    def read(self, layer: int) -> torch.Tensor:
        """The embedding (N, C) of a GCN layer.

        Raises:
            RuntimeError: No forward pass has filled the slot; or gradients are needed where none are recorded.
        """
        found = self.latest if is_compiling() else getattr(self.by_thread, 'latest', self.latest)
        if found is None:
            raise RuntimeError('a backbone with lateral connections was called by itself: call the '
                               'LabelGraphBackbone around it, which computes the label embeddings')
        embeddings, recorded = found
        if recorded and embeddings[layer].requires_grad and not torch.is_grad_enabled():
            raise RuntimeError('a lateral connection runs without gradients inside of a training step, so that it '
                               'could not learn: use activation checkpointing with use_reentrant=False around it, or '
                               'the with_cp of the backbone, or name a stage that is not run under torch.no_grad()')
        return embeddings[layer]

    def __deepcopy__(self, memo: dict) -> 'EmbeddingSlot':
        return EmbeddingSlot()

    def __reduce__(self) -> tuple:
        return EmbeddingSlot, ()


class ConnectionHook:
    """A forward hook that applies a lateral connection to a module's output.

    It is an object and not a closure: a deep copy of the model copies the object together with its connection. A
    closure in the copy would still run the connection of the original.

    Args:
        connection: ``LateralConnection`` or ``ConstantConnection``.
        slot: Where the embeddings are.
        layer: The GCN layer whose embedding the connection takes. None: it takes none.
    """

    def __init__(self, connection: nn.Module, slot: EmbeddingSlot, layer: Optional[int]) -> None:
        self.connection, self.slot, self.layer = connection, slot, layer

    def __call__(self, module: nn.Module, inputs: tuple, output: Any) -> Any:
        """The output with the connection applied; of a tuple or list, to its first entry."""
        embedding = None if self.layer is None else self.slot.read(self.layer)
        if isinstance(output, torch.Tensor):
            return self.connection(output, embedding)
        first, *others = output
        return type(output)((self.connection(first, embedding), *others))
