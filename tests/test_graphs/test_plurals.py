"""Singulars: what the dictionary decides, what the spelling adds, and words that only look like plurals."""
import pytest

from kssnet_mm.graphs.plurals import by_spelling, singulars


@pytest.mark.parametrize('plural, singular', [
    ('dogs', 'dog'), ('berries', 'berry'), ('ties', 'tie'), ('cookies', 'cookie'), ('glasses', 'glass'),
    ('sandwiches', 'sandwich'), ('boxes', 'box'), ('houses', 'house'), ('tomatoes', 'tomato'), ('shoes', 'shoe'),
    ('knives', 'knife'), ('shelves', 'shelf'), ('gloves', 'glove'), ('leaves', 'leaf'), ('caches', 'cache'),
    # in -is, -us and -zes
    ('skis', 'ski'), ('taxis', 'taxi'), ('kiwis', 'kiwi'), ('bikinis', 'bikini'), ('menus', 'menu'),
    ('buses', 'bus'), ('quizzes', 'quiz'), ('analyses', 'analysis'),
    # without an s
    ('men', 'man'), ('women', 'woman'), ('firemen', 'fireman'), ('children', 'child'), ('grandchildren', 'grandchild'),
    ('people', 'person'), ('feet', 'foot'), ('teeth', 'tooth'), ('geese', 'goose'), ('mice', 'mouse'),
    ('dice', 'die'), ('oxen', 'ox'), ('cacti', 'cactus'), ('bacteria', 'bacterium'), ('criteria', 'criterion'),
    ('larvae', 'larva'), ('chateaux', 'chateau'),
])
def test_plurals(plural, singular):
    assert singular in singulars(plural)


@pytest.mark.parametrize('word', [
    'news', 'mars', 'bus', 'gas', 'lens', 'iris', 'tennis', 'cactus', 'virus', 'glass', 'wine', 'series', 'scissors',
    'jeans', 'shorts', 'tights', 'pants', 'christmas', 'physics', 'this', 'yes', 'dog',
    # forms of verbs and of other words
    'left', 'saw', 'was', 'striped', 'specimen', 'camera', 'pizza', 'broccoli', 'ani', 'ai',
])
def test_words_that_are_no_plurals(word):
    assert singulars(word) == []


def test_the_spelling_adds_nouns_to_verbs_and_nothing_else():
    assert singulars('leaves') == ['leave', 'leaf']  # the dictionary has both; 'leafe' and 'leav' are no words


def test_words_that_the_dictionary_lacks_go_by_spelling():
    assert singulars('qwrtoxes') == ['qwrtox', 'qwrtoxe'] and singulars('qwrtus') == []


@pytest.mark.parametrize('word, forms', [
    ('berries', ['berry', 'berrie']), ('pies', ['pie']), ('knives', ['knif', 'knife', 'knive']), ('glasses', ['glass']),
    ('boxes', ['box', 'boxe']), ('bushes', ['bush', 'bushe']), ('dogs', ['dog']), ('bus', []), ('tennis', []),
    ('glass', []), ('dog', [])])
def test_spelling(word, forms):
    assert by_spelling(word) == forms
