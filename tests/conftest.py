"""What all tests share: the plugin registered, one thread, quiet logs."""
import logging

import pytest
import torch

import kssnet_mm  # noqa: F401

torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def _seeded_and_quiet():
    torch.manual_seed(0)
    logging.getLogger('mmengine').setLevel(logging.ERROR)
