"""KSSNet's formulas a second time, from the paper alone, on stock backbones run by hand."""
import torch


def gcn(adjacency, embedding, layers, slope=0.2):
    """All E(l) before LeakyReLU; ``layers``: a list of (list of factors of W, bias or None)."""
    outputs = []
    for factors, bias in layers:
        weight = factors[0]
        for factor in factors[1:]:
            weight = torch.einsum('ik,kj->ij', weight, factor)
        hidden = torch.einsum('nm,mi,ij->nj', adjacency, embedding, weight)
        if bias is not None:
            hidden = hidden + bias[None, :]
        outputs.append(hidden)
        embedding = torch.where(hidden > 0, hidden, slope * hidden)
    return outputs


def lateral(x, embedding, weight):
    """Eq. 7 as written: reshape to positions x C, correlate with the labels, map back, add."""
    batch, channels = x.shape[:2]
    positions = x.reshape(batch, channels, -1).transpose(1, 2)
    related = positions @ torch.tanh(embedding).transpose(0, 1)
    mapped = related @ weight.transpose(0, 1)
    return x + mapped.transpose(1, 2).reshape(x.shape)


def classify(x, embedding, fc):
    """pooled . tanh(E)^T + fc(pooled)."""
    pooled = x.reshape(x.shape[0], x.shape[1], -1).sum(-1) / x[0, 0].numel()
    logits = torch.einsum('bc,nc->bn', pooled, torch.tanh(embedding))
    return logits + torch.einsum('bc,nc->bn', pooled, fc.weight) + fc.bias


def factors(layer):
    """The parameters of one GraphConvolution as (factors of W, bias)."""
    weights = [layer.weight] if layer.rank is None else [layer.weight1, layer.weight2]
    return weights, layer.bias
