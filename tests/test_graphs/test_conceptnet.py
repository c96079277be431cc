"""A_K from assertions: which lines count, what is broken."""
import numpy as np
import pytest
from conceptnet_lines import LABELS, LINES, graph, line, write
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from shared_data import shared

from kssnet_mm.graphs.conceptnet.graph import describe


@pytest.mark.parametrize('name', ['assertions.csv', 'assertions.csv.gz'])
def test_the_best_weight_between_two_labels(tmp_path, name, capsys):
    file = write(tmp_path, LINES, name)
    matrix, report = graph(file).build(LABELS)
    assert matrix.tolist() == [[0, 4, 3], [4, 0, 0], [3, 0, 0]] and matrix.dtype == np.float32
    # 1.5, 2.5, 4, the self-loop and 3
    assert report['lines'] == 11 and report['matches'] == 5 and report['unmatched'] == {}
    assert report['broken_lines'] == 0 and report['first_broken'] == []
    assert graph(file, symmetric=False).build(LABELS)[0].tolist() == [[0, 2.5, 3], [4, 0, 0], [0, 0, 0]]
    assert graph(file, self_loops=True).build(LABELS)[0][0, 0] == 7
    assert graph(file, relations=['IsA']).build(LABELS)[0].max() == 2.5
    assert graph(file, exclude_relations=[]).build(LABELS)[0][0, 2] == 9
    with pytest.raises(ValueError, match=r"relations \['Antonym'\] are excluded"):
        graph(file, relations=['Antonym', 'IsA'])
    assert graph(file, language='fr').build(LABELS)[0].tolist() == [[0, 8, 0], [8, 0, 0], [0, 0, 0]]
    assert '' not in capsys.readouterr().out.splitlines()  # no empty line in the place of the bar


def test_settings_are_checked_at_construction(tmp_path):
    with pytest.raises(ValueError, match='ExternalURL leads out'):
        graph('x', relations=['IsA', 'ExternalURL'])
    with pytest.raises(ValueError, match="relations must be a list of names, got 'IsA'"):
        graph('x', relations='IsA')
    with pytest.raises(ValueError, match='language must be a code'):
        graph('x', language='/c/en')


def test_plurals_aliases_and_suggestions(tmp_path):
    file = write(tmp_path, LINES + [line('IsA', 'hair_dryer', 'drier', 1)])
    aliases = tmp_path / 'aliases.yaml'
    aliases.write_text('Skeleton: bone\npets: [dog, cat]\n')
    labels = ['Dogs', 'skeleton', 'hair drier', 'The Cat', 'quixotic']
    matrix, report = graph(file, aliases=aliases).build(labels)
    assert matrix[0].tolist() == [0, 3, 0, 4, 0]
    # 'drier' is a word of it and a concept
    assert report['unmatched'] == {'hair drier': ['hair_dryer', 'drier'], 'quixotic': []}
    assert "'hair drier' is no concept; near it: hair_dryer" in describe(report, 5)
    assert '3 of 5 labels are known' in describe(report, 5)
    # an alias wins over the concepts that a data set gives
    pets = graph(file, aliases=aliases).build(['pets', 'x'], dict(pets=['none'], x=['bone']))[0]
    assert pets[0, 1] == 3


def test_verb_and_object_labels_are_related_three_ways(tmp_path):
    file = write(tmp_path, [line('RelatedTo', 'hold', 'carry', 1), line('RelatedTo', 'cup', 'box', 2),
                            line('UsedFor', 'cup', 'drink', 3), line('RelatedTo', 'hold', 'throw', 4)])
    concepts = {
        'holding a cup': dict(verb='hold', object='cup/glass'),
        'carrying': dict(verb='carry', object=None),
        'moving a box': dict(verb='move', object='box'),
        'drinking water': dict(verb='drink', object='water'),
        'holding a bag': dict(verb='hold', object='bag'),
    }
    matrix, report = graph(file).build(list(concepts), concepts)
    # verb to verb 1, object to object 2, object to verb 3; two that share 'hold' are not related by it
    assert matrix[0].tolist() == [0, 1, 2, 3, 0] and matrix[4].tolist() == [0, 1, 0, 0, 0]
    assert report['unmatched'] == {} and np.array_equal(matrix, matrix.T)


def test_many_labels_stay_sparse(tmp_path):
    labels = [f'thing{i}' for i in range(20000)]
    file = write(tmp_path, [line('IsA', 'thing7', 'thing19999', 2), line('IsA', 'thing8', 'thing9', 1)])
    matrix, report = graph(file).build(labels)
    assert sparse.issparse(matrix) and matrix.shape == (20000, 20000) and matrix.nnz == 4
    assert matrix[19999, 7] == 2 and matrix[7, 19999] == 2 and matrix[8, 9] == 1
    assert len(report['unmatched']) == 19996
    said = describe(report, 20000)
    assert 'and 19976 more' in said and '(names near them were looked for of the first 50 alone)' in said
    assert 'first 50' not in describe(dict(report, unmatched=dict.fromkeys(labels[:50], [])), 60)


def test_reference_assertions():
    # By awk over the two columns and the weight: quiz RelatedTo 3.462 and Synonym 1, trial Synonym 2
    # (trial to test) and 1, examination RelatedTo 1 and .554, recess Antonym alone; 96 lines are
    # English.
    file = shared('conceptnet/assertions-reference.csv')
    labels = ['test', 'quiz', 'trial', 'examination', 'recess', 'Balalaika', 'making music']
    matrix, report = graph(file).build(labels)
    expected = np.zeros((7, 7), dtype=np.float32)
    expected[0, 1:4] = expected[1:4, 0] = np.float32([3.462, 2, 1])
    expected[5, 6] = expected[6, 5] = 1
    assert np.array_equal(matrix, expected)
    # test-quiz 3, test-trial 5, test-examination 4, test-test 1, balalaika-making music 1
    assert (report['lines'], report['matches'], report['broken_lines']) == (764, 14, 0)
    assert report['unmatched'] == {}
    assert graph(file, exclude_relations=()).build(labels)[0][0, 4] == 1
    assert graph(file, self_loops=True).build(labels)[0][0, 0] == 0.5
    directed = graph(file, symmetric=False).build(labels)[0]
    assert directed[0, 2] == 1 and directed[2, 0] == 2


WORDS = ['dog', 'cat', 'bone', 'été', 'dog_house']
edges = st.tuples(st.sampled_from(['IsA', 'RelatedTo', 'Antonym', 'ExternalURL']),
                  st.sampled_from(WORDS), st.sampled_from(['', '/n', '/v/wn/x']), st.sampled_from(WORDS),
                  st.sampled_from(['en', 'fr']), st.integers(0, 40).map(lambda n: n / 8))


@settings(max_examples=60, deadline=None)
@given(st.lists(edges, min_size=1, max_size=25), st.booleans(), st.booleans())
def test_the_pass_agrees_with_a_plain_loop(tmp_path_factory, table, symmetric, self_loops):
    file = write(tmp_path_factory.mktemp('c'), [
        line(r, f'/c/{lang}/{a}{sense}', f'/c/en/{b}', w) for r, a, sense, b, lang, w in table])
    labels = ['dog', 'cats', 'pet', 'été']
    concepts = dict(pet=['dog', 'bone'])
    stands = [{'dog'}, {'cats', 'cat'}, {'dog', 'bone'}, {'été'}]
    expected = np.zeros((4, 4), dtype=np.float32)
    for relation, a, _, b, lang, weight in table:
        if relation in ('Antonym', 'ExternalURL') or lang != 'en':
            continue
        for i in range(4):
            for j in range(4):
                if a in stands[i] and b in stands[j] and (i != j or self_loops):
                    expected[i, j] = max(expected[i, j], weight)
                    if symmetric:
                        expected[j, i] = max(expected[j, i], weight)
    matrix, report = graph(file, symmetric=symmetric, self_loops=self_loops).build(labels, concepts)
    assert np.array_equal(matrix, expected) and report['lines'] == len(table)
