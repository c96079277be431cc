"""The names that a concept may have in a file of word vectors."""
import re
from typing import Iterator, List

# Numberbatch's vocabulary has '#' for each digit of a term with two digits in a row.
TWO_DIGITS, DIGIT = re.compile('[0-9][0-9]'), re.compile('[0-9]')
SHORTEST = 3
ABBREVIATION = re.compile(r'(?:[^\W\d_]\.)+[^\W\d_]')


def spellings(concept: str) -> List[str]:
    """A concept's names in a file of vectors: joined by ``_``, a space or ``-``; digits as ``#``.

    ``u.s.a`` may also be ``u.s.a.`` or ``usa`` there.
    """
    names = [concept, concept.replace('_', ' '), concept.replace('_', '-')]
    if ABBREVIATION.fullmatch(concept):
        names += [f'{concept}.', concept.replace('.', '')]
    if TWO_DIGITS.search(concept):
        names.append(DIGIT.sub('#', concept))
    return list(dict.fromkeys(names))


def shorter_forms(word: str) -> Iterator[str]:
    """``'doggy'``: ``dogg``, ``dog``; down to three letters."""
    for length in range(len(word) - 1, SHORTEST - 1, -1):
        yield word[:length]
