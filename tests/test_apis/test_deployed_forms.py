"""The inferencer on what a trained model is deployed to: equal scores."""
import numpy as np
import pytest
import torch
from packaging.version import Version
from PIL import Image
from test_inferencer import scores
from tiny_models import CLASSES, make, picture, write_clip

from kssnet_mm.apis import MultiLabelInferencer
from kssnet_mm.converters import save_state_dict
from kssnet_mm.deploy import switch_to_deploy
from kssnet_mm.deploy.configs import deployed_config, stock_config
from kssnet_mm.deploy.export import export_model
from kssnet_mm.deploy.load import build_trained, load_for_export

needs_exporter = pytest.mark.skipif(Version(torch.__version__) < Version('2.6'),
                                    reason="torch's current exporter needs torch >= 2.6")


def model_and_inputs(folder, video, **settings):
    cfg, weights = make(folder, video=video, **settings)
    path = folder / ('a.mp4' if video else 'a.png')
    if video:
        write_clip(path)
    else:
        Image.fromarray(picture()).save(path)
    expected = scores(MultiLabelInferencer(cfg, weights, 'cpu', show_progress=False)(str(path), all_scores=True))
    assert np.ptp(expected) > 0.01
    return cfg, weights, str(path), expected


@pytest.mark.parametrize('video', [False, True], ids=['image', 'video'])
@pytest.mark.parametrize('write', [deployed_config, stock_config])
def test_inference_forms(tmp_path, video, write):
    # the first connection of an inflated ResNet cannot be folded
    stages = ('layer2', 'layer3') if video else ('layer1', 'layer2', 'layer3')
    cfg, weights, path, expected = model_and_inputs(tmp_path, video, stages=stages)
    model = switch_to_deploy(build_trained(cfg, weights)[0].double()).float()
    new, state = write(cfg, model)
    new.setdefault('test_dataloader', cfg.test_dataloader)  # a stock config leaves out a pipeline with a step of ours
    save_state_dict(state, str(tmp_path / 'deployed.pth'), dataset_meta=dict(classes=CLASSES), deployed=True)
    inferencer = MultiLabelInferencer(new, str(tmp_path / 'deployed.pth'), 'cpu', show_progress=False)
    found = inferencer(path, all_scores=True)
    np.testing.assert_allclose(scores(found), expected, atol=2e-5)


@needs_exporter
@pytest.mark.parametrize('ending', ['onnx', 'pt2'])
@pytest.mark.parametrize('video', [False, True], ids=['image', 'video'])
def test_exported_files(tmp_path, video, ending):
    cfg, weights, path, expected = model_and_inputs(tmp_path, video)
    model, shape, classes, described = load_for_export(cfg, weights)
    export_model(model, str(tmp_path / f'model.{ending}'), shape, classes, described)
    inferencer = MultiLabelInferencer(tmp_path / f'model.{ending}', show_progress=False)
    found = inferencer([path, path], batch_size=2, all_scores=True)
    np.testing.assert_allclose(scores(found), expected.repeat(2, axis=0), atol=1e-4)
    assert inferencer.classes == CLASSES and inferencer.rule.thresholds.tolist() == [0.5] * 4
    if not video:
        np.testing.assert_allclose(scores(inferencer(Image.open(path), all_scores=True)), expected, atol=1e-4)
