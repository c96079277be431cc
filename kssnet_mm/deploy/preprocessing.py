"""What a config does to a file before the network, as plain numbers that travel with an export."""
from typing import Optional

from mmengine.config import Config

# Steps that change nothing about pixels, or that another program does in its own way.
NEUTRAL = ('LoadImageFromFile', 'PackInputs', 'DecordInit', 'DecordDecode', 'SequentialVideoInit',
           'SequentialVideoDecode', 'SegmentsToClip', 'FormatShape', 'PackActionInputs')


def describe_preprocessing(cfg: Config) -> dict:
    """kind, mean, std, to_rgb, resize ([w, h], or a number for the short side), crop and frames.

    Pixels are 0..255; a file is resized (bilinear, half-pixel centres, no antialiasing), its centre is
    cropped, then (x - mean) / std. ``frames``: that many, one from the middle of each equal segment.

    Raises:
        ValueError: The test pipeline has a step that this cannot describe; names it.
    """
    video = 'cls_head' in cfg.model
    given = dict(kind='video' if video else 'image', resize=None, crop=None)
    for step in cfg.test_dataloader.dataset.pipeline:
        name = step.type.rsplit('.', 1)[-1]
        if name == 'Resize':
            scale: Optional[tuple] = step.scale
            scale = (scale, scale) if isinstance(scale, int) else tuple(scale)
            if -1 in scale:
                given['resize'] = max(scale)
            elif not video or not step.get('keep_ratio', True):
                given['resize'] = list(scale)
            else:
                raise ValueError(f'a Resize to {scale} that keeps the ratio cannot be described')
        elif name == 'CenterCrop':
            given['crop'] = step.crop_size
        elif name == 'ResizeEdge' and step.get('edge', 'short') == 'short':
            given['resize'] = step.scale
        elif name == 'SampleFrames' and step.clip_len == 1:
            given['frames'] = step.num_clips
        elif name not in NEUTRAL:
            raise ValueError(f'the test pipeline has a step {step.type} ({dict(step)}) that the metadata cannot '
                             'describe')
    preprocessor = cfg.model.data_preprocessor
    given.update(mean=list(preprocessor.mean), std=list(preprocessor.std), to_rgb=True)
    return given


def input_shape(described: dict) -> tuple:
    """(3, [T,] H, W) of the network's input.

    Raises:
        ValueError: Neither a crop nor a fixed size says it.
    """
    size = described['crop'] or described['resize']
    if described['crop'] is None and not isinstance(size, list):
        raise ValueError('the test pipeline does not end in a fixed size: pass --shape')
    w, h = size if isinstance(size, (list, tuple)) else (size, size)
    return (3, *((described['frames'], ) if 'frames' in described else ()), h, w)
