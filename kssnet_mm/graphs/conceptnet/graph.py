"""The registered source of A_K."""
from collections import defaultdict
from itertools import product
from typing import Dict, List, Optional, Sequence, Set, Tuple

import numpy as np
from mmengine.logging import print_log
from scipy import sparse

from kssnet_mm.registry import TASK_UTILS
from kssnet_mm.utils.io import PathLike

from ..concepts import ConceptSpec, concept_forms, read_aliases, spec_of
from ..label_graph import SPARSE_FROM, Matrix
from .assertions import AssertionsFile
from .suggestions import MOST_LABELS, MOST_NAMES, PREFIX, beginnings, suggest

# Relations that say that two concepts do not belong together.
NEGATIVE_RELATIONS = ('Antonym', 'DistinctFrom', 'NotDesires', 'NotCapableOf', 'NotHasProperty',
                      'NotUsedFor', 'NotIsA', 'NotHasA', 'NotCauses', 'NotMadeOf', 'ObstructedBy')


@TASK_UTILS.register_module()
class ConceptNetGraph:
    """[A_K]_ij = the largest weight of a relation between a concept of i and one of j (KSSNet, eq. 1).

    A label may be several concepts: with Charades' verb and object, two labels are related when their
    verbs, their objects, or the verb of one and the object of the other are. A concept that two labels
    share relates them only where ConceptNet relates it to itself.

    Args:
        file: ConceptNet's assertions (five tab-separated columns, the last one json with ``weight``),
            plain or .gz.
        aliases: A yaml file {label: concept, list of concepts, or {verb: , object: }}, for labels that
            ConceptNet calls otherwise. It wins over the concepts that a data set gives.
        relations: Names of the relations that count, ``'IsA'`` for ``/r/IsA``; None: all but
            ``exclude_relations``. ExternalURL never counts.
        exclude_relations: Default: those that say that two concepts do not belong together.
        language: Language of the concepts, by ConceptNet's code.
        self_loops: Whether a label may be related to itself.
        symmetric: Whether a relation from i to j counts from j to i too.
        progress: Show a progress bar.
    """

    def __init__(self,
                 file: PathLike,
                 aliases: Optional[PathLike] = None,
                 relations: Optional[Sequence[str]] = None,
                 exclude_relations: Sequence[str] = NEGATIVE_RELATIONS,
                 language: str = 'en',
                 self_loops: bool = False,
                 symmetric: bool = True,
                 progress: bool = True) -> None:
        for name, value in (('relations', relations), ('exclude_relations', exclude_relations)):
            if isinstance(value, str):
                raise ValueError(f'{name} must be a list of names, got {value!r}')
        if relations is not None and 'ExternalURL' in relations:
            raise ValueError('ExternalURL leads out of ConceptNet and relates no two concepts')
        if not language or '/' in language:
            raise ValueError(f"language must be a code such as 'en', got {language!r}")
        self.file, self.language = file, language
        self.relations = None if relations is None else set(relations)
        self.excluded = {'ExternalURL', *exclude_relations}
        both = sorted(self.excluded & set(relations or ()))
        if both:
            raise ValueError(f'relations {both} are excluded: leave them out, or give exclude_relations without them')
        self.self_loops, self.symmetric, self.progress = self_loops, symmetric, progress
        self.aliases: Dict[str, ConceptSpec] = {} if aliases is None else read_aliases(aliases)

    def counts(self, relation: str) -> bool:
        """Whether assertions of a relation relate labels."""
        return relation not in self.excluded and (self.relations is None or relation in self.relations)

    def build(self, labels: Sequence[str],
              concepts: Optional[Dict[str, ConceptSpec]] = None) -> Tuple[Matrix, dict]:
        """One pass over the file.

        Args:
            labels: N label names.
            concepts: Label -> its concepts, where they are not its name: a list, or Charades'
                dict(verb=, object=).

        Returns:
            (A_K float32 N x N, report). A_K is CSR from ``SPARSE_FROM`` labels on. The report has
            ``lines`` of the file, ``matches`` (lines that relate two labels), ``broken_lines``,
            ``first_broken``, and ``unmatched``: the labels none of whose concepts is in any line with
            both ends in the language, with suggestions.

        Raises:
            ValueError: The file is truncated, damaged, empty or holds no assertion.
        """
        forms = [
            [form.encode() for form in concept_forms(label, self._spec(label, concepts), self.language)]
            for label in labels
        ]
        stands_for: Dict[bytes, Set[int]] = defaultdict(set)
        for position, names in enumerate(forms):
            for name in names:
                stands_for[name].add(position)
        known, weights, matches = set(), {}, 0
        begins, concepts_near = beginnings(forms), set()
        assertions = AssertionsFile(self.file, self.language, self.progress)
        for assertion in assertions:
            pair = assertion.start, assertion.end
            for name in pair:
                if name[:PREFIX] in begins and len(concepts_near) < MOST_NAMES:
                    concepts_near.add(name)
            related = [name for name in pair if name in stands_for]
            known.update(related)
            if len(related) == 2 and self.counts(assertion.relation):
                try:
                    weights[pair] = max(weights.get(pair, 0.), assertion.weight())
                    matches += 1
                except ValueError as error:
                    assertions.count_broken(assertion.line, error)
        matrix = self._matrix(weights, stands_for, len(labels))
        lost = [i for i, names in enumerate(forms) if known.isdisjoint(names)]
        unmatched = {labels[i]: suggest(forms[i], concepts_near) if k < MOST_LABELS else [] for k, i in enumerate(lost)}
        report = dict(lines=assertions.lines, matches=matches, broken_lines=assertions.broken,
                      first_broken=assertions.first_broken, unmatched=unmatched)
        print_log(describe(report, len(labels)), logger='current')
        return matrix, report

    def _matrix(self, weights: Dict[Tuple[bytes, bytes], float], stands_for: Dict[bytes, Set[int]],
                num_labels: int) -> Matrix:
        """A_K from the largest weight of each pair of concepts, and the labels that each concept belongs to."""
        edges: Dict[Tuple[int, int], float] = {}
        for (start, end), weight in weights.items():
            for i, j in product(stands_for[start], stands_for[end]):
                if i != j or self.self_loops:
                    for edge in ((i, j), (j, i)) if self.symmetric else ((i, j), ):
                        edges[edge] = max(edges.get(edge, 0.), weight)
        rows, columns = np.array(list(edges), dtype=np.int64).reshape(-1, 2).T
        matrix = sparse.csr_array((np.array(list(edges.values()), dtype=np.float32), (rows, columns)),
                                  shape=(num_labels, num_labels))
        return matrix if num_labels >= SPARSE_FROM else matrix.toarray()

    def _spec(self, label: str, concepts: Optional[Dict[str, ConceptSpec]]) -> Optional[ConceptSpec]:
        return spec_of(label, self.aliases) or spec_of(label, concepts or {})


def describe(report: dict, num_labels: int, most: int = 20) -> str:
    """A report of :meth:`ConceptNetGraph.build` as text, for the log.

    Args:
        report: The report.
        num_labels: Number of labels, N.
        most: Unmatched labels to name.
    """
    unmatched: Dict[str, List[str]] = report['unmatched']
    rows = [f'ConceptNet: {report["lines"]:,} lines, {report["matches"]:,} relate labels; '
            f'{num_labels - len(unmatched)} of {num_labels} labels are known']
    if report['broken_lines']:
        rows.append(f'{report["broken_lines"]:,} broken lines were left out, the first ones:')
        rows += [f'  {line}' for line in report['first_broken']]
    for label, names in list(unmatched.items())[:most]:
        rows.append(f'  {label!r} is no concept' + (f'; near it: {", ".join(names)}' if names else ''))
    if len(unmatched) > most:
        rows.append(f'  and {len(unmatched) - most} more')
    if len(unmatched) > MOST_LABELS:
        rows.append(f'  (names near them were looked for of the first {MOST_LABELS} alone)')
    return '\n'.join(rows)
