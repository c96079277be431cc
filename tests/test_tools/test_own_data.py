"""The preset for data of one's own, trained for an epoch on the sample images."""
import numpy as np
import torch
from conftest import QUICK, ROOT

from kssnet_mm.graphs import LabelGraph


def test_trains_from_the_prior(run_here, workspace):
    """The first steps are at the bottom of the warm-up: their loss is the entropy of the frequencies."""
    said = run_here(ROOT / 'tools/train.py', ROOT / 'configs/kssnet_r18_sample-coco_own-data.py', '--work-dir', 'work',
                    '--cfg-options', *QUICK, 'default_hooks.logger.interval=1', 'model.train_cfg.probs=[0.,0.]',
                    'param_scheduler.0.end=1', 'param_scheduler.1.begin=0')
    frequencies = LabelGraph.load(workspace / 'data/sample/label_graph_coco_conditional.npz').frequencies
    entropy = -np.mean(frequencies * np.log(frequencies) + (1 - frequencies) * np.log(1 - frequencies))
    losses = [float(line.split('loss: ')[1].split()[0]) for line in said.splitlines() if 'Epoch(train)' in line]
    assert len(losses) == 3 and np.mean(losses) < 1.1 * entropy, (losses, entropy)
    saved = torch.load(next((workspace / 'work').rglob('epoch_1.pth')), map_location='cpu')
    assert 'module.head.classifier.fc.bias' in saved['ema_state_dict']
