"""The tables of experiments: rows that run, and the paper's numbers as its text has them."""
from pathlib import Path

import numpy as np
import pytest
from mmengine.config import Config
from mmengine.registry import DefaultScope
from shared_data import shared

from kssnet_mm.evaluation.functional import score_protocols
from kssnet_mm.registry import MODELS, TASK_UTILS
from kssnet_mm.reports import read_table
from kssnet_mm.reports.table import starting_weights

ROOT = Path(__file__).resolve().parents[2]
TABLES = sorted((ROOT / 'configs/tables').glob('*.py'))
GRAPH = 'model.backbone.gcn.graph'
GRAPH_OPTIONS = ('lam', 'tau', 'control')
COCO = ('mAP', 'CP', 'CR', 'CF1', 'OP', 'OR', 'OF1')


def read(name, monkeypatch):
    monkeypatch.chdir(ROOT)  # rows name their configs from the repository's root
    return read_table(f'configs/tables/{name}.py')


@pytest.mark.parametrize('name', [path.stem for path in TABLES])
def test_every_row_has_a_config_that_takes_its_options(name, monkeypatch):
    title, protocols, rows = read(name, monkeypatch)
    known = score_protocols(np.array([[.9, .1], [.2, .8]]), np.eye(2, dtype=np.int8))
    assert title and set(protocols) <= set(known) and rows
    for row in rows:
        cfg = row.load()
        assert cfg.train_dataloader and cfg.test_evaluator and 'label_graph' not in cfg and starting_weights(cfg)
        assert '_delete_' not in cfg.pretty_text and 'ablations' not in row.config
        for key in row.options:  # an override must not invent a place
            parent, last = key.rsplit('.', 1)
            assert last in at(Config.fromfile(row.config), parent) or last in GRAPH_OPTIONS, f'{row.name}: {key}'
        assert set(row.paper) <= set(protocols) and all(20 < value < 100 for value in row.paper.values())
        if any(not key.startswith(GRAPH) for key in row.options):  # test_all_load.py builds the others' models
            build(cfg)
        elif row.options:
            TASK_UTILS.build(cfg.model.backbone.gcn.graph)
        if 'A = I' in row.name or 'shuffled' in row.name:
            gcn = cfg.model.backbone.get('gcn')
            graph = gcn.graph if gcn else cfg.model.head.classifier.graph
            assert graph.control == ('identity' if 'A = I' in row.name else 'shuffle')


def at(node, path):
    for part in path.split('.'):
        node = node[int(part) if part.isdigit() else part]
    return node


def build(cfg):
    for part in (cfg.model.backbone, cfg.model.backbone.get('backbone', {})):  # no weights are fetched
        part.pop('pretrained', None)
        part.pop('init_cfg', None)
    with DefaultScope.overwrite_default_scope(cfg.default_scope):
        MODELS.build(cfg.model)


def test_overrides_replace_and_merge(monkeypatch):
    rows = {row.name: row.load().model.backbone for row in read('controls', monkeypatch)[2]}
    assert rows['COCO, LC without GCN'].gcn.to_dict() == dict(
        type='LabelEmbedding', num_classes=80, out_channels=(256, 512, 1024, 2048))
    random, base = rows['Charades, random embeddings'].gcn.graph, rows['Charades, KSSNet'].gcn.graph
    assert random.embedding.to_dict() == dict(type='RandomEmbedding', dim=300)
    assert random.file != base.file and random.preset == base.preset and random.statistical == base.statistical
    assert tuple(rows['Charades, GCN without LC'].stages) == () and rows['COCO, labels shuffled'].gcn.graph.seed == 0


def paper_text():
    return shared('../kssnet-paper.txt').read_text()


def seven(row):
    return ' '.join(f'{row.paper[name]:.1f}' for name in COCO)


def test_tables_1_and_3_are_the_papers(monkeypatch):
    text, rows = paper_text(), {}
    for name in ('table1_coco', 'table3_graphs'):
        rows.update({(name, row.name): row for row in read(name, monkeypatch)[2]})
    for row, printed in (('ResNet-101, GAP', 'Res Net101 (He et al. 2016b) {}'),
                         ('ML-GCN', 'ML-GCN (Chen et al. 2019) {}'), ('KSSNet', 'KSSNet {}')):
        assert printed.format(seven(rows['table1_coco', row])) in text
    for row, graph in (('statistics', 'statistical'), ('knowledge', 'knowledge'), ('superimposed', 'KS')):
        image, video = (rows['table3_graphs', f'{data}, {row}'] for data in ('COCO', 'Charades'))
        printed = f'KSSNet ({graph} graph) Res Net101 {seven(image)} Inception-I3D {video.paper["mAP"]:.1f}'
        assert printed in text
    assert not rows['table1_coco', 'ResNet-101, GMP'].paper and not rows['table1_coco', 'CSRA'].paper


def test_tables_2_and_4_are_the_papers(monkeypatch):
    text = paper_text()
    rows = {row.name: row for row in read('table2_charades', monkeypatch)[2]}
    for name, printed in (('MultiScale TRN', 'Multi Scale (TR) (Zhou et al. 2018) Inception-I3D RGB Image Net {:.1f}'),
                          ('I3D', 'Inception RGB Kinetics-400 {:.1f} 108'),
                          ('ResNet-101-I3D, non-local', 'Res Net101-I3D RGB Kinetics-400 {:.1f} 544'),
                          ('SlowFast ResNet-101', 'Res Net101 RGB Kinetics-400 {:.1f} 213'),
                          ('SlowFast ResNet-101, non-local', 'Res Net101 RGB Kinetics-400 {:.1f} 234'),
                          ('KSSNet', 'KSSNet Inception-I3D RGB Image Net {:.1f} 127')):
        assert printed.format(rows[name].paper['mAP']) in text
        assert printed.split('RGB ')[1].split(' {')[0].replace(' ', '') in rows[name].paper_weights
    rows = {row.name: row.paper['mAP'] for row in read('table4_depth', monkeypatch)[2]}
    for layers, size in ((2, '172.1MB'), (3, '173.2MB'), (4, '173.8MB')):
        image, video = (rows[f'{data}, {layers} layers'] for data in ('COCO', 'Charades'))
        assert f'KSSNet ({layers} layers) Res Net101 {image} {size} Inception-I3D {video} ' in text


def test_lam_and_tau_are_the_papers(monkeypatch):
    rows = read('lam_tau_charades', monkeypatch)[2]
    values = {row.name: f'{row.paper["mAP"]:g}' for row in rows}
    lams, taus = ([values[name] for name in values if name.startswith(kind)] for kind in ('lam', 'tau'))
    for numbers in (lams, taus):
        assert 'm AP is ' + ', '.join(numbers[:-1]) + f' and {numbers[-1]}' in paper_text()
    for row in rows:
        graph = row.load().model.backbone.gcn.graph
        name, number = row.name.split()
        default = dict(lam=.6, tau=.03)[name]
        assert graph.get(name, default) == float(number) and graph.preset == 'paper_charades'
