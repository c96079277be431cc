"""Label graphs to report on."""
import numpy as np
from scipy import sparse

from kssnet_mm.graphs import LabelGraph, LabelGraphBuilder
from kssnet_mm.graphs.superimpose import ks_graph

HOSTILE = '<script>document.title="broken"</script> & "x"'
SETTINGS = dict(lam=0.5, tau=0.1, eta=0.4, normalize=True, renormalize=False)


def both_priors() -> LabelGraph:
    """Five labels: 0-1 from both priors, 1-2 from statistics, 0-2 from knowledge, 3-4 cut by tau."""
    statistical, knowledge = np.zeros((2, 5, 5), dtype=np.float32)
    for i, j, value in ((0, 1, 2), (1, 2, 1)):
        statistical[i, j] = statistical[j, i] = value
    for i, j, value in ((0, 1, 3), (0, 2, 1)):
        knowledge[i, j] = knowledge[j, i] = value
    # Row sums 100 and 100: A'_34 = 1 / 100, and half of that in the mixture.
    statistical[3, 3] = statistical[4, 4] = 99
    statistical[3, 4] = statistical[4, 3] = 1
    adjacency = ks_graph(statistical, knowledge, **SETTINGS)
    embedding = np.random.default_rng(0).normal(size=(5, 4))
    return LabelGraph([HOSTILE, '$cash$', 'zebra', 'apple', 'bear'], adjacency, statistical, knowledge,
                      embedding, dict(builder=dict(SETTINGS)))


def controlled(control: str, seed: int = 0) -> LabelGraph:
    """The graph of :func:`both_priors` as a control, the way the builder makes it."""
    graph = both_priors()
    builder = LabelGraphBuilder(file='not_read.npz', control=control, seed=seed, **SETTINGS)
    adjacency = builder.superimpose(graph.statistical, graph.knowledge, 5)
    meta = dict(builder=dict(SETTINGS, control=control, seed=seed))
    return LabelGraph(graph.labels, adjacency, graph.statistical, graph.knowledge, graph.embedding, meta)


def bare() -> LabelGraph:
    """An adjacency and nothing else, from no builder of ours."""
    return LabelGraph(['a', 'b', 'c'], np.array([[1., 0.5, 0], [0, 1, 0], [0, 0, 1]]))


def large(n: int = 2500, links: int = 4) -> LabelGraph:
    """n labels as CSR, statistics only, without embedding; the last 300 labels are isolated."""
    rng = np.random.default_rng(1)
    rows = np.repeat(np.arange(n - 300), links)
    columns = rng.integers(0, n - 300, len(rows))
    values = rng.random(len(rows)).astype(np.float32)
    statistical = sparse.csr_array((values, (rows, columns)), shape=(n, n)) + sparse.identity(n)
    statistical = sparse.csr_array(statistical)
    settings = dict(SETTINGS, lam=1.0, tau=0.02)
    return LabelGraph([f'label {i}' for i in range(n)], ks_graph(statistical, None, **settings),
                      statistical, meta=dict(builder=settings))
