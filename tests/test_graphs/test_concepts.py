"""From label names to concepts: ConceptNet's normalisation, plurals, several concepts, aliases."""
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kssnet_mm.graphs import ConceptNetGraph
from kssnet_mm.graphs.concepts import (concept_forms, concept_groups, concepts_of, normalize_concept,
                                       read_aliases, singular_forms, spec_of)


@pytest.mark.parametrize('text, concept', [
    ('Dining Table', 'dining_table'),
    ('dining_table', 'dining_table'),
    ('  T-shirt ', 't_shirt'),
    ('An apple', 'apple'),
    ('put on the shoes', 'put_on_shoes'),
    ('to eat', 'eat'),
    ('to the a', 'to_the_a'),
    ('the', 'the'),
    ('some clothes', 'clothes'),
    ('some', 'some'),
    ('Rubik\N{RIGHT SINGLE QUOTATION MARK}s cube', "rubik's_cube"),
    ('Cafe\N{COMBINING ACUTE ACCENT}', 'café'),
    ('TEST.!', 'test'),
    ('/c/en/dog/n/wn/animal', 'dog'),
    ('/c/en/dog', 'dog'),
    ('?!', ''),
    # Unicode's word boundaries, as ConceptNet takes them; expected: the regex package's \\b with its flag WORD
    ('U.S.A.', 'u.s.a'),
    ('e.g.', 'e.g'),
    ('Dr. Who', 'dr_who'),
    ('Mr.T', 'mr.t'),
    ('no.1', 'no_1'),
    ('v2.0', 'v2.0'),
    ('3.5 inch', '3.5_inch'),
    ('3,000 m', '3,000_m'),
    ("1'000", "1'000"),
    ('9:30', '9_30'),
    ('Re:Zero', 're:zero'),
    ("O'Clock", "o'clock"),
    ("dogs' rock 'n' roll", 'dogs_rock_n_roll'),
    ('AT&T', 'at_t'),
    ('C++', 'c'),
    ('x..y', 'x_y'),
    ('24/7', '24_7'),
    ('Lego\N{REGISTERED SIGN}', 'lego'),
    ('\N{HEAVY BLACK HEART}\N{VARIATION SELECTOR-16}', '\N{HEAVY BLACK HEART}\N{VARIATION SELECTOR-16}'),
    ('चुनौती है', 'चुनौती_है'),
    ('アルファ・テスト', 'アルファ_テスト'),
])
def test_normalisation(text, concept):
    assert normalize_concept(text) == concept


def test_articles_are_english():
    assert normalize_concept('A la carte', 'fr') == 'a_la_carte'
    assert concept_forms('les chats', language='fr') == ['les_chats']


def test_labels_with_dots_are_found_in_conceptnet(tmp_path):
    """As in ConceptNet's own file, whose names of abbreviations keep their dots."""
    line = '/a/[x]\t/r/{}\t/c/en/{}\t/c/en/{}\t{{"weight": {}}}\n'
    (tmp_path / 'assertions.csv').write_text(line.format('PartOf', 'texas/n', 'u.s.a', 2.0) +
                                             line.format('RelatedTo', 'u_s_a', 'cup', 9.0))
    graph, report = ConceptNetGraph(tmp_path / 'assertions.csv', progress=False).build(['U.S.A.', 'Texas', 'cup'])
    assert np.asarray(graph).tolist() == [[0, 2, 0], [2, 0, 0], [0, 0, 0]]


def test_singulars_of_the_last_word():
    assert singular_forms('dining_tables') == ['dining_table'] and singular_forms('young_women') == ['young_woman']
    assert singular_forms('leaves') == ['leave', 'leaf']
    assert singular_forms('wine_glass') == singular_forms('evening_news') == []


def test_several_concepts_and_names_for_one_thing():
    charades = dict(verb='hold', object='sofa/couch')
    assert concept_groups('Holding a sofa', charades) == [['hold'], ['sofa', 'couch']]
    assert concepts_of('Holding a sofa', charades) == ['hold', 'sofa', 'couch']
    assert concept_groups('Sitting', dict(verb='sit', object=None)) == [['sit']]
    assert concept_groups('x', ['Some food', '/c/en/hot_dog/n']) == [['food'], ['hot_dog']]
    assert concept_groups('sofa/couch') == [['sofa', 'couch']] and concept_groups('?!') == []
    assert concept_forms('Dogs') == ['dogs', 'dog']


@given(st.text(max_size=30))
def test_normalisation_is_idempotent_unless_words_are_left_out(text):
    # in a language without articles to leave out, once is enough
    once = normalize_concept(text, 'xx')
    assert normalize_concept(once, 'xx') == once or '/' in text
    assert ' ' not in once and not once.startswith('_') and '/' not in once


def test_aliases(tmp_path):
    file = tmp_path / 'aliases.yaml'
    file.write_text('Hair_Drier: hair dryer\ntv: [television, tv set]\n'
                    'Pouring: {verb: pour, object: null}\n')
    table = read_aliases(file)
    assert table == {'hair drier': ['hair dryer'], 'tv': ['television', 'tv set'],
                     'pouring': dict(verb='pour', object=None)}
    assert spec_of('hair drier', table) == ['hair dryer'] and spec_of('TV', table) == table['tv']
    assert spec_of('cup', table) is None
    file.write_text('')
    assert read_aliases(file) == {}


@pytest.mark.parametrize('text, message', [
    ('- a\n- b\n', 'aliases.yaml holds a list, not a table of labels'),
    ('cup: 7\n', "aliases.yaml: 'cup' maps to 7"),
    ('cup: []\n', r"aliases.yaml: 'cup' maps to \[\]"),
    ('cup: [glass, null]\n', "aliases.yaml: 'cup' maps to"),
    ('cup: {verb: {a: b}}\n', "aliases.yaml: 'cup' maps to"),
    ('cup: [\n', 'aliases.yaml is no yaml'),
    ('no: refusal\noff: away\n', 'aliases.yaml: yaml reads a label such as no, off, yes or on as False: put it in'),
    ('traffic light: a\nTraffic_Light: b\n', "aliases.yaml: 'Traffic_Light' is there twice, in another spelling"),
])
def test_aliases_refused(tmp_path, text, message):
    (tmp_path / 'aliases.yaml').write_text(text)
    with pytest.raises(ValueError, match=message):
        read_aliases(tmp_path / 'aliases.yaml')


def test_aliases_in_another_encoding(tmp_path):
    (tmp_path / 'aliases.yaml').write_bytes('Tür: door\n'.encode('latin-1'))
    with pytest.raises(ValueError, match='aliases.yaml:1: byte 0xfc is not UTF-8'):
        read_aliases(tmp_path / 'aliases.yaml')
