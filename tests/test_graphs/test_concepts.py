"""From label names to concepts: ConceptNet's normalisation, plurals, several concepts, aliases."""
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
])
def test_normalisation(text, concept):
    assert normalize_concept(text) == concept


def test_articles_are_english():
    assert normalize_concept('A la carte', 'fr') == 'a_la_carte'
    assert concept_forms('les chats', language='fr') == ['les_chats']


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
])
def test_aliases_refused(tmp_path, text, message):
    (tmp_path / 'aliases.yaml').write_text(text)
    with pytest.raises(ValueError, match=message):
        read_aliases(tmp_path / 'aliases.yaml')
