"""The label embeddings E(0) from word vectors."""
import logging
import os
import zlib
from typing import Dict, List, Mapping, Optional, Sequence, Set, Union

import numpy as np
from mmengine.logging import print_log

from kssnet_mm.registry import TASK_UTILS
from kssnet_mm.utils.io import few

from .concepts import ConceptSpec, concept_groups
from .spellings import shorter_forms, spellings
from .word_vectors import read_vectors

POLICIES = ('error', 'zero', 'random', 'shorter')


def unit(vector: np.ndarray) -> np.ndarray:
    """``vector`` at length 1; zeros stay zeros."""
    norm = np.linalg.norm(vector)
    return vector / norm if norm > 0 else vector


@TASK_UTILS.register_module()
class WordVectorEmbedding:
    """E(0) from word vectors.

    A concept of several words is looked up as a whole first (``tennis_racket``; see ``phrases``) and is
    the mean of its words' vectors otherwise. A label is the mean of its concepts. Charades' label of a
    verb and an object is normalise(u_verb + u_object) with u the concepts' vectors at unit length, as
    Numberbatch stores them, and u_verb where there is no object; this is how the released embeddings
    were made. Of names for one thing, as in 'sofa/couch', those with a vector are averaged.

    Args:
        file: Word vectors, see :func:`read_vectors`.
        missing: What to do about a word without a vector. 'error' names the labels and their words;
            'zero' takes zeros; 'random' a Gaussian vector of expected length 1 that depends on the word
            and ``seed`` alone; 'shorter' the longest beginning of the word, of three letters at least,
            that has a vector, and is an error where none has. (Numberbatch's authors shorten an unknown
            word likewise, and then average all words that begin so.)
        normalize: Scale all rows to unit length, not only those of a verb and an object.
        phrases: Whether to look up whole phrases first.
        seed: Seed of the vectors under 'random'.
        language: Language of ``/c/<language>/`` names.

    Attributes:
        missing_words: Label -> its words without a vector, from the last :meth:`build`.
    """

    def __init__(self, file: Union[str, os.PathLike], missing: str = 'error', normalize: bool = False,
                 phrases: bool = True, seed: int = 0, language: str = 'en') -> None:
        if missing not in POLICIES:
            raise ValueError(f'missing must be one of {POLICIES}, got {missing!r}')
        self.file, self.missing, self.normalize = file, missing, normalize
        self.phrases, self.seed, self.language = phrases, int(seed), language
        self.missing_words: Dict[str, List[str]] = {}

    def build(self, labels: Sequence[str],
              concepts: Optional[Dict[str, ConceptSpec]] = None) -> np.ndarray:
        """float32 (N, F) for N label names.

        Args:
            labels: N names.
            concepts: Label -> its concepts, where they are not its name: a list, or Charades'
                dict(verb=, object=).

        Raises:
            ValueError: Under 'error' and 'shorter', names the labels and the words that have no vector.
        """
        specs = [(concepts or {}).get(label) for label in labels]
        # A label without a word in it, as '???', is looked up as it is.
        groups = [concept_groups(label, spec, self.language) or [[str(label)]]
                  for label, spec in zip(labels, specs)]
        short: List[str] = []
        vectors = read_vectors(self.file, self._names(groups).__contains__, self.language, short)
        if not vectors:
            raise ValueError(f'{self.file} has a vector for none of the labels\' words')
        rows, self.missing_words, lost = [], {}, set()
        for label, spec, group in zip(labels, specs, groups):
            words: List[str] = []
            parts = [self._concept(names, vectors, words, lost) for names in group]
            rows.append(unit(np.sum([unit(part) for part in parts], axis=0))
                        if isinstance(spec, Mapping) else np.mean(parts, axis=0))
            if words:
                self.missing_words[label] = list(dict.fromkeys(words))
        self._report(lost, short)
        if self.normalize:
            rows = [unit(row) for row in rows]
        return np.asarray(rows, dtype=np.float32)

    def _names(self, groups: Sequence[Sequence[Sequence[str]]]) -> Set[str]:
        """All names worth reading."""
        concepts = {concept for group in groups for names in group for concept in names}
        words = {word for concept in concepts for word in concept.split('_')}
        names = {name for word in words for name in spellings(word)}
        if self.phrases:
            names |= {name for concept in concepts for name in spellings(concept)}
        if self.missing == 'shorter':
            names |= {form for word in words for form in shorter_forms(word)}
        return names

    def _concept(self, names: Sequence[str], vectors: Dict[str, np.ndarray], words: List[str],
                 lost: Set[str]) -> np.ndarray:
        """(F,) of a concept by any of its names.

        Appends its words without a vector to ``words``, and those that the policy gives none either to ``lost``.
        """
        known = (self._known(name, vectors) for name in names)
        found = [vector for vector in known if vector is not None]
        if found:
            return np.mean(found, axis=0)
        size, parts = len(next(iter(vectors.values()))), []
        for word in names[0].split('_'):
            vector = _look_up(word, vectors)
            if vector is None:
                words.append(word)
                vector = self._stand_in(word, vectors, size)
            if vector is None:
                lost.add(word)
                vector = np.zeros(size)
            parts.append(vector)
        return np.mean(parts, axis=0)

    def _known(self, concept: str, vectors: Dict[str, np.ndarray]) -> Optional[np.ndarray]:
        """(F,) of a concept all of whose words have vectors, else None."""
        whole = _look_up(concept, vectors) if self.phrases else None
        if whole is not None:
            return whole
        parts = [_look_up(word, vectors) for word in concept.split('_')]
        return None if any(part is None for part in parts) else np.mean(parts, axis=0)

    def _stand_in(self, word: str, vectors: Dict[str, np.ndarray], size: int) -> Optional[np.ndarray]:
        """(F,) that the policy gives to a word without a vector, None if it gives none."""
        if self.missing == 'zero':
            return np.zeros(size)
        if self.missing == 'random':
            # By the word, so that the order of the labels does not matter.
            rng = np.random.default_rng([self.seed, zlib.crc32(word.encode())])
            return rng.normal(scale=size**-0.5, size=size)
        if self.missing == 'shorter':
            return next((vectors[form] for form in shorter_forms(word) if form in vectors), None)
        return None

    def _report(self, lost: Set[str], short: Sequence[str]) -> None:
        """Raise an error about words without a vector, or log a warning if the policy gives them one.

        In a file that holds fewer vectors than it announces (``short``), they may be among those that are not there,
        and no policy makes up for that.
        """
        if not self.missing_words:
            for text in short:
                print_log(f'{text}; all words of the labels were found in it', logger='current',
                          level=logging.WARNING)
            return
        if short:
            words = sorted({word for found in self.missing_words.values() for word in found})
            raise ValueError(f'{short[0]}: fetch it again. It has no vector for {few(words, 10)}')
        labels = {label: words for label, words in self.missing_words.items()
                  if not lost or lost.intersection(words)}
        listed = '; '.join(f'{label!r}: {", ".join(words)}' for label, words in labels.items())
        message = f'{self.file} has no vector for words of {len(labels)} labels ({listed})'
        if lost:
            others = ' or '.join(repr(policy) for policy in POLICIES[1:] if policy != self.missing)
            raise ValueError(f'{message}: give other vectors, or missing={others}')
        print_log(f'{message}; missing={self.missing!r} gives them one', logger='current',
                  level=logging.WARNING)


def _look_up(concept: str, vectors: Dict[str, np.ndarray]) -> Optional[np.ndarray]:
    return next((vectors[name] for name in spellings(concept) if name in vectors), None)
