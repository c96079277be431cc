"""mmaction2's own ways to predict work with our video configs, and see the frames that our test pipeline takes."""
import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from mmaction.apis import MMAction2Inferencer, inference_recognizer, init_recognizer
from mmengine.config import Config
from mmengine.registry import MODELS, DefaultScope
from shared_data import ROOT

from kssnet_mm.apis import MultiLabelInferencer
from kssnet_mm.converters import save_state_dict
from kssnet_mm.datasets.sample import make_sample_data

VIDEOS = sorted(path for path in (ROOT / 'configs').glob('*charades*.py'))


@pytest.mark.parametrize('path', VIDEOS, ids=lambda path: path.stem)
def test_every_video_config_names_its_test_pipeline(path):
    cfg = Config.fromfile(path)
    assert cfg.test_pipeline == cfg.test_dataloader.dataset.pipeline


@pytest.fixture(scope='module')
def trained(tmp_path_factory):
    """(config, checkpoint, video): the sample config of a video KSSNet, narrow and with random weights."""
    folder = tmp_path_factory.mktemp('stock')
    make_sample_data(str(folder / 'sample'), sizes=dict(images_train=2, images_val=2, videos_train=2, videos_test=2),
                     progress=False)
    config = folder / 'narrow.py'
    config.write_text(f"""
_base_ = {str(ROOT / 'configs/kssnet_i3d-r18_sample-charades.py')!r}
model = dict(backbone=dict(backbone=dict(base_channels=4), gcn=dict(graph=None, out_channels=(4, 8, 16, 32))),
             cls_head=dict(in_channels=32))
""")
    cfg = Config.fromfile(config)
    torch.manual_seed(0)
    with DefaultScope.overwrite_default_scope('mmaction'):
        model = MODELS.build(cfg.model)
    model.init_weights()
    torch.nn.init.normal_(model.cls_head.classifier.fc.weight)
    names = [f'action {i}' for i in range(12)]
    save_state_dict(model.state_dict(), str(folder / 'model.pth'), dataset_meta=dict(classes=names))
    video = next((folder / 'sample/charades/videos').iterdir())
    return str(config), str(folder / 'model.pth'), str(video)


def scores_of(sample):
    return (sample.pred_score if 'pred_score' in sample else sample.pred_scores.item).numpy()


def test_stock_inferencers_give_our_scores(trained):
    config, checkpoint, video = trained
    ours = MultiLabelInferencer(config, checkpoint, 'cpu', show_progress=False)(video, return_datasamples=True)
    expected = scores_of(ours['predictions'][0])
    assert expected.shape == (12, ) and np.ptp(expected) > .1
    found = MMAction2Inferencer(config, checkpoint, device='cpu')(video)
    np.testing.assert_allclose(found['predictions'][0]['rec_scores'][0], expected, atol=1e-5)
    recognized = inference_recognizer(init_recognizer(config, checkpoint, device='cpu'), video)
    np.testing.assert_allclose(scores_of(recognized), expected, atol=1e-5)


def test_mmaction2_first(tmp_path):
    """Its 1.2.0 wheel cannot be imported alone; kssnet_mm mends that, even after the failure."""
    code = 'try:\n    import mmaction.models\nexcept ModuleNotFoundError:\n    print("failed")\n'
    done = subprocess.run([sys.executable, '-c', code + 'import kssnet_mm\nimport mmaction.models\nprint("imported")'],
                          cwd=tmp_path, text=True, capture_output=True, timeout=600,
                          env=dict(os.environ, PYTHONPATH=str(ROOT), OMP_NUM_THREADS='1'))
    assert done.stdout.endswith('imported\n'), done.stderr
