"""10 clips x 3 crops of the config, from the video to one prediction."""
from pathlib import Path

import pytest
import torch
from media import gt_label, write_video
from mmengine.config import Config
from mmengine.registry import DATASETS, MODELS

FILE = Path(__file__).resolve().parents[2] / 'configs/_base_/datasets/charades_10x3.py'


@pytest.fixture
def cfg(tmp_path):
    write_video(tmp_path / 'videos/A.mp4', 217)
    (tmp_path / 'classes.txt').write_text('c000 Holding\nc001 Taking\n')
    # c001 lasts longer than any clip can miss; c000 does not overlap the clip that is drawn below
    (tmp_path / 'v.csv').write_text('id,actions,length\nA,c000 8.9 9.0;c001 0 9,9.04\n')
    cfg = Config.fromfile(FILE)
    for loader in (cfg.train_dataloader, cfg.val_dataloader):
        loader.dataset.update(data_root=str(tmp_path), ann_file='v.csv', class_file='classes.txt',
                              data_prefix=dict(video='videos'))
    return cfg


def test_thirty_views_without_segments_to_clip(cfg):
    steps = [step.type for step in cfg.test_pipeline]
    assert 'SegmentsToClip' not in steps and 'ClipLabels' not in steps
    # the same sampling on small frames: 48 x 64 pixels and crops of 48
    cfg.val_dataloader.dataset.pipeline[3].scale = (-1, 48)
    cfg.val_dataloader.dataset.pipeline[4].crop_size = 48
    packed = DATASETS.build(cfg.val_dataloader.dataset)[0]
    views = packed['inputs']
    assert views.shape == (30, 3, 64, 48, 48) and gt_label(packed['data_samples']).tolist() == [1, 1]
    # 10 clips of 127 frames in 217 start every (217 - 127) / 9 = 10 frames; three crops of each follow
    # one another or stand 10 apart: either way clip c's first frame is 10 + 12 (10 c mod 20)
    first = views.float()[:, :, 0].mean(dim=(1, 2, 3)).sort().values
    expected = torch.tensor([10. + 12 * (10 * c % 20) for c in range(10)]).repeat(3).sort().values
    assert torch.allclose(first, expected, atol=6)


def test_training_takes_the_labels_of_its_clip(cfg, monkeypatch):
    dataset = cfg.train_dataloader.dataset
    dataset.pipeline[4].scale, dataset.pipeline[5].size = (-1, 48), 32
    data = DATASETS.build(dataset)
    monkeypatch.setattr('numpy.random.randint', lambda *args, size=None, **kwargs: torch.zeros(
        size or 1).int().numpy() if size else 0)
    packed = data[0]
    assert packed['inputs'].shape == (1, 3, 64, 32, 32)
    # frames 0 to 126 of 24 a second: 5.29 s, so that the action from 8.9 s is not in the clip
    assert gt_label(packed['data_samples']).tolist() == [0, 1]
    assert data.get_data_info(0)['label'].tolist() == [1, 1]


@pytest.mark.parametrize('average, expected', [
    ('max', lambda p: p.max(dim=0).values), ('prob', lambda p: p.mean(dim=0))])
def test_the_head_joins_thirty_views(average, expected):
    from mmaction.structures import ActionDataSample
    head = MODELS.build(dict(type='KSSNetVideoHead', num_classes=2, in_channels=4, average_clips=average,
                             classifier=dict(type='LinearClassifier', pool='avg', dropout=0.0)))
    logits = torch.randn(60, 2)  # 30 views of each of two videos, one video after the other
    samples = head.predict_by_feat(logits, [ActionDataSample(), ActionDataSample()])
    for video, sample in enumerate(samples):
        score = sample.pred_score if 'pred_score' in sample else sample.pred_scores.item
        torch.testing.assert_close(score, expected(logits[30 * video:30 * video + 30].sigmoid()))
