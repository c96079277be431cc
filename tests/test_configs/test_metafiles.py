"""model-index.yml and its metafiles: every config once, with the numbers that the tools count and the docs have."""
import re

import modelindex
import pytest
import torch
from mmengine.config import Config
from mmengine.registry import MODELS, DefaultScope
from shared_data import ROOT

from kssnet_mm.reports import read_table
from kssnet_mm.reports.complexity import count_parts

INDEX = modelindex.load(str(ROOT / 'model-index.yml'))
ENTRIES = {model.config: model for model in INDEX.models}
# Counted again here; the others take minutes. A change of a config changes the parameters too.
QUICK = ('mobilenet', 'r18')


def test_every_config_is_listed_once():
    configs = sorted(f'configs/{path.name}' for path in (ROOT / 'configs').glob('*.py'))
    listed = sorted(model.config for model in INDEX.models)
    assert listed == configs, 'list each config in configs/metafiles; tools/analysis_tools/get_flops.py has the numbers'
    assert all(model.config == f'configs/{model.name}.py' for model in INDEX.models)
    assert {model.in_collection for model in INDEX.models} == {found.name for found in INDEX.collections}


@pytest.mark.parametrize('config', ENTRIES)
def test_the_numbers_are_those_of_the_model(config):
    entry = ENTRIES[config]
    metadata = entry.metadata.data
    cfg = Config.fromfile(ROOT / config)
    (cfg.model.backbone.get('backbone') or cfg.model.backbone).pop('pretrained', None)
    with DefaultScope.overwrite_default_scope(cfg.default_scope):
        model = MODELS.build(cfg.model).eval()
    assert metadata['Parameters'] == sum(p.numel() for p in model.parameters())
    shape = tuple(map(int, metadata['Input'].split('x')))
    assert (len(shape) == 4) == ('cls_head' in cfg.model)
    assert [result.task for result in entry.results] == [
        'Multi-Label Action Recognition' if len(shape) == 4 else 'Multi-Label Classification']
    if any(word in config for word in QUICK):
        with torch.no_grad():
            assert metadata['FLOPs'] == count_parts(model, torch.zeros(1, *shape))[-1].macs


def test_results_are_marked_and_known():
    """A published mAP stands in the tables of the paper, a measured one in the docs."""
    published = {row.config: row.paper['mAP'] for name in ('table1_coco', 'table2_charades')
                 for row in read_table(str(ROOT / f'configs/tables/{name}.py'))[2] if row.paper}
    measured = set(re.findall(r'([\d.]+) ±', (ROOT / 'docs/experiments.md').read_text(encoding='utf-8')))
    found = {}
    for model in INDEX.models:
        for result in model.results:
            for name, value in (result.metrics or {}).items():
                assert name in ('mAP (published)', 'mAP (measured)')
                if name == 'mAP (published)':
                    found[model.config] = value
                else:
                    assert str(value) in measured
    assert found == published
