"""The singulars that an English plural may have."""
from typing import List

import simplemma

# Words that the dictionary lacks or takes for another word: 'mars' for a form of 'to mar', 'tights' of 'tight'.
EXCEPTIONS = {'kiwis': ['kiwi'], 'mars': [], 'people': ['person'], 'shorts': [], 'tights': []}
# Endings of plurals without an s and of their singulars: the dictionary also has 'left' as a form of 'leave'.
WITHOUT_S = (('children', 'child'), ('oxen', 'ox'), ('men', 'man'), ('eet', 'oot'), ('eeth', 'ooth'),
             ('eese', 'oose'), ('ice', 'ouse'), ('ice', 'ie'), ('eaux', 'eau'), ('i', 'us'), ('ae', 'a'),
             ('a', 'um'), ('a', 'on'))
# 'ani' is a bird, and in the dictionary the plural of 'anus'.
SHORTEST, SHORTEST_LATIN = 4, 5


def singulars(word: str) -> List[str]:
    """The singulars of one word in lower case, most likely first; none for a word that is no plural.

    simplemma's dictionary tells plurals from words that only look like plurals, such as 'bus' and 'news'. It does not
    tell nouns from verbs: it takes 'shelves' for a form of 'shelve'. Other singulars that the spelling allows are
    therefore added if the dictionary has them as words ('shelf'). A word that it lacks goes by its spelling alone.
    """
    if word in EXCEPTIONS:
        return EXCEPTIONS[word]
    if word.endswith('s'):
        if len(word) < SHORTEST:
            return []
        if not simplemma.is_known(word, lang='en'):
            return by_spelling(word)
        lemma = _lemma(word)
        others = [form for form in by_spelling(word) if form != lemma and _is_a_word(form)]
        return [] if lemma == word else [lemma] + others
    for plural, singular in WITHOUT_S:
        if word.endswith(plural) and (len(plural) > 2 or len(word) >= SHORTEST_LATIN):
            form = word[:-len(plural)] + singular
            if _lemma(word) == form:
                return [form]
    return []


def by_spelling(word: str) -> List[str]:
    """The singulars that a word in -s may have by its spelling; words in -ss, -us and -is have none."""
    if not word.endswith('s') or word.endswith(('ss', 'us', 'is')):
        return []
    forms = []
    if word.endswith('ies') and len(word) > 4:
        forms.append(word[:-3] + 'y')
    if word.endswith('ves'):
        forms += [word[:-3] + 'f', word[:-3] + 'fe']
    if word.endswith(('ses', 'xes', 'zes', 'ches', 'shes', 'oes')):
        forms.append(word[:-2])
    if not word.endswith('sses'):
        forms.append(word[:-1])
    return forms


def _lemma(word: str) -> str:
    return simplemma.lemmatize(word, lang='en').lower()


def _is_a_word(form: str) -> bool:
    return simplemma.is_known(form, lang='en') and _lemma(form) == form
