"""What the image head and the video head share when a model is deployed."""
from typing import Optional

import torch


class DeployableHead:
    """Mixin of heads whose ``classifier`` becomes one linear layer when the model is deployed."""

    def switch_to_deploy(self, embedding: Optional[torch.Tensor] = None,
                         label_keys: Optional[torch.Tensor] = None) -> None:
        """Put the last embedding (N, C) into one linear layer; see ``kssnet_mm.deploy``.

        Without an embedding nothing happens. mmpretrain calls this method of every module in a loop; the backbone then
        still passes its embedding, which is constant, to the head.

        Args:
            embedding: The last embedding, before its tanh.
            label_keys: int64 (N,), hashes of the label names, which the head keeps.
        """
        if embedding is not None:
            self.classifier = self.classifier.to_linear(embedding, label_keys)
