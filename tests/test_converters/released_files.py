"""Files in the forms of released checkpoints, models of our configs, and the commands that convert."""
import json
from pathlib import Path

import torch
from mmengine.config import Config
from mmengine.registry import DefaultScope
from run_tool import run_tool
from shared_data import shared

from kssnet_mm.apis.inferencer import load_trained
from kssnet_mm.registry import MODELS

ROOT = Path(__file__).resolve().parents[2]


def build(config: str) -> torch.nn.Module:
    """The model of a config, without its label graph, to be filled by a checkpoint."""
    cfg = Config.fromfile(ROOT / 'configs' / config)
    cfg.model.backbone.gcn.graph = None
    with DefaultScope.overwrite_default_scope(cfg.default_scope):
        return MODELS.build(cfg.model).eval()


def load(model: torch.nn.Module, path) -> torch.nn.Module:
    """Loaded as our tools do, which refuse a checkpoint that lacks anything."""
    load_trained(model, str(path))
    return model


def released(listing: str, seed: int = 1) -> dict:
    """A checkpoint with the names, shapes and types of a released one, of random values in 0..1."""
    generator = torch.Generator().manual_seed(seed)
    state = {}
    for entry in json.loads(shared(f'checkpoints/{listing}_state_dict.json').read_text()):
        dtype = getattr(torch, entry['dtype'].split('.')[1])
        state[entry['key']] = torch.rand(entry['shape'], generator=generator).to(dtype)
    return state


def without_counters(state: dict) -> dict:
    """The state as PyTorch before 0.4.1 would have saved it."""
    return {key: value for key, value in state.items() if not key.endswith('num_batches_tracked')}


def convert(tool: str, *arguments, fail: bool = False) -> str:
    """``python tools/model_converters/TOOL.py ARGUMENTS`` within this process; returns what it says."""
    return run_tool(ROOT / f'tools/model_converters/{tool}.py', *arguments, fail=fail)
