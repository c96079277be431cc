"""The knowledge graph A_K from ConceptNet's assertions."""
import difflib
import gzip
import json
import os
import zlib
from collections import defaultdict
from typing import Dict, Iterator, Optional, Sequence, Tuple, Union

import numpy as np
import yaml
from rich.progress import Progress

from kssnet_mm.registry import TASK_UTILS

from .concepts import ConceptSpec, concepts_of, normalize_concept, singular_forms

# Relations that say that two concepts do not belong together; ExternalURL links no concepts.
NEGATIVE_RELATIONS = ('Antonym', 'DistinctFrom', 'NotDesires', 'NotCapableOf', 'NotHasProperty',
                      'NotUsedFor', 'NotIsA', 'NotHasA', 'NotCauses', 'NotMadeOf', 'ObstructedBy')


def concept_name(node: bytes) -> bytes:
    """``/c/en/dog/n/wn/animal`` -> ``dog``: language and sense are left out."""
    return node.split(b'/', 4)[3]


def read_assertions(file: Union[str, os.PathLike]) -> Iterator[Tuple[int, bytes]]:
    """Numbered lines of a plain or gzip-compressed assertions file.

    Raises:
        ValueError: The compressed file is truncated or damaged; names it and the last good line.
    """
    opener = gzip.open if str(file).endswith('.gz') else open
    number = 0
    try:
        with opener(file, 'rb') as stream:
            for number, line in enumerate(stream, 1):
                yield number, line
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ValueError(f'{file} is truncated or damaged after line {number} ({error}): fetch it '
                         'again') from error


@TASK_UTILS.register_module()
class ConceptNetGraph:
    """[A_K]_ij = the largest weight of a relation between labels i and j, eq. 1 of the paper.

    Args:
        file: ConceptNet's assertions (five tab-separated columns, the last one json with
            ``weight``), plain or .gz.
        aliases: A yaml file {label: concept or list of concepts}, for labels that ConceptNet calls
            otherwise.
        relations: Names of the relations that count; None: all but ``exclude_relations``.
        exclude_relations: Default: those that say that two concepts do not belong together.
        language: Of the concepts, 'en'.
        self_loops: Whether a label may be related to itself.
        symmetric: Whether a relation from i to j counts from j to i too.
        progress: Show a progress bar.
    """

    def __init__(self,
                 file: Union[str, os.PathLike],
                 aliases: Optional[str] = None,
                 relations: Optional[Sequence[str]] = None,
                 exclude_relations: Sequence[str] = NEGATIVE_RELATIONS,
                 language: str = 'en',
                 self_loops: bool = False,
                 symmetric: bool = True,
                 progress: bool = True) -> None:
        if relations is not None and 'ExternalURL' in relations:
            raise ValueError('ExternalURL leads out of ConceptNet and relates no two concepts')
        self.file, self.language = file, language
        self.relations = None if relations is None else set(relations)
        self.excluded = {'ExternalURL', *exclude_relations}
        self.self_loops, self.symmetric, self.progress = self_loops, symmetric, progress
        self.aliases: Dict[str, ConceptSpec] = {}
        if aliases is not None:
            with open(aliases, encoding='utf-8') as stream:
                table = yaml.safe_load(stream) or {}
            self.aliases = {k: [v] if isinstance(v, str) else v for k, v in table.items()}

    def _label_concepts(self, labels: Sequence[str], concepts: Optional[dict]) -> Dict[bytes, set]:
        """Concept -> positions of the labels that it stands for, plurals' singulars included."""
        index = defaultdict(set)
        for position, label in enumerate(labels):
            spec = self.aliases.get(label, (concepts or {}).get(label))
            for concept in concepts_of(label, spec):
                for form in (concept, *singular_forms(concept)):
                    index[form.encode()].add(position)
        return index

    def build(self, labels: Sequence[str], concepts: Optional[Dict[str, ConceptSpec]] = None):
        """One pass over the file.

        Args:
            labels: N label names.
            concepts: Label -> its concepts, where they are not its name: a list, or Charades'
                dict(verb=, object=).

        Returns:
            (A_K float32 N x N, report): the report counts lines, matches and broken lines, and lists
            the labels that matched nothing with concepts that look like them.
        """
        index = self._label_concepts(labels, concepts)
        matrix = np.zeros((len(labels), len(labels)), dtype=np.float32)
        prefix = f'/c/{self.language}/'.encode()
        middle = b'\t' + prefix
        seen, vocabulary, bad = set(), set(), []
        lines = matches = 0
        with Progress(disable=not self.progress, transient=True) as bar:
            task = bar.add_task('ConceptNet', total=None)
            for number, line in read_assertions(self.file):
                lines = number
                if number % 200_000 == 0:
                    bar.update(task, description=f'ConceptNet: {number:,} lines, {matches:,} matches')
                if line.count(b'\t') != 4:
                    bad.append((number, 'not five columns'))
                    continue
                if line.count(middle) < 2:
                    continue
                _, relation, start, end, details = line.split(b'\t')
                if not (start.startswith(prefix) and end.startswith(prefix)):
                    continue
                first, second = concept_name(start), concept_name(end)
                rows, columns = index.get(first), index.get(second)
                seen.update(c for c, found in ((first, rows), (second, columns)) if found)
                if len(vocabulary) < 200_000:
                    vocabulary.update((first, second))
                if not rows or not columns:
                    continue
                name = relation.rsplit(b'/', 1)[-1].decode('utf-8', 'replace')
                if name in self.excluded or (self.relations is not None and name not in self.relations):
                    continue
                try:
                    weight = float(json.loads(details)['weight'])
                except (ValueError, KeyError, TypeError) as error:
                    bad.append((number, f'no json with a weight ({error})'))
                    continue
                matches += 1
                for i in rows:
                    for j in columns:
                        if i == j and not self.self_loops:
                            continue
                        matrix[i, j] = max(matrix[i, j], weight)
        if self.symmetric:
            matrix = np.maximum(matrix, matrix.T)
        return matrix, self._report(labels, index, seen, vocabulary, lines, matches, bad)

    def _report(self, labels, index, seen, vocabulary, lines, matches, bad) -> dict:
        found = set().union(*(index[concept] for concept in seen)) if seen else set()
        known = [name.decode('utf-8', 'replace') for name in vocabulary]
        unmatched = {
            labels[i]: difflib.get_close_matches(normalize_concept(labels[i]), known, n=3)
            for i in range(len(labels)) if i not in found
        }
        return dict(lines=lines, matches=matches, unmatched=unmatched, broken_lines=len(bad),
                    first_broken=[f'{self.file}:{number}: {why}' for number, why in bad[:5]])
