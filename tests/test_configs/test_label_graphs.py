"""Which label graph each config describes, by the paper's numbers, and that no second copy stands in it."""
from pathlib import Path

import pytest
from mmengine.config import Config

from kssnet_mm.graphs.summary import find_builder_config
from kssnet_mm.registry import TASK_UTILS

ROOT = Path(__file__).resolve().parents[2]
COCO, CHARADES = (0.4, 0.02, 0.4, True, False), (0.6, 0.03, 0.4, True, False)
# (lam, tau, eta, normalize, renormalize), what the statistics are counted in, control; lam 0.4, tau 0.02, eta 0.4 of
# the paper on MS-COCO, lam 0.6, tau 0.03, eta 0.4 on Charades
EXPECTED = {
    'kssnet_r101_coco': (COCO, 'CocoLabels', None),
    'kssnet_r101_voc2007': (COCO, 'VOCLabels', None),
    'kssnet_r18_sample-coco': (COCO, 'CocoLabels', None),
    'kssnet_r18_sample-coco_identity': (COCO, 'CocoLabels', 'identity'),
    'kssnet_mobilenet-v2_coco-mini': ((1.0, 0.02, 0.4, True, False), 'LabelTable', None),
    'kssnet_mobilenet-v2_coco-8k': ((1.0, 0.02, 0.4, True, False), 'CocoLabels', None),
    'kssnet_mobilenet-v2_coco-8k_own-data': (COCO, 'LabelTable', None),
    'kssnet_mobilenet-v2_coco-8k_paper': (COCO, 'LabelTable', None),
    'kssnet_r18_sample-coco_own-data': (COCO, 'CocoLabels', None),
    'shared-weights_mobilenet-v2_coco-8k': ((1.0, 0.0, 1.0, False, False), 'CocoLabels', None),
    'shared-weights_mobilenet-v2_coco-8k_own-data': ((1.0, 0.0, 1.0, False, False), 'LabelTable', None),
    'mlgcn_r101_coco': ((1.0, 0.0, 1.0, False, False), 'CocoLabels', None),
    'kssnet_i3d_charades': (CHARADES, 'CharadesLabels', None),
    'kssnet_i3d_charades_released': ((0.6, 0.03, 0.4, True, True), 'CharadesLabels', None),
    'kssnet_i3d-r50_charades': (CHARADES, 'CharadesLabels', None),
    'kssnet_i3d_sample-charades': (CHARADES, 'CharadesLabels', None),
    'kssnet_i3d-r18_sample-charades': (CHARADES, 'CharadesLabels', None),
    'kssnet_i3d-r18_sample-charades_own-data': (CHARADES, 'CharadesLabels', None),
    'kssnet_i3d-r18_sample-charades_identity': (CHARADES, 'CharadesLabels', 'identity'),
}

# A plain backbone whose linear classifier starts at the frequencies that a graph counts.
PRIOR_ALONE = ('mobilenet-v2_coco-8k_own-data', )


@pytest.mark.parametrize('path', sorted((ROOT / 'configs').glob('*.py')), ids=lambda path: path.stem)
def test_the_graph_of_each_config(path):
    cfg = Config.fromfile(path)
    assert cfg.pretty_text.count("'LabelGraphBuilder'") == (path.stem in (*EXPECTED, *PRIOR_ALONE))
    assert 'label_graph' not in cfg
    graph = find_builder_config(cfg.to_dict())
    assert (graph is not None) == (path.stem in EXPECTED)
    if graph is None:
        return
    settings, source, control = EXPECTED[path.stem]
    builder = TASK_UTILS.build(graph)
    assert tuple(builder.values[name] for name in ('lam', 'tau', 'eta', 'normalize', 'renormalize')) == settings
    assert graph['statistical']['source']['type'] == source and graph.get('control') == control
    place = 'backbone.gcn' if 'gcn' in cfg.model.backbone else 'head.classifier'
    cfg.merge_from_dict({f'model.{place}.graph.lam': 0.2})
    assert TASK_UTILS.build(find_builder_config(cfg.to_dict())).values['lam'] == 0.2
