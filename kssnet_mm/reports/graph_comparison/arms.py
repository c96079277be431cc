"""The arms: what stands in the place of P."""
from typing import Dict, NamedTuple, Optional

import numpy as np

from kssnet_mm.graphs.superimpose import superimpose
from kssnet_mm.graphs.weight_sharing import neighbour_weights

from .counts import Counts

ARMS: Dict[str, str] = dict(
    plain='linear layer, no graph',
    identity='A = I: the same function through the code of the graph, a check',
    cooccurrence="soft conditional probabilities of the training samples' labels",
    mlgcn="ML-GCN's binarised graph of the training samples' labels (t = 0.4)",
    rows='soft conditional probabilities of all label rows (training samples, label table)',
    vectors='similarity of word vectors',
    conceptnet="the config's knowledge graph (ConceptNet relations)",
    both='the best known statistics and knowledge, normalised and mixed half and half',
    shuffled='control: the best known statistics with labels permuted',
    refinement="the plain layer's logits refined by a learned N x N matrix")


class Sources(NamedTuple):
    """What arms are made of.

    Attributes:
        own: Counts of the training samples.
        rows: Counts of the samples whose labels alone are known, without the training samples; None: none.
        vectors: N x N similarities >= 0, None where no word vectors are known.
        conceptnet: N x N weights of the knowledge graph, None where they are not known.
        order: Permutation of the labels for the shuffled control.
    """
    own: Counts
    rows: Optional[Counts]
    vectors: Optional[np.ndarray]
    conceptnet: Optional[np.ndarray]
    order: np.ndarray


def available(rows: bool, vectors: bool, conceptnet: bool) -> list:
    """Names of the arms that can be made."""
    missing = {name for name, there in (('rows', rows), ('vectors', vectors), ('conceptnet', conceptnet),
                                        ('both', vectors or conceptnet)) if not there}
    return [name for name in ARMS if name not in missing]


def neighbours(name: str, sources: Sources) -> Optional[np.ndarray]:
    """P of an arm, N x N with rows that sum to 1; None for an arm without a graph."""
    if name in ('plain', 'refinement'):
        return None
    if name == 'identity':
        return np.eye(len(sources.own.numbers))
    if name == 'vectors':
        return neighbour_weights(sources.vectors)
    if name == 'conceptnet':
        return neighbour_weights(sources.conceptnet)
    if name == 'mlgcn':
        return neighbour_weights(sources.own.estimate('mlgcn'))
    if name == 'cooccurrence':
        return neighbour_weights(sources.own.estimate('conditional'))
    best = sources.own if sources.rows is None else sources.own.plus(sources.rows)
    statistical = best.estimate('conditional')
    if name == 'both':  # as LabelGraphBuilder mixes them (eq. 2)
        knowledge = sources.vectors if sources.conceptnet is None else sources.conceptnet
        return neighbour_weights(superimpose(statistical, knowledge, lam=0.5, normalize=True))
    p = neighbour_weights(statistical)
    return p[sources.order][:, sources.order] if name == 'shuffled' else p
