"""The preset for data of one's own, trained for an epoch on the sample data."""
import numpy as np
import torch
from conftest import QUICK, ROOT

from kssnet_mm.graphs import LabelGraph

TRAIN = ROOT / 'tools/train.py'
VIDEO = ROOT / 'configs/kssnet_i3d-r18_sample-charades_own-data.py'


def losses_and_entropy(said, file):
    frequencies = LabelGraph.load(file).frequencies
    entropy = -np.mean(frequencies * np.log(frequencies) + (1 - frequencies) * np.log(1 - frequencies))
    return [float(line.split('loss: ')[1].split()[0]) for line in said.splitlines() if 'Epoch(train)' in line], entropy


def test_images_start_at_the_prior(run_here, workspace):
    """The first steps are at the bottom of the warm-up: their loss is the entropy of the frequencies."""
    said = run_here(TRAIN, ROOT / 'configs/kssnet_r18_sample-coco_own-data.py', '--work-dir', 'work',
                    '--cfg-options', *QUICK, 'default_hooks.logger.interval=1',
                    'param_scheduler.0.end=1', 'param_scheduler.1.begin=0')
    losses, entropy = losses_and_entropy(said, workspace / 'data/sample/label_graph_coco_conditional.npz')
    assert len(losses) == 3 and np.mean(losses) < 1.1 * entropy, (losses, entropy)
    saved = torch.load(next((workspace / 'work').rglob('epoch_1.pth')), map_location='cpu')
    assert 'module.head.classifier.fc.bias' in saved['ema_state_dict']


def test_videos_start_at_the_prior(run_here, workspace):
    """Mixed as well: a mixture of targets has the frequencies of its parts."""
    file = 'data/sample/label_graph_charades_conditional.npz'
    said = run_here(TRAIN, VIDEO, '--work-dir', 'work', '--cfg-options', *QUICK, 'default_hooks.logger.interval=1',
                    'param_scheduler.1.begin=0', 'model.data_preprocessor.blending.type=MaskedBlending',
                    'model.data_preprocessor.blending.blending.type=mmaction.MixupBlending',
                    'model.data_preprocessor.blending.blending.num_classes=12')
    losses, entropy = losses_and_entropy(said, workspace / file)
    assert len(losses) == 1 and losses[0] < 1.1 * entropy, (losses, entropy)
