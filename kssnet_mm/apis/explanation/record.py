"""What runs through a model's classifier and lateral connections in one prediction."""
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Dict, Iterator, List, Optional

import torch
import torch.nn as nn

from kssnet_mm.models.label_graph_backbone import LabelGraphBackbone
from kssnet_mm.models.lateral_connection import LateralConnection


@dataclass
class Recorded:
    """Tensors of one forward pass.

    Attributes:
        features: What the classifier was given: the backbone's outputs, and the last embedding where it reads one.
        logits: (B, N). B is the number of views, or of frames where a 2D network looks at a video's frames.
        stages: Name of a module -> the input (B, ...) and the embedding (N, C) of the lateral connection after it.
    """
    features: Optional[tuple] = None
    logits: Optional[torch.Tensor] = None
    stages: Dict[str, tuple] = field(default_factory=dict)


@contextmanager
def recording(backbone: nn.Module, classifier: nn.Module) -> Iterator[Recorded]:
    """Record the forward pass that runs inside of the block."""
    found = Recorded()

    def classified(module, inputs, output) -> None:
        features = inputs[0]
        found.features = (features, ) if isinstance(features, torch.Tensor) else tuple(features)
        found.logits = output

    def connected(stage: str):
        def hook(module, inputs) -> None:
            found.stages[stage] = inputs
        return hook

    handles: List = [classifier.register_forward_hook(classified)]
    for stage in backbone.stages if isinstance(backbone, LabelGraphBackbone) else ():
        connection = backbone.connection(stage)
        if isinstance(connection, LateralConnection):
            handles.append(connection.register_forward_pre_hook(connected(stage)))
    try:
        yield found
    finally:
        for handle in handles:
            handle.remove()
