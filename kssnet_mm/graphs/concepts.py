"""From label names to the concepts that ConceptNet and word vectors know.

ConceptNet 5.5 and later form the name of a concept so: case is folded, words are joined by ``_``, and of English the
articles the, a and an are left out and so is a leading 'to', unless nothing would remain. Words are those of Unicode's
word boundaries (Annex 29), as ``conceptnet5/nodes.py`` gets them from wordfreq: a full stop, colon or apostrophe
between two letters and a full stop, comma or apostrophe between two digits belong to the word, all other punctuation
separates words (``U.S.A.`` is ``u.s.a``, ``3.5`` stays, ``T-shirt`` is ``t_shirt``). There is no stemming: 'dogs' is
another concept than 'dog', and a plural label may be either.
"""
import os
import re
import unicodedata
from typing import Any, Dict, List, Mapping, Optional, Sequence, Union

import yaml

from kssnet_mm.utils.labels import canonical_label
from kssnet_mm.utils.text_files import read_text

from .plurals import singulars

ARTICLES, LEADING = ('a', 'an', 'the'), ('to', )
# Characters that belong to a word between two letters (l), between two digits (n), or between either (b).
WITHIN = dict.fromkeys(".'\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}\N{ONE DOT LEADER}", 'b')
WITHIN.update(dict.fromkeys(':\N{MIDDLE DOT}\N{HYPHENATION POINT}\N{HEBREW PUNCTUATION GERSHAYIM}', 'l'))
WITHIN.update(dict.fromkeys(',;\N{ARABIC COMMA}\N{ARABIC THOUSANDS SEPARATOR}', 'n'))
# In terms of a letter for each character: a letter, d digit, m mark, s symbol, and those above.
WORD = re.compile('[ad](?:[adm]|(?<=[am])[bl](?=a)|(?<=[dm])[bn](?=d))*')
SYMBOL = re.compile('sm*')

ConceptSpec = Union[Sequence[str], Dict[str, Optional[str]]]


def _kind(character: str) -> str:
    if character in WITHIN:
        return WITHIN[character]
    if character.isdecimal():
        return 'd'
    if character.isalnum():
        return 'a'
    category = unicodedata.category(character)
    return 'm' if category[0] == 'M' else 's' if category == 'So' else ' '


def words_of(text: str) -> List[str]:
    """The words of a text; of one without any, its symbols, as the emoji of which it consists."""
    kinds = ''.join(map(_kind, text))
    found = list(WORD.finditer(kinds)) or list(SYMBOL.finditer(kinds))
    return [text[match.start():match.end()] for match in found]


def normalize_concept(text: str, language: str = 'en') -> str:
    """ConceptNet's form of a phrase: ``'A Dining-Table'`` -> ``dining_table``; '' for no word at all.

    A concept's own address, ``/c/en/dining_table/n/wn/artifact``, gives its name without the sense.
    """
    text = str(text)
    if text.startswith('/c/') and text.count('/') >= 3:
        return text.split('/')[3]
    text = unicodedata.normalize('NFC', text).casefold().replace('\N{RIGHT SINGLE QUOTATION MARK}', "'")
    words = words_of(text.replace('_', ' '))
    if language == 'en':
        kept = [word for word in words if word not in ARTICLES]
        while kept and kept[0] in LEADING:
            kept = kept[1:]
        # ConceptNet keeps 'some', but names of classes begin with it ('some clothes')
        if len(kept) > 1 and kept[0] == 'some':
            kept = kept[1:]
        words = kept or words
    return '_'.join(words)


def singular_forms(concept: str) -> List[str]:
    """The singulars that an English plural may have, ``'dining_tables'`` -> ``['dining_table']``; else none.

    The last word decides, see :func:`singulars`. All singulars that the spelling allows are returned, because one that
    is no concept matches nothing.
    """
    head, separator, word = concept.rpartition('_')
    return [head + separator + form for form in singulars(word)]


def concept_groups(label: str, spec: Optional[ConceptSpec] = None,
                   language: str = 'en') -> List[List[str]]:
    """The concepts of one label, and for each of them its names.

    Args:
        label: Its name, the concept where ``spec`` is None.
        spec: A list of concept names, or Charades' ``dict(verb=..., object=... or None)``.
        language: Language of the concepts.

    Returns:
        For ``dict(verb='hold', object='sofa/couch')``: ``[['hold'], ['sofa', 'couch']]``; a slash
        separates names of one thing.
    """
    if spec is None:
        names = [label]
    elif isinstance(spec, Mapping):
        names = [name for name in spec.values() if name is not None]
    else:
        names = [spec] if isinstance(spec, str) else list(spec)
    groups = []
    for name in names:
        name = str(name)
        parts = [name] if name.startswith('/c/') else name.split('/')
        group = [normalize_concept(part, language) for part in parts]
        groups.append([concept for concept in dict.fromkeys(group) if concept])
    return [group for group in groups if group]


def concepts_of(label: str, spec: Optional[ConceptSpec] = None, language: str = 'en') -> List[str]:
    """All names of all concepts of one label, see :func:`concept_groups`."""
    return [concept for group in concept_groups(label, spec, language) for concept in group]


def concept_forms(label: str, spec: Optional[ConceptSpec] = None, language: str = 'en') -> List[str]:
    """:func:`concepts_of` with the singulars of English plurals, each once."""
    forms = []
    for concept in concepts_of(label, spec, language):
        forms += [concept, *(singular_forms(concept) if language == 'en' else ())]
    return list(dict.fromkeys(forms))


def spec_of(label: str, table: Mapping[str, ConceptSpec]) -> Optional[ConceptSpec]:
    """The entry of a label as it is spelled or, failing that, of ``canonical_label(label)``."""
    found = table.get(label)
    return table.get(canonical_label(label)) if found is None else found


def read_aliases(file: Union[str, os.PathLike]) -> Dict[str, ConceptSpec]:
    """Aliases by canonical label name, from a yaml file {label: concept, list, or {verb: , object: }}.

    Raises:
        ValueError: The file holds something else; names the label.
    """
    text = read_text(file)
    try:
        table: Any = yaml.safe_load(text) or {}
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(f'{os.fspath(file)} is no yaml: {error}') from error
    if not isinstance(table, dict):
        raise ValueError(f'{os.fspath(file)} holds a {type(table).__name__}, not a table of labels')
    aliases: Dict[str, ConceptSpec] = {}
    for label, value in table.items():
        if isinstance(label, bool):
            raise ValueError(f'{os.fspath(file)}: yaml reads a label such as no, off, yes or on as {label}: put it in '
                             'quotes')
        spec = [value] if isinstance(value, str) else value
        names = list(spec.values()) if isinstance(spec, dict) else spec
        if not isinstance(names, list) or not any(isinstance(name, str) for name in names) or any(
                not isinstance(name, str) and not (name is None and isinstance(spec, dict))
                for name in names):
            raise ValueError(f'{os.fspath(file)}: {label!r} maps to {value!r}; a concept, a list of '
                             'concepts or a table of verb and object is expected')
        if canonical_label(label) in aliases:
            raise ValueError(f'{os.fspath(file)}: {label!r} is there twice, in another spelling')
        aliases[canonical_label(label)] = spec
    return aliases
