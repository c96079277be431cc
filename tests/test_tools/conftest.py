"""A workspace with a small sample data set, and the project's commands run in it."""
import os
import subprocess
import sys
from pathlib import Path

import pytest
from run_tool import run_tool

from kssnet_mm.datasets.sample import make_sample_data

ROOT = Path(__file__).resolve().parents[2]
SIZES = dict(images_train=24, images_val=11, videos_train=8, videos_test=5)
ENVIRONMENT = dict(os.environ, PYTHONPATH=str(ROOT), OMP_NUM_THREADS='1', CUDA_VISIBLE_DEVICES='')
IMAGE = str(ROOT / 'configs/kssnet_r18_sample-coco.py')
VIDEO = str(ROOT / 'configs/kssnet_i3d-r18_sample-charades.py')
QUICK = ['train_cfg.max_epochs=1', 'train_cfg.val_interval=1', 'train_dataloader.batch_size=8',
         'train_dataloader.num_workers=0', 'train_dataloader.persistent_workers=False',
         'val_dataloader.num_workers=0', 'val_dataloader.persistent_workers=False',
         'test_dataloader.num_workers=0', 'test_dataloader.persistent_workers=False']


@pytest.fixture()
def workspace(tmp_path):
    make_sample_data(str(tmp_path / 'data/sample'), sizes=SIZES, progress=False)
    return tmp_path


@pytest.fixture()
def run(workspace):
    """Runs ``python COMMAND`` in the workspace and returns its output."""

    def call(*command, fail=False):
        done = subprocess.run([sys.executable, *map(str, command)], cwd=workspace, env=ENVIRONMENT,
                              capture_output=True, text=True, timeout=600)
        output = done.stdout + done.stderr
        assert (done.returncode != 0) == fail, output[-4000:]
        return output

    return call


@pytest.fixture()
def run_here(workspace, monkeypatch):
    """Runs ``python COMMAND`` in the workspace, inside this process, and returns its output."""
    monkeypatch.chdir(workspace)
    return run_tool
