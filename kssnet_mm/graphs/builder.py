"""From a config to a label graph, and to the file that keeps it."""
import copy
import logging
import os
from pathlib import Path
from typing import Optional, Sequence, Union

import numpy as np
from mmengine.logging import print_log
from scipy import sparse

from kssnet_mm.annotations.class_list import class_names
from kssnet_mm.registry import TASK_UTILS
from kssnet_mm.utils.labels import canonical_label

from .label_graph import SPARSE_FROM, LabelGraph, Matrix
from .presets import PRESETS
from .provenance import changed_files, comparable, describe_files, to_plain
from .superimpose import ks_graph

CONTROLS = (None, 'identity', 'shuffle')
# Parts that take minutes to build: they are stored, and never built again without the user's consent.
COSTLY = ('statistical', 'knowledge', 'embedding')
CHEAP = ('lam', 'tau', 'eta', 'normalize', 'renormalize', 'control', 'seed')


@TASK_UTILS.register_module()
class LabelGraphBuilder:
    """Builds the superimposed label graph that a config asks for, or reads it back from its file.

    Args:
        statistical: Config of A_S: ``CooccurrenceGraph``. None: the graph is A_K's alone.
        knowledge: Config of A_K: ``ConceptNetGraph``. None: the graph is A_S's alone.
        embedding: Config of E(0): ``WordVectorEmbedding`` or ``RandomEmbedding``. None: none is stored.
        labels: Labels in the order of the model's outputs, or the path of a class list (a name a line).
            None: the order of the statistical source.
        lam: Weight of the statistical graph (eq. 2). None: the preset's, or 0.4.
        tau: Edge threshold: edges lighter than this are dropped (eq. 3). None: the preset's, or 0.02.
        eta: Weight of neighbours against the label itself (eq. 4). None: the preset's, or 0.4.
        normalize: Whether the priors are normalised before they are mixed. None: the preset's, or True.
        renormalize: Whether their mix is, before the threshold. None: the preset's, or False.
        preset: ``'paper_coco'`` (the default values), ``'paper_charades'``, ``'released_charades'`` or
            ``'mlgcn'``; arguments that are given win over it.
        control: ``'identity'``: A_KS = I, a GCN with every parameter and no graph. ``'shuffle'``: the same
            graph with its labels permuted by ``seed``, embeddings in place. None: the graph itself.
        seed: Seed of the shuffle.
        file: ``.npz`` that :meth:`load_or_build` reads, and writes where it is missing.
    """

    def __init__(self,
                 statistical: Optional[dict] = None,
                 knowledge: Optional[dict] = None,
                 embedding: Optional[dict] = None,
                 labels: Optional[Union[str, os.PathLike, Sequence[str]]] = None,
                 lam: Optional[float] = None,
                 tau: Optional[float] = None,
                 eta: Optional[float] = None,
                 normalize: Optional[bool] = None,
                 renormalize: Optional[bool] = None,
                 preset: Optional[str] = None,
                 control: Optional[str] = None,
                 seed: int = 0,
                 file: Optional[Union[str, os.PathLike]] = None) -> None:
        if preset is not None and preset not in PRESETS:
            raise ValueError(f'preset must be one of {sorted(PRESETS)}, got {preset!r}')
        if control not in CONTROLS:
            raise ValueError(f'control must be one of {CONTROLS}, got {control!r}')
        values = dict(PRESETS[preset or 'paper_coco'])
        given = dict(lam=lam, tau=tau, eta=eta, normalize=normalize, renormalize=renormalize)
        given = {name: value for name, value in given.items() if value is not None}
        values.update(given)
        # A graph of one label checks the ranges with the errors of the equations themselves.
        ks_graph(np.zeros((1, 1)), None, **values)
        if statistical is None and knowledge is None and file is None and control != 'identity':
            raise ValueError('give statistical or knowledge (the config of a prior) or the file of a '
                             "graph; only control='identity' needs none")
        if control != 'identity' and (statistical is None) != (knowledge is None):
            absent, alone = ('statistical', 1) if statistical is None else ('knowledge', 0)
            if values['lam'] == alone:
                raise ValueError(f'lam={values["lam"]:g} asks for the {absent} graph alone, and '
                                 f'{absent} is None')
        if file is not None and Path(file).suffix != '.npz':
            raise ValueError(f'file must be an .npz, got {str(file)!r}')
        if labels is None and statistical is None and file is None:
            raise ValueError('without a statistical source the labels have to be given')
        self.statistical, self.knowledge, self.embedding = statistical, knowledge, embedding
        self.labels, self.file, self.control, self.seed = labels, file, control, int(seed)
        self.values = values
        # Only what the config sets itself, without the default values.
        self.given = dict(PRESETS[preset] if preset else {}, **given)

    def __repr__(self) -> str:
        return (f'{type(self).__name__}({", ".join(f"{k}={v!r}" for k, v in self.cheap().items())}, '
                f'file={self.file!r})')

    def cheap(self) -> dict:
        """The settings that can be applied to a stored graph without building it again."""
        return to_plain(dict(self.values, control=self.control, seed=self.seed))

    def costly(self) -> dict:
        """The settings whose results are stored."""
        return {name: to_plain(getattr(self, name)) for name in COSTLY}

    def label_names(self) -> Optional[list]:
        """The labels that the config asks for, None where it leaves them to the source."""
        return class_names(self.labels)

    def superimpose(self, statistical: Optional[Matrix], knowledge: Optional[Matrix],
                    num_labels: int) -> Matrix:
        """A_KS of two raw priors, with the control applied."""
        if self.control == 'identity':
            return (sparse.csr_array(sparse.identity(num_labels, dtype=np.float32, format='csr'))
                    if num_labels >= SPARSE_FROM else np.eye(num_labels, dtype=np.float32))
        adjacency = ks_graph(statistical, knowledge, **self.values)
        return self.shuffled(adjacency) if self.control == 'shuffle' else adjacency

    def shuffled(self, adjacency: Matrix) -> Matrix:
        """The adjacency with its labels permuted, which equals superimposing permuted priors."""
        order = np.random.default_rng(self.seed).permutation(adjacency.shape[0])
        return adjacency[order][:, order]

    def build(self) -> LabelGraph:
        """Build the graph from its sources; writes nothing.

        Raises:
            LabelMismatchError: The statistical source lacks some of the labels.
        """
        labels, statistical, summary = self.label_names(), None, None
        concepts, label_counts = None, None
        if self.statistical is not None:
            part = TASK_UTILS.build(self.statistical)
            labels, statistical, summary = part.build(labels)
            label_counts = summary.pop('label_counts', None)
            concepts = self._concepts(part, labels)
        if labels is None:
            raise ValueError(f'there is no graph in {str(self.file)!r} yet, and neither labels nor a '
                             'statistical source to build one from')
        knowledge, report = None, None
        if self.knowledge is not None:
            knowledge, report = TASK_UTILS.build(self.knowledge).build(labels, concepts=concepts)
        embedding = None
        if self.embedding is not None:
            embedding = TASK_UTILS.build(self.embedding).build(labels, concepts=concepts)
        meta = dict(builder=dict(comparable(self.costly()), **self.cheap()),
                    files=describe_files(dict(self.costly(), labels=self.labels)),
                    statistical=to_plain(summary), knowledge=to_plain(report))
        if self.file is not None:
            meta['file'] = os.path.basename(self.file)
        return LabelGraph(labels, self.superimpose(statistical, knowledge, len(labels)), statistical,
                          knowledge, embedding, meta, label_counts)

    def load_or_build(self) -> LabelGraph:
        """Read ``file``; build the graph, and write it there, without the control, where it is missing.

        A stored graph serves other values of lam, tau, eta, control and seed, and another order of its
        labels: they are applied in memory. Several processes may call this at once; each reads a complete
        file or writes one.

        Raises:
            ValueError: The file was built from other sources than the config names.
            LabelMismatchError: It has other labels.
        """
        if self.file is None:
            return self.build()
        return self._adapt(LabelGraph.load(self.file)) if os.path.exists(self.file) else self.rebuild()

    def rebuild(self) -> LabelGraph:
        """Build the graph and write it to ``file``, without the control, also where there is one already.

        Raises:
            LabelMismatchError: The statistical source lacks some of the labels.
        """
        stored = copy.copy(self)
        if self.statistical is not None or self.knowledge is not None:
            stored.control = None  # others name the file by its path, and want the graph
        graph = stored.build()
        graph.save(self.file)
        print_log(f'built {graph} and wrote it to {self.file}', logger='current')
        return graph if self.control is None else self._adapt(graph)

    def _adapt(self, graph: LabelGraph) -> LabelGraph:
        graph.meta['file'] = os.path.basename(self.file)
        labels = self.label_names()
        if labels is not None:
            graph = graph.reorder(labels)
        stored = graph.meta.get('builder')
        if stored is None:
            # An imported adjacency is final: only the controls can still be applied to it.
            if self.control == 'identity':
                graph.adjacency = self.superimpose(None, None, graph.num_labels)
            elif self.control == 'shuffle':
                graph.adjacency = self.shuffled(graph.adjacency)
            if self.control:
                made = dict(graph.meta.get('imported') or {}, control=self.control, seed=self.seed)
                graph.meta['imported'] = made
            return graph
        self._check_sources(stored, graph.meta.get('files', []))
        if not any(getattr(self, name) is not None for name in COSTLY):
            # The config only names the file: the file has the settings that the config leaves out.
            self.values = dict({name: stored[name] for name in self.values}, **self.given)
        else:
            # A config may ask for less than the file holds, as the ablations without a prior do.
            for name in COSTLY:
                if getattr(self, name) is None:
                    setattr(graph, name, None)
        cheap = self.cheap()
        changed = [name for name in CHEAP if stored.get(name) != cheap[name]]
        if changed:
            print_log(f'{self.file} was built with other values of {", ".join(changed)}; its adjacency is '
                      'computed again from the stored priors', logger='current')
        graph.adjacency = LabelGraph(
            graph.labels, self.superimpose(graph.statistical, graph.knowledge,
                                           graph.num_labels)).adjacency
        graph.meta['builder'] = dict(stored, **cheap)
        return graph

    def _check_sources(self, stored: dict, files: list) -> None:
        differing = [
            name for name, settings in self.costly().items()
            if settings is not None and comparable(settings) != comparable(stored.get(name))
        ]
        if differing:
            raise ValueError(
                f'{str(self.file)!r} was built from another {" and another ".join(differing)} than the '
                'config names: ' + '; '.join(f'{name}: file {stored.get(name)}, config '
                                             f'{self.costly()[name]}' for name in differing) +
                '. Delete the file to have it built again, or name another file')
        changed = changed_files(self.costly(), files)
        if changed:
            print_log(f'{self.file} was built from other versions of {", ".join(changed)}; delete it to '
                      'have it built from the present ones', logger='current', level=logging.WARNING)

    @staticmethod
    def _concepts(part, labels: Sequence[str]) -> Optional[dict]:
        """The source's concepts by the labels as the graph spells them."""
        concepts = getattr(getattr(part, 'source', None), 'concepts', lambda: None)()
        if concepts is None:
            return None
        by_name = {canonical_label(label): value for label, value in concepts.items()}
        return {label: by_name[canonical_label(label)] for label in labels
                if canonical_label(label) in by_name}
