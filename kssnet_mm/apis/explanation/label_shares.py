"""Which label pulled which: a logit's shares by the neighbours that the last GCN layer, or the classifier, adds up."""
from dataclasses import dataclass

import torch

from kssnet_mm.models.heads.graph_linear_classifier import GraphLinearClassifier
from kssnet_mm.models.label_gcn import LabelGCN


@dataclass
class Shares:
    """What the labels of a graph add to the logits of one input.

    Attributes:
        by_label: (N, N); row i, column j: the share of label j in the logit of label i.
        rest: (N,): the logit without any of the graph's sums: the linear layer and the biases.
        exact: True: rest plus the sum of a row is the logit. False: a share is how far the logit falls if its edge
            is taken out of the last layer's sum and the tanh is computed again; shares then need not add up.
    """
    by_label: torch.Tensor
    rest: torch.Tensor
    exact: bool


def last_layer_terms(gcn: LabelGCN) -> torch.Tensor:
    """H = f(E(l)) W of the last layer, (N, C): the last embeddings are A' H (+ b), eq. 6."""
    before = gcn.embedding if len(gcn.layers) == 1 else torch.nn.functional.leaky_relu(
        gcn()[-2], gcn.negative_slope)
    layer = gcn.layers[-1]
    return before @ layer.weight if layer.rank is None else before @ layer.weight1 @ layer.weight2


@torch.no_grad()
def label_shares(gcn: LabelGCN, classifier: torch.nn.Module, pooled: torch.Tensor) -> Shares:
    """Split the logits of one input by neighbours.

    E_i = sum_j A'_ij H_j (+ b), so that without a tanh the logit is x . E_i = sum_j A'_ij (x . H_j) (+ x . b), plus
    the linear layer's. With a tanh the edge j is taken out: x . tanh(E_i) - x . tanh(E_i - A'_ij H_j).

    Args:
        gcn: The model's GCN.
        classifier: Its ``LabelGraphClassifier``.
        pooled: Pooled features of one input, (B, C); the mean over its B views or frames is taken.
    """
    x, terms, layer = pooled.mean(dim=0), last_layer_terms(gcn), gcn.layers[-1]
    n = len(terms)
    rest = x.new_zeros(n) if classifier.fc is None else classifier.fc(x)
    if not classifier.tanh:
        shares = gcn.propagation * (terms @ x)
        return Shares(shares, rest if layer.bias is None else rest + layer.bias @ x, True)
    embeddings = gcn.propagation @ terms
    embeddings = embeddings if layer.bias is None else embeddings + layer.bias
    shares = x.new_zeros(n, n)
    for i in range(n):
        neighbours = gcn.propagation[i].nonzero().flatten()
        without = embeddings[i] - gcn.propagation[i, neighbours, None] * terms[neighbours]
        shares[i, neighbours] = torch.tanh(embeddings[i]) @ x - torch.tanh(without) @ x
    return Shares(shares, rest, False)


@torch.no_grad()
def shared_weights(classifier: GraphLinearClassifier, features) -> Shares:
    """Split the logits of a classifier with shared weights: x . (A V)_i + b_i = sum_j A_ij (x . V_j) + b_i, exactly.

    Args:
        classifier: The model's.
        features: What it was given for one input; the mean over its views or frames is taken.
    """
    x = classifier.pooled(features).mean(dim=0)
    own = classifier.own_weight(classifier.split(features)[1])
    return Shares(classifier.sharing * (own @ x), classifier.fc.bias, True)
