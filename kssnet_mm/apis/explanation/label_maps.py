"""What a lateral connection looked for: x . tanh(E)^T of eq. 7."""
import torch

from kssnet_mm.models.lateral_connection import mix_channels


def label_maps(x: torch.Tensor, embedding: torch.Tensor, channel_axis: int = 1) -> torch.Tensor:
    """How strongly every position of a stage's features is related to every label.

    Args:
        x: The input of a lateral connection, with C channels on ``channel_axis``.
        embedding: E (N, C), the output of the GCN layer that the connection takes.
        channel_axis: Of x.

    Returns:
        (B, N, [T,] H, W), or (B, N, L) of tokens.
    """
    return mix_channels(x, torch.tanh(embedding), channel_axis).movedim(channel_axis, 1)
