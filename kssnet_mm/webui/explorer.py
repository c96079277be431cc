"""The model behind the page, which all visitors share and one at a time uses."""
import logging
import os
import shutil
import tempfile
import threading
from dataclasses import replace
from typing import Dict, List, Optional, Sequence, Tuple

from kssnet_mm.apis.explainer import explain
from kssnet_mm.apis.explanation.model_graph import described_graph, graph_of, without_folder
from kssnet_mm.apis.inferencer import MultiLabelInferencer
from kssnet_mm.apis.inputs import list_sources
from kssnet_mm.graphs.label_graph import LabelGraph
from kssnet_mm.graphs.summary import settings_of
from kssnet_mm.utils.io import PathLike
from kssnet_mm.visualization.label_graph_network import Drawing, drawing_of

from .files import label_folder, picture_of
from .visit import Visit, first_label

SETTINGS = ('lam', 'tau', 'eta')


class Explorer:
    """Predicts and explains for visitors; keeps nothing of theirs but in their own folders.

    Args:
        inferencer: The model.
        root: A folder for the visitors' folders.
        graph: The label graph's file, if it is not the one that the config names.

    Attributes:
        graph: The label graph; None where there is none to look at, and ``no_graph`` says why.
        settings: lam, tau and eta that the graph was made with; empty where they cannot be changed.
        drawing: The laid-out network of the graph, or None.
    """

    def __init__(self, inferencer: MultiLabelInferencer, root: PathLike, graph: Optional[PathLike] = None) -> None:
        self.inferencer, self.root, self._described = inferencer, os.fspath(root), graph
        # what-if exchanges the adjacency of the one model for a while
        self._lock = threading.Lock()
        self.graph: Optional[LabelGraph] = None
        self.drawing: Optional[Drawing] = None
        self.no_graph = ''
        try:
            self.graph = graph_of(inferencer, graph)
            self.drawing = drawing_of(self.graph)
        except ValueError as error:
            self.no_graph = without_folder(error, graph or described_graph(inferencer.cfg))
        known = settings_of(self.graph) if self.graph is not None and 'builder' in self.graph.meta else None
        self.settings: Dict[str, float] = {name: float(known[name]) for name in SETTINGS} if known else {}

    @property
    def edges(self) -> List[Tuple[str, str]]:
        """Pairs of labels with an edge, the heaviest first."""
        if self.drawing is None:
            return []
        labels, edges = self.drawing.labels, self.drawing.edges
        return [(labels[i], labels[j]) for i, j in zip(edges.first.tolist(), edges.second.tolist())]

    def predict(self, path: str) -> Visit:
        """The visit that begins with a file.

        Raises:
            ValueError: It is of the wrong kind or broken; says which, by the file's name alone.
        """
        with self._lock:
            item = next(self.inferencer.preprocess(list_sources(path, self.inferencer.is_video), keep=True))[0]
            prediction = self.inferencer.forward([item])[0]
        if prediction is None:
            raise ValueError(self._readable(item.fault, path))
        folder, name = tempfile.mkdtemp(dir=self.root), os.path.basename(path)
        picture_of(item.pictures).save(os.path.join(folder, 'seen.png'))
        # a copy, because the page keeps one upload for all who bring the same file
        kept = os.path.join(folder, 'input', name)
        os.mkdir(os.path.dirname(kept))
        shutil.copyfile(path, kept)
        return Visit(kept, folder, replace(prediction, id=name), first_label(prediction))

    def explain(self, visit: Visit) -> dict:
        """The explanation of the visit's selected label, whose pictures are in :func:`label_folder`.

        Raises:
            ValueError: The model cannot be looked into; says why.
        """
        return self._explain(visit, label_folder(visit))

    def what_if(self, visit: Visit, values: Dict[str, float], drop: Sequence[Tuple[str, str]]) -> dict:
        """What another label graph would change; ``what_if`` of an explanation.

        Args:
            visit: With a prediction.
            values: lam, tau and eta; those of the graph itself change nothing.
            drop: Pairs of labels whose edges are left out.

        Raises:
            ValueError: Nothing is changed, or the graph cannot be computed with it; says why.
        """
        changed = {name: value for name, value in values.items() if abs(value - self.settings[name]) > 1e-9}
        if not changed and not drop:
            raise ValueError('Nothing is changed yet. Move lam, tau or eta, or choose an edge to leave out.')
        return self._explain(visit, os.path.join(visit.folder, 'what_if'), drop=drop, **changed)['what_if']

    def _explain(self, visit: Visit, folder: str, **changes) -> dict:
        found = visit.prediction
        try:
            with self._lock:
                return explain(self.inferencer, visit.path, folder, [found.classes[visit.selected]], self._described,
                               thr=found.thresholds, **changes)
        except ValueError as error:
            raise ValueError(self._readable(str(error), visit.path)) from error
        except Exception:
            logging.getLogger(__name__).exception('an explanation failed')
            raise ValueError('The explanation failed; the terminal of the page says more.') from None

    @staticmethod
    def _readable(fault: str, path: str) -> str:
        """A fault with the file's name in the place of its path on this machine."""
        return fault.replace(path, os.path.basename(path))
