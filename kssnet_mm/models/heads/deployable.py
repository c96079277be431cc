"""What KSSNet's heads of both worlds share when a model is deployed."""
from typing import Optional

import torch


class DeployableHead:
    """A head over a ``classifier`` that becomes one linear layer; to be mixed into a framework's head."""

    def switch_to_deploy(self, embedding: Optional[torch.Tensor] = None,
                         label_keys: Optional[torch.Tensor] = None) -> None:
        """Put the last embedding (N, C) into one linear layer; see ``kssnet_mm.deploy``.

        Without it, as in a loop that calls this method of every module, nothing happens: a deployed
        backbone hands its embedding, constant by then, to the head as before.

        Args:
            embedding: Before its tanh.
            label_keys: int64 (N,), hashes of the label names, for the head to keep.
        """
        if embedding is not None:
            self.classifier = self.classifier.to_linear(embedding, label_keys)
