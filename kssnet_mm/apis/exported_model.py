"""Exported files, ``.onnx`` and ``.pt2``, behind the interface of a model of mmengine."""
import json
import math
import os.path as osp
import pickle
from typing import Any, Callable, List, Tuple

import numpy as np
import torch
from mmengine.config import Config
from mmengine.model import BaseModel
from mmengine.structures import BaseDataElement

from kssnet_mm.compat import unpickling_nothing
from kssnet_mm.utils.input_files import refusing, regular_file

KEYS = ('classes', 'thresholds', 'preprocessing')
# Pixels of a side, or frames: what a file may ask to resize to, so that it cannot ask for all memory.
LONGEST_SIDE = 4096


def _open_onnx(path: str, device: str) -> Tuple[Callable, dict]:
    import onnxruntime
    providers = ['CPUExecutionProvider']
    if str(device).startswith('cuda') and 'CUDAExecutionProvider' in onnxruntime.get_available_providers():
        providers.insert(0, 'CUDAExecutionProvider')
    session = onnxruntime.InferenceSession(path, providers=providers)
    name = session.get_inputs()[0].name
    return lambda x: session.run(None, {name: x.numpy()})[0], dict(session.get_modelmeta().custom_metadata_map)


def _open_program(path: str, device: str) -> Tuple[Callable, dict]:
    found = dict.fromkeys(KEYS, '')
    with unpickling_nothing():
        program = torch.export.load(path, extra_files=found).module().to(device)
    return lambda x: program(x.to(device)).cpu().numpy(), found


OPENERS = {'.onnx': _open_onnx, '.pt2': _open_program}


def is_exported(path: str) -> bool:
    """Whether a path's ending is one of an exported model."""
    return osp.splitext(path)[1].lower() in OPENERS


def check_metadata(classes: Any, thresholds: Any, described: Any) -> None:
    """Check what travels with an exported network.

    Raises:
        ValueError: Classes are no list of names, thresholds no numbers, one a class, or the preprocessing is not what
            ``describe_preprocessing`` gives; says which.
    """
    if not (isinstance(classes, list) and classes and all(isinstance(name, str) for name in classes)):
        raise ValueError(f'classes must be a list of names, got {str(classes)[:80]}')
    if not (isinstance(thresholds, list) and len(thresholds) == len(classes)
            and all(_is_number(value) and 0 <= value <= 1 for value in thresholds)):
        raise ValueError(f'thresholds must be {len(classes)} numbers from 0 to 1, got {str(thresholds)[:80]}')
    video = isinstance(described, dict) and described.get('kind') == 'video'
    tests = dict(kind=lambda value: value in ('image', 'video'), channels=lambda value: value in ('rgb', 'bgr'),
                 resize=lambda value: value is None or _is_side(value) or _is_list(value, 2, _is_side),
                 crop=lambda value: value is None or _is_list(value, 2, _is_side),
                 mean=lambda value: _is_list(value, 3, _is_number),
                 std=lambda value: _is_list(value, 3, lambda number: _is_number(number) and number > 0),
                 **(dict(frames=lambda value: _is_side(value)) if video else {}))
    for key, test in tests.items():
        if not isinstance(described, dict) or key not in described or not test(described[key]):
            raise ValueError(f'preprocessing has no {key} that can be used: {str(described)[:200]}')


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _is_side(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LONGEST_SIDE


def _is_list(value: Any, length: int, test: Callable[[Any], bool]) -> bool:
    return isinstance(value, list) and len(value) == length and all(map(test, value))


def pipeline_of(described: dict) -> list:
    """The test pipeline that ``describe_preprocessing`` described."""
    video, size, crop = described['kind'] == 'video', described['resize'], described['crop']
    scope = 'mmaction' if video else 'mmpretrain'
    steps = [dict(type='SequentialVideoInit'),
             dict(type='mmaction.SampleFrames', clip_len=1, num_clips=described['frames'], test_mode=True),
             dict(type='SequentialVideoDecode')] if video else [dict(type='mmpretrain.LoadImageFromFile')]
    if isinstance(size, int) and not video:
        steps.append(dict(type='mmpretrain.ResizeEdge', scale=size))
    elif size:
        scale = (-1, size) if isinstance(size, int) else tuple(size)
        steps.append(dict(type=f'{scope}.Resize', scale=scale, keep_ratio=isinstance(size, int)))
    if crop:
        steps.append(dict(type=f'{scope}.CenterCrop', crop_size=tuple(crop) if video else (crop[1], crop[0])))
    end = [dict(type='SegmentsToClip'), dict(type='mmaction.FormatShape', input_format='NCTHW'),
           dict(type='mmaction.PackActionInputs')]
    return steps + (end if video else [dict(type='mmpretrain.PackInputs')])


class ExportedModel(BaseModel):
    """Preprocessed samples -> their scores, by a file that ``tools/deployment/export.py`` wrote.

    Attributes:
        classes: N names.
        thresholds: N decision thresholds.
        described: The preprocessing, see ``describe_preprocessing``.

    Raises:
        ValueError: The file is missing or broken, or carries no names, thresholds and preprocessing.
    """

    def __init__(self, path: str, device: str = 'cpu') -> None:
        super().__init__()
        if not osp.exists(path):
            raise FileNotFoundError(f'{path}: no such file')
        regular_file(path)
        try:
            self.run, found = OPENERS[osp.splitext(path)[1].lower()](path, device)
        except ImportError as error:
            raise ValueError(f'{path}: reading it needs onnxruntime ({error})') from error
        except pickle.UnpicklingError as error:
            raise ValueError(f'{path} holds a pickle that is broken or of more than tensors: it is not run') from error
        except Exception as error:  # onnxruntime and torch raise kinds of their own
            reason = (str(error).splitlines() or [''])[0]
            raise ValueError(f'{path} cannot be read as an exported model ({type(error).__name__}: {reason})') from error
        missing = [key for key in KEYS if not found.get(key)]
        if missing:
            raise ValueError(f'{path} does not carry {" and ".join(missing)}: tools/deployment/export.py writes files '
                             'that do')
        with refusing(path, 'no exported model'):
            self.classes, self.thresholds, self.described = (json.loads(found[key]) for key in KEYS)
            check_metadata(self.classes, self.thresholds, self.described)

    def config(self) -> Config:
        """What an inferencer reads of a config."""
        video = self.described['kind'] == 'video'
        return Config(dict(default_scope='mmaction' if video else 'mmpretrain', model=dict(),
                           test_pipeline=pipeline_of(self.described)))

    def normalized(self, x: torch.Tensor) -> torch.Tensor:
        """A packed sample, (3, H, W) in BGR or (1, 3, T, H, W) in RGB -> the network's float32 input (1, ...)."""
        video = self.described['kind'] == 'video'
        x = x.float().reshape(1, *x.shape[-4:] if video else x.shape)
        if (self.described['channels'] == 'rgb') != video:
            x = x.flip(1)
        mean, std = (torch.tensor(self.described[key], dtype=torch.float32).reshape(1, 3, *(1, ) * (x.dim() - 2))
                     for key in ('mean', 'std'))
        return (x - mean) / std

    def forward(self, inputs: List[torch.Tensor], *args, **kwargs) -> List[BaseDataElement]:
        """Samples of one shape -> elements with ``pred_score`` (N,).

        Raises:
            ValueError: The network gives another number of scores than the file has classes.
        """
        scores = np.asarray(self.run(torch.cat([self.normalized(x) for x in inputs]).contiguous()))
        if scores.shape != (len(inputs), len(self.classes)):
            raise ValueError(f'it gives scores of shape {scores.shape} for {len(inputs)} inputs and '
                             f'{len(self.classes)} classes')
        found = []
        for row in scores:
            found.append(BaseDataElement())
            found[-1].pred_score = torch.from_numpy(row)
        return found

    @torch.no_grad()
    def test_step(self, data: dict) -> List[BaseDataElement]:
        """A collated batch -> its elements."""
        return self(data['inputs'])
