"""The label embeddings E(0) from word vectors."""
import gzip
import os
from typing import Dict, List, Optional, Sequence, Set, Union

import numpy as np

from kssnet_mm.registry import TASK_UTILS

from .concepts import ConceptSpec, concepts_of

POLICIES = ('error', 'zero', 'random')


def read_vectors(file: Union[str, os.PathLike], words: Set[str]) -> Dict[str, np.ndarray]:
    """The vectors of ``words`` from a text file, read line by line.

    GloVe's text (word, then numbers; a word may hold spaces) and word2vec's and Numberbatch's (a
    header of count and size; keys like ``/c/en/word`` or plain), plain or .gz, or ``.npz`` with
    ``words`` and ``vectors``, or with ``labels`` and ``embedding`` as a label graph has them.

    Raises:
        ValueError: A line holds another number of values; names file and line.
    """
    if str(file).endswith('.npz'):
        with np.load(file, allow_pickle=False) as stored:
            # a label graph is one of these too
            names, vectors = (('words', 'vectors') if 'words' in stored else ('labels', 'embedding'))
            if names not in stored or vectors not in stored:
                raise ValueError(f'{file} has neither words and vectors nor labels and embedding, but '
                                 f'{sorted(stored)}')
            pairs = zip(stored[names].tolist(), stored[vectors])
            return {w: np.asarray(v, dtype=np.float32) for w, v in pairs if w in words}
    found: Dict[str, np.ndarray] = {}
    opener = gzip.open if str(file).endswith('.gz') else open
    with opener(file, 'rt', encoding='utf-8', errors='replace') as stream:
        size = None
        for number, line in enumerate(stream, 1):
            parts = line.rstrip('\n').split(' ')
            if number == 1 and len(parts) == 2:
                size = int(parts[1])
                continue
            if size is None:
                size = len(parts) - 1
            word = ' '.join(parts[:-size])
            if word.startswith('/c/'):
                word = word.split('/', 3)[3]
            if word not in words or word in found:
                continue
            try:
                found[word] = np.array(parts[-size:], dtype=np.float32)
            except ValueError as error:
                raise ValueError(f'{file}:{number}: not {size} numbers after the word ({error})') from None
            if len(found) == len(words):
                break
    return found


@TASK_UTILS.register_module()
class WordVectorEmbedding:
    """E(0) from word vectors: a label of several words is the mean of its words' vectors.

    A label's whole phrase is looked up first (``tennis_racket``), then its words. Charades: the sum
    of the verb's and the object's vectors, the verb alone where there is no object.

    Args:
        file: Word vectors, see :func:`read_vectors`.
        missing: A word without a vector: 'error' names its labels, 'zero', or 'random' (seeded).
        normalize: Scale rows to unit length, as in the released Charades embeddings.
        phrases: Whether to look up whole phrases first.
        seed: Of 'random'.
    """

    def __init__(self, file: Union[str, os.PathLike], missing: str = 'error', normalize: bool = False,
                 phrases: bool = True, seed: int = 0) -> None:
        if missing not in POLICIES:
            raise ValueError(f'missing must be one of {POLICIES}, got {missing!r}')
        self.file, self.missing, self.normalize = file, missing, normalize
        self.phrases, self.seed = phrases, seed

    def build(self, labels: Sequence[str],
              concepts: Optional[Dict[str, ConceptSpec]] = None) -> np.ndarray:
        """float32 (N, F) for N label names.

        Raises:
            ValueError: Under 'error', names the labels and the words that have no vector.
        """
        parts: List[List[str]] = [concepts_of(label, (concepts or {}).get(label)) for label in labels]
        words = {w for row in parts for concept in row for w in (concept, *concept.split('_'))}
        words |= {concept.replace('_', ' ') for row in parts for concept in row}
        vectors = read_vectors(self.file, words)
        if not vectors:
            raise ValueError(f'{self.file} has a vector for none of the labels\' words')
        size = len(next(iter(vectors.values())))
        rng, missing = np.random.default_rng(self.seed), {}

        def vector(word: str, label: str) -> np.ndarray:
            if word not in vectors:
                missing.setdefault(label, []).append(word)
                vectors[word] = (np.zeros(size) if self.missing == 'zero' else
                                 rng.normal(scale=size**-0.5, size=size)).astype(np.float32)
                absent.add(word)
            elif word in absent:
                missing.setdefault(label, []).append(word)
            return vectors[word]

        absent: Set[str] = set()
        rows = []
        for label, row in zip(labels, parts):
            means = []
            for concept in row:
                whole = [w for w in (concept, concept.replace('_', ' ')) if w in vectors and w not in absent]
                if whole and self.phrases:
                    means.append(vectors[whole[0]])
                else:
                    means.append(np.mean([vector(w, label) for w in concept.split('_')], axis=0))
            rows.append(np.sum(means, axis=0) if concepts else np.mean(means, axis=0))
        if missing and self.missing == 'error':
            listed = '; '.join(f'{label!r}: {", ".join(lost)}' for label, lost in missing.items())
            raise ValueError(f'{self.file} has no vector for words of {len(missing)} labels ({listed}): '
                             "give other vectors, or missing='zero' or 'random'")
        embedding = np.asarray(rows, dtype=np.float32)
        if self.normalize:
            norm = np.linalg.norm(embedding, axis=1, keepdims=True)
            embedding = embedding / np.where(norm > 0, norm, 1)
        return embedding


@TASK_UTILS.register_module()
class RandomEmbedding:
    """The control: seeded Gaussian vectors of expected length 1, the same for the same label count.

    Args:
        dim: F.
        seed: Seed.
    """

    def __init__(self, dim: int = 300, seed: int = 0) -> None:
        if dim < 1:
            raise ValueError(f'dim must be positive, got {dim}')
        self.dim, self.seed = dim, seed

    def build(self, labels: Sequence[str], concepts=None) -> np.ndarray:
        """float32 (N, F)."""
        rng = np.random.default_rng(self.seed)
        return rng.normal(scale=self.dim**-0.5, size=(len(labels), self.dim)).astype(np.float32)
