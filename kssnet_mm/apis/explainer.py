"""Why a model predicted what it did, as pictures and a json."""
import json
import os
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np
import torch
from mmengine.dataset import pseudo_collate

from kssnet_mm.deploy.switch import Network, head_of
from kssnet_mm.models.heads.graph_linear_classifier import GraphLinearClassifier
from kssnet_mm.models.heads.label_graph_classifier import LabelGraphClassifier
from kssnet_mm.models.label_gcn import LabelGCN
from kssnet_mm.models.label_graph_backbone import LabelGraphBackbone
from kssnet_mm.utils.io import PathLike, write_atomically
from kssnet_mm.utils.labels import match_labels
from kssnet_mm.visualization.explanations import draw_label_maps, draw_shares, draw_what_if

from .decision import make_rule
from .drawing import draw_prediction
from .explanation.activation_maps import over_frames
from .explanation.edge_origins import edge_origins
from .explanation.geometry import seen_box, seen_frames
from .explanation.grad_cam import grad_cam as grad_cam_maps
from .explanation.label_maps import label_maps
from .explanation.label_shares import label_shares, shared_weights
from .explanation.map_entries import add_maps
from .explanation.model_graph import (NO_GRAPH, described_graph, gcn_of, graph_of, normalized, read_graph,
                                      without_folder)
from .explanation.pictures import Pictures
from .explanation.record import Recorded, recording
from .explanation.what_if import another_adjacency, drop_edges
from .inferencer import MultiLabelInferencer, Thr
from .prediction import Prediction, choose_labels

# Labels that are explained where none are named, and changes that a what-if shows.
MOST_LABELS, MOST_CHANGES = 5, 12


def explain(inferencer: MultiLabelInferencer, source: Any, out_dir: PathLike, labels: Optional[Sequence[str]] = None,
            graph: Optional[PathLike] = None, lam: Optional[float] = None, tau: Optional[float] = None,
            eta: Optional[float] = None, drop: Sequence[Tuple[str, str]] = (), grad_cam: bool = False,
            layer: Optional[str] = None, thr: Optional[Thr] = None) -> dict:
    """Explain one prediction. This explains the model, not the world.

    Args:
        inferencer: The inferencer of a trained model of ours, or of its deployed form, which has no graph.
        source: One image or one video, whatever the inferencer takes.
        out_dir: Folder for the pictures and ``explanation.json``.
        labels: Names of the labels that are explained. None: the predicted ones, at most five; the three of the
            highest scores where none is predicted.
        graph: The label graph's file, if it is not the one that the config names.
        lam, tau, eta: Other settings of the label graph: what would the model predict?
        drop: Pairs of labels whose edges are left out, in the same way.
        grad_cam: Whether Grad-CAM is drawn too, by the package ``grad-cam``.
        layer: The module of the backbone that Grad-CAM looks at. None: the last one that gives a feature map.
        thr: Decision threshold in the place of the inferencer's own, as for a call of it.

    Returns:
        What the json holds: ``prediction``, ``labels``, ``connections``, ``what_if``, ``notes`` and ``pictures``.

    Raises:
        ValueError: The input cannot be read, a label is none of the model's, the model is of another kind, or the
            graph is not the model's; says which.
    """
    return Explanation(inferencer, source, out_dir, labels, graph, thr).make(
        dict(lam=lam, tau=tau, eta=eta), list(drop), grad_cam, layer)


class Explanation:
    """One input on its way to its explanation; arguments as of :func:`explain`."""

    def __init__(self, inferencer: MultiLabelInferencer, source: Any, out_dir: PathLike,
                 labels: Optional[Sequence[str]], graph: Optional[PathLike], thr: Optional[Thr]) -> None:
        if inferencer.exported or not hasattr(head_of(inferencer.model), 'classifier'):
            raise ValueError('an exported or stock model, and a head of another package, cannot be looked into: '
                             'explain the model that it was made from, or one with a KSSNet head')
        self.inferencer, self.model, self.classes = inferencer, inferencer.model, inferencer.classes
        self.video, self.out_dir = inferencer.is_video, os.fspath(out_dir)
        self.rule = inferencer.rule if thr is None else make_rule(thr, None, self.classes)
        self.classifier, self.backbone = head_of(self.model).classifier, self.model.backbone
        self.notes: List[str] = []
        self.pictures = Pictures(self.out_dir)
        sources = inferencer._inputs_to_list(source)
        if len(sources) != 1:
            raise ValueError(f'one image or video is explained at a time, these are {len(sources)}')
        self.data, self.shown = inferencer.pipeline(sources[0], keep=True)
        self.recorded, scores = self._predict()
        self.prediction = self._decide(sources[0].id, scores)
        self.chosen = self._choose(labels)
        self.graph, self._graph_settings = None, graph or described_graph(inferencer.cfg)

    def _predict(self) -> Tuple[Recorded, np.ndarray]:
        with recording(self.backbone, self.classifier) as recorded:
            scores = self.inferencer._run([self.data])[0]
        if not np.isfinite(scores).all():
            raise ValueError('the model gives scores that are no numbers (NaN)')
        return recorded, scores

    def _decide(self, name: str, scores: np.ndarray) -> Prediction:
        return Prediction(name, self.classes, scores, self.rule.thresholds, choose_labels(scores, *self.rule))

    def _choose(self, labels: Optional[Sequence[str]]) -> List[int]:
        if labels:
            return match_labels(labels, self.classes, subset=True, where='the model').tolist()
        return self.prediction.labels[:MOST_LABELS] or np.argsort(-self.prediction.scores)[:3].tolist()

    @property
    def gcn(self) -> Optional[LabelGCN]:
        """The model's GCN; None of plain and deployed models and of the control without a graph."""
        return gcn_of(self.model)

    def make(self, changes: Dict[str, Optional[float]], drop: list, use_grad_cam: bool, layer: Optional[str]) -> dict:
        """Everything, written."""
        changed = {name: value for name, value in changes.items() if value is not None}
        os.makedirs(self.out_dir, exist_ok=True)
        self._read_graph(required=bool(changed or drop))
        # first what may find something wrong: then no picture is written
        cams = self._grad_cam(layer) if use_grad_cam else []
        what_if = self._what_if(changed, drop) if changed or drop else None
        entries = [dict(self.prediction.row(i), predicted=i in self.prediction.labels,
                        logit=round(float(self.recorded.logits[:, i].mean()), 6)) for i in self.chosen]
        draw_prediction(self.prediction, self.shown, self.pictures.path('prediction'))
        box = None if self.video else seen_box(self.inferencer.pipeline, *self.shown[0].shape[:2])
        self.pictures.draw_on(seen_frames(self.data['inputs']), self.video, self.shown[0], box)
        self.notes += add_maps(entries, self.chosen, self.classifier, self.recorded.features, self.pictures)
        self._shares(entries)
        connections = self._connections()
        for label, values in cams:
            self.pictures.draw_map(values, f'{label}: Grad-CAM', self.pictures.path('gradcam', label),
                                   'share of the largest, in [0, 1]')
        found = dict(prediction=self.prediction.as_dict(all_scores=True), labels=entries, connections=connections,
                     what_if=what_if, notes=self.notes, pictures=self.pictures.names)
        self.pictures.remove_others('explanation.json')
        write_atomically(os.path.join(self.out_dir, 'explanation.json'), json.dumps(found, indent=1))
        return found

    @torch.no_grad()
    def _connections(self) -> Dict[str, dict]:
        found = {}
        if isinstance(self.backbone, LabelGraphBackbone) and self.backbone.deployed:
            self.notes.append('a deployed model keeps no label embeddings: explain the trained one to see what its '
                              'connections looked for and which label pulled which')
        for stage, (x, embedding) in self.recorded.stages.items():
            maps = over_frames(label_maps(x, embedding, self.backbone.connection(stage).channel_axis))
            if maps is None:
                self.notes.append(f'the tokens after {stage} fill no square, so that their maps cannot be drawn')
                continue
            values = {self.classes[i]: maps[i].float().cpu().numpy() for i in self.chosen}
            middle = {label: part[len(part) // 2] for label, part in values.items()}
            count = len(self.pictures.frames)
            when = f', frame {count // 2 + 1} of {count}' if self.video else ''
            draw_label_maps(self.pictures.photograph, middle, f'What the lateral connection after {stage} looked for{when}',
                            self.pictures.path('connection', stage), self.pictures.box)
            found[stage] = {label: dict(size=list(part.shape), mean=float(part.mean()), lowest=float(part.min()),
                                        highest=float(part.max())) for label, part in values.items()}
        return found

    @torch.no_grad()
    def _shares(self, entries: List[dict]) -> None:
        classifier, features = self.classifier, self.recorded.features
        if isinstance(classifier, GraphLinearClassifier):
            shares, links, graph, rest = shared_weights(classifier, features), classifier.sharing, None, 'bias'
        elif isinstance(classifier, LabelGraphClassifier) and self.gcn is not None:
            shares, links = label_shares(self.gcn, classifier, classifier.pooled(features)), self.gcn.propagation
            graph, rest = self.graph, 'linear layer and bias'
        else:
            return
        note = 'they add up to it' if shares.exact else 'how far it falls without the edge'
        for entry, i in zip(entries, self.chosen):
            neighbours = links[i].nonzero().flatten().cpu().numpy()
            rows = [dict(label=self.classes[j], share=float(shares.by_label[i, j]), origin=origin)
                    for j, origin in zip(neighbours, edge_origins(graph, i, neighbours))]
            rows.sort(key=lambda row: -abs(row['share']))
            rows.append(dict(label=rest, share=float(shares.rest[i]), origin='rest'))
            entry['shares'] = dict(exact=shares.exact, rows=rows)
            title = f'{entry["label"]}: logit {entry["logit"]:.2f}'
            draw_shares(rows, title, self.pictures.path('pulls', entry['label']), note)

    def _grad_cam(self, layer: Optional[str]) -> List[tuple]:
        """(name, map) of each explained label."""
        x = self.model.data_preprocessor(pseudo_collate([self.data]), False)['inputs']
        x = x.flatten(0, 1) if self.video else x
        maps = grad_cam_maps(Network(self.model), x, self.chosen, layer)
        return [(self.classes[i], values) for i, values in zip(self.chosen, maps)]

    def _read_graph(self, required: bool) -> None:
        if self.gcn is None:
            if required:
                raise ValueError(NO_GRAPH)
            return
        if required and getattr(self.classifier, 'graph_buffers', ()):
            raise ValueError('what-if changes the graph of the GCN alone, and the '
                             f'{type(self.classifier).__name__} has one of its own: train with the other graph to '
                             'compare them')
        try:
            self.graph = graph_of(self.inferencer, self._graph_settings)
        except ValueError as error:
            self.graph = None
            if required:
                raise
            self.notes.append(f'the origin of edges is unknown: {without_folder(error, self._graph_settings)}')

    @torch.no_grad()
    def _what_if(self, changed: Dict[str, float], drop: list) -> dict:
        other = read_graph(self._graph_settings, self.classes, **changed) if changed else self.graph
        adjacency = drop_edges(other.dense(), drop, self.classes)
        with another_adjacency(self.gcn, normalized(self.gcn, adjacency)):
            recorded, scores = self._predict()
        before, after = self.prediction, self._decide(self.prediction.id, scores)
        rows = [dict(label=self.classes[i], before=float(before.scores[i]), after=float(after.scores[i]),
                     logit_before=float(self.recorded.logits[:, i].mean()),
                     logit_after=float(recorded.logits[:, i].mean()),
                     threshold=before.row(i)['threshold']) for i in range(len(self.classes))]
        shown = sorted(rows, key=lambda row: -abs(row['after'] - row['before']))[:MOST_CHANGES]
        text = [f'{name} = {value:g}' for name, value in changed.items()] + [f'no edge {a} – {b}' for a, b in drop]
        draw_what_if(shown, 'What if ' + ', '.join(text) + '?', self.pictures.path('what_if'))
        names = [set(np.array(self.classes, dtype=object)[p.labels]) for p in (before, after)]
        return dict(changes=changed, dropped=[list(pair) for pair in drop], scores=rows,
                    appears=sorted(names[1] - names[0]), disappears=sorted(names[0] - names[1]))
