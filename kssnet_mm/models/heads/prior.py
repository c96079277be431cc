"""A classifier that starts at the prior: its first logits are the log-odds of the labels' frequencies."""
from typing import Optional, Sequence, Tuple, Union

import torch
import torch.nn as nn

from kssnet_mm.graphs.shared import graph_of
from kssnet_mm.models.label_gcn import label_keys

Prior = Union[dict, str, Sequence[float], None]


def check_prior(prior: Prior, num_classes: int) -> Prior:
    """``prior`` as it is, if it can be one.

    Args:
        prior: Config of a label graph builder, the path of a built graph, or N frequencies in (0, 1). None: none.
        num_classes: Number of labels, N.

    Raises:
        ValueError: It is something else.
    """
    if prior is None or (isinstance(prior, (dict, str)) and prior):
        return prior
    if isinstance(prior, Sequence) and len(prior) == num_classes and all(0 < f < 1 for f in prior):
        return prior
    raise ValueError(f'prior must be the config of a label graph builder, the path of a built label graph (.npz), or '
                     f'{num_classes} frequencies above 0 and below 1, got {prior!r}')


def log_odds(frequencies: Sequence[float]) -> torch.Tensor:
    """log(f / (1 - f)) of N frequencies, float32 (N,)."""
    return torch.logit(torch.as_tensor(frequencies, dtype=torch.float64)).float()


def read_prior(prior: Prior, num_classes: int) -> Tuple[torch.Tensor, Optional[torch.Tensor]]:
    """Log-odds (N,) of the frequencies, and the hashes (N,) of the labels' names where a graph names them.

    Raises:
        ValueError: The graph has another number of labels, or does not know how often they occur.
    """
    if not isinstance(prior, (dict, str)):
        return log_odds(prior), None
    graph = graph_of(prior)
    if graph.num_labels != num_classes:
        raise ValueError(f'the label graph of prior has {graph.num_labels} labels, the classifier '
                         f'num_classes={num_classes}: set num_classes={graph.num_labels} or build another graph')
    return log_odds(graph.frequencies), label_keys(graph.labels)


@torch.no_grad()
def start_at_prior(classifier: nn.Module, bias: Optional[torch.Tensor]) -> None:
    """Put the log-odds of a classifier's ``prior`` into its bias (N,); to be called by its ``init_weights``.

    ``classifier.label_keys`` is left for ``CheckLabelsHook``, which compares the order of the labels with the data
    set's. It is no buffer: a checkpoint has the bias itself.
    """
    if classifier.prior is None:
        return
    values, keys = read_prior(classifier.prior, classifier.num_classes)
    bias.copy_(values)
    if keys is not None:
        classifier.label_keys = keys
