"""From label names to the concepts that ConceptNet and word vectors know."""
from typing import Dict, List, Optional, Sequence, Union

ARTICLES = ('a ', 'an ', 'the ', 'some ')

ConceptSpec = Union[Sequence[str], Dict[str, Optional[str]]]


def normalize_concept(text: str) -> str:
    """ConceptNet's form of a phrase: lower case, no leading article, words joined by underscores."""
    text = ' '.join(str(text).replace('_', ' ').replace('/', ' ').split()).casefold()
    for article in ARTICLES:
        if text.startswith(article) and len(text) > len(article):
            text = text[len(article):]
    return text.replace(' ', '_')


def singular_forms(concept: str) -> List[str]:
    """The singulars that an English plural may have, most likely first; none for other words."""
    forms = []
    if concept.endswith('ies') and len(concept) > 4:
        forms.append(concept[:-3] + 'y')
    if concept.endswith(('ses', 'xes', 'zes', 'ches', 'shes')):
        forms.append(concept[:-2])
    if concept.endswith('s') and not concept.endswith(('ss', 'us', 'is')) and len(concept) > 3:
        forms.append(concept[:-1])
    return forms


def concepts_of(label: str, spec: Optional[ConceptSpec] = None) -> List[str]:
    """The concepts of one label.

    Args:
        label: Its name, the concept where ``spec`` is None.
        spec: A list of concept names, or Charades' ``dict(verb=..., object=... or None)``.
    """
    if spec is None:
        names = [label]
    elif isinstance(spec, dict):
        names = [name for name in spec.values() if name is not None]
    else:
        names = list(spec)
    # 'sofa/couch' names one thing twice
    return [normalize_concept(part) for name in names for part in str(name).split('/')]
