"""The numbers about a graph against numbers worked by hand, networkx and plain loops."""
import networkx as nx
import numpy as np
import pytest
from scipy import sparse

from kssnet_mm.graphs import analysis
from kssnet_mm.graphs.analysis import cluster_order, components, density, mean_cosine, smoothing, spectral_gap, sweep
from kssnet_mm.graphs.edges import ORIGINS, strongest_edge, strongest_neighbours, undirected_edges
from kssnet_mm.graphs.superimpose import ks_graph

# 0 -> 1 (2), 1 -> 0 (3), 1 -> 2 (1); 3 alone; the diagonal is no edge.
DIRECTED = np.array([[5., 2, 0, 0], [3, 0, 1, 0], [0, 0, 0, 0], [0, 0, 0, 7]])


def both_forms(matrix):
    return matrix, sparse.csr_array(matrix)


def random_graph(seed, n=12, share=0.2):
    rng = np.random.default_rng(seed)
    return (rng.random((n, n)) * (rng.random((n, n)) < share)).astype(np.float32)


def test_density_strongest_edge_and_components_by_hand():
    for form in both_forms(DIRECTED):
        assert density(form) == pytest.approx(3 / 12)
        assert strongest_edge(form).tolist() == [3, 3, 1, 0]
        assert [part.tolist() for part in components(form)] == [[0, 1, 2], [3]]
    assert density(np.zeros((1, 1))) == 0


@pytest.mark.parametrize('seed', range(5))
def test_density_and_components_equal_networkx(seed):
    matrix = random_graph(seed, share=0.08)
    np.fill_diagonal(matrix, 0)
    network = nx.from_numpy_array(matrix, create_using=nx.DiGraph)
    for form in both_forms(matrix):
        assert density(form) == pytest.approx(nx.density(network))
        assert ({frozenset(part.tolist()) for part in components(form)} ==
                {frozenset(part) for part in nx.weakly_connected_components(network)})


def test_explicit_zeros_are_no_edges():
    stored = sparse.csr_array((np.array([0., 1.]), (np.array([0, 1]), np.array([1, 2]))), shape=(3, 3))
    assert stored.nnz == 2 and density(stored) == pytest.approx(1 / 6)
    assert len(undirected_edges(stored).weight) == 1


def test_cluster_order_brings_interleaved_groups_together():
    group = np.array([0, 1, 0, 1, 2, 1, 0])  # label 4 is alone
    matrix = (group[:, None] == group).astype(float)
    matrix[0, 1] = 0.1  # a weak link between the groups, in one direction
    order = cluster_order(matrix)
    assert sorted(order.tolist()) == list(range(7))
    changes = np.count_nonzero(np.diff(group[order]))
    assert changes == 2
    assert cluster_order(np.zeros((2, 2))).tolist() == [0, 1]


def test_cluster_order_of_two_pairs_without_a_diagonal():
    # 0-2 and 1-3: without itself as neighbour, 0 and 2 would have nothing in common.
    matrix = np.zeros((4, 4))
    matrix[0, 2] = matrix[3, 1] = 1
    order = cluster_order(matrix).tolist()
    assert {frozenset(order[:2]), frozenset(order[2:])} == {frozenset((0, 2)), frozenset((1, 3))}


def test_spectral_gap_of_known_graphs():
    complete = np.ones((4, 4)) - np.eye(4)  # eigenvalues of A': 1, -1/3 three times
    assert spectral_gap(complete) == pytest.approx(2 / 3)
    path = np.array([[0., 1, 0], [1, 0, 1], [0, 1, 0]])  # 1, 0, -1
    assert spectral_gap(path) == pytest.approx(0, abs=1e-12)
    walk = 0.5 * path / path.sum(1, keepdims=True) + 0.5 * np.eye(3)  # lazy walk: 1, 1/2, 0
    assert spectral_gap(walk) == pytest.approx(0.5)
    apart = np.kron(np.eye(2), np.ones((2, 2)))  # two components with self-loops: 1, 1, 0, 0
    assert spectral_gap(apart) == pytest.approx(0, abs=1e-12)
    # A cycle 0 -> 1 -> 2 -> 0 has the cubic roots of 1: directed, complex, all of modulus 1.
    assert spectral_gap(np.roll(np.eye(3), 1, axis=1)) == pytest.approx(0, abs=1e-12)
    assert np.isnan(spectral_gap(np.ones((1, 1))))


def test_spectral_gap_equals_networkx_and_its_sparse_way_equals_the_dense(monkeypatch):
    network = nx.karate_club_graph()
    matrix = nx.to_numpy_array(network, weight='weight')
    expected = np.sort(np.abs(1 - nx.normalized_laplacian_spectrum(network)))[::-1]
    assert spectral_gap(matrix) == pytest.approx(expected[0] - expected[1])
    directed = matrix + np.triu(matrix) + np.eye(len(matrix))
    dense = spectral_gap(directed)
    monkeypatch.setattr(analysis, 'ALL_EIGENVALUES_UP_TO', 4)
    assert spectral_gap(sparse.csr_array(directed)) == pytest.approx(dense, abs=1e-8)


def test_mean_cosine_by_hand_and_by_loop():
    # cosines: 0, 1/sqrt 2, 1/sqrt 2
    assert mean_cosine([[2, 0], [0, 3], [1, 1]]) == pytest.approx(2 / 3 / np.sqrt(2))
    assert mean_cosine([[1, 0], [-4, 0]]) == pytest.approx(-1)
    assert mean_cosine([[1, 0], [5, 0], [0, 0]]) == pytest.approx(1 / 3)  # the zero row: 0 twice
    rows = np.random.default_rng(0).normal(size=(9, 5))
    pairs = [rows[i] @ rows[j] / np.linalg.norm(rows[i]) / np.linalg.norm(rows[j])
             for i in range(9) for j in range(9) if i != j]
    assert mean_cosine(rows) == pytest.approx(np.mean(pairs))


def test_smoothing_by_hand():
    # A' = [[1/2, 1/2], [1/2, 1/2]]: after one layer both labels are the same vector.
    embedding = np.array([[1., 0], [-1, 2]])
    for form in both_forms(np.ones((2, 2))):
        found = smoothing(form, embedding, layers=2)
        np.testing.assert_allclose(found, [-1 / np.sqrt(5), 1, 1])
    # Without a graph only the LeakyReLU acts: (1, 0), (-0.2, 2) and (1, 0), (-0.04, 2).
    np.testing.assert_allclose(smoothing(None, embedding, layers=2),
                               [-1 / np.sqrt(5), -0.2 / np.sqrt(4.04), -0.04 / np.sqrt(4.0016)])


def test_smoothing_is_the_gcn_with_identity_weights():
    import torch

    from kssnet_mm.graphs import LabelGraph
    from kssnet_mm.models.label_gcn import LabelGCN
    rng = np.random.default_rng(3)
    adjacency = random_graph(3, 6, 0.6) + np.eye(6, dtype=np.float32)
    graph = LabelGraph([f'l{i}' for i in range(6)], adjacency,
                       embedding=rng.normal(size=(6, 4)).astype(np.float32))
    gcn = LabelGCN(6, in_channels=4, out_channels=(4, 4, 4), negative_slope=0.2)
    gcn.load_graph(graph)
    for layer in gcn.layers:
        torch.nn.init.eye_(layer.weight)
    outputs = [torch.nn.functional.leaky_relu(out, 0.2) for out in gcn()]
    expected = [mean_cosine(out.detach().numpy()) for out in outputs]
    found = smoothing(graph.adjacency, graph.embedding, layers=3)
    np.testing.assert_allclose(found[1:], expected, atol=1e-6)


def test_undirected_edges_name_their_priors():
    statistical, knowledge = np.zeros((4, 4)), np.zeros((4, 4))
    statistical[1, 0] = knowledge[2, 1] = 9
    statistical[3, 2] = knowledge[3, 2] = 1
    adjacency = DIRECTED.copy()
    adjacency[2, 3] = adjacency[0, 3] = 0.5
    expected = [(0, 1, 3, 'statistics'), (1, 2, 1, 'knowledge'), (0, 3, 0.5, 'neither'),
                (2, 3, 0.5, 'both')]
    for forms in zip(*map(both_forms, (adjacency, statistical, knowledge))):
        edges = undirected_edges(*forms)
        found = [(i, j, w, ORIGINS[o]) for i, j, w, o in zip(*(c.tolist() for c in edges))]
        assert found == expected
        assert edges.head(2).weight.tolist() == [3, 1]
    assert undirected_edges(adjacency).origin.tolist() == [0] * 4


def test_strongest_neighbours_by_hand():
    label, neighbour = strongest_neighbours(undirected_edges(DIRECTED), most=1)
    assert list(zip(label.tolist(), neighbour.tolist())) == [(0, 1), (1, 0), (2, 1)]
    label, neighbour = strongest_neighbours(undirected_edges(DIRECTED), most=5)
    assert list(zip(label.tolist(), neighbour.tolist())) == [(0, 1), (1, 0), (1, 2), (2, 1)]
    assert len(strongest_neighbours(undirected_edges(np.eye(3)), most=5)[0]) == 0


@pytest.mark.parametrize('renormalize', [False, True])
def test_sweep_equals_networkx_of_every_graph(renormalize):
    lams, taus = [0, 0.3, 1], [0, 0.05, 0.2, 99]
    priors = random_graph(1, share=0.15), random_graph(2, share=0.1)
    for statistical, knowledge in (priors, map(sparse.csr_array, priors)):
        result = sweep(statistical, knowledge, lams, taus, renormalize=renormalize)
        for i, lam in enumerate(lams):
            for j, tau in enumerate(taus):
                graph = ks_graph(*priors, lam, tau, eta=0.4, renormalize=renormalize)
                np.fill_diagonal(graph, 0)
                network = nx.from_numpy_array(graph, create_using=nx.DiGraph)
                assert result.density[i, j] == pytest.approx(nx.density(network))
                assert result.isolated[i, j] == nx.number_of_isolates(network)
    assert result.density[0, 0] > 0 and (result.isolated[:, -1] == 12).all()


def test_sweep_of_one_prior_has_no_lam():
    result = sweep(np.array([[0., 1, 0], [1, 0, 0], [0, 0, 0]]), None, [0.2, 0.8], [0.5, 1.5])
    assert result.lams == [None]
    assert result.density.tolist() == [[pytest.approx(1 / 3), 0]]
    assert result.isolated.tolist() == [[1, 3]]
    with pytest.raises(ValueError, match='needs a statistical or a knowledge graph'):
        sweep(None, None, [0.5], [0.1])
    with pytest.raises(ValueError, match='got -1'):
        sweep(np.eye(2), None, [0.5], [-1])
