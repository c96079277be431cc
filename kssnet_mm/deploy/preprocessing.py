"""What a config does to a file before the network, as plain numbers that travel with an export."""
from mmengine.config import Config

from kssnet_mm.utils.configs import type_name
from kssnet_mm.utils.data_configs import test_pipeline

ANY = object()
# Steps of test pipelines, each with the options that it may have and, where the option changes pixels, the
# only value that tools/deployment/predict_onnx.py follows. Anything else would give other scores in silence.
LOADING = dict(
    LoadImageFromFile=dict(to_float32=False, color_type='color', imdecode_backend=ANY, backend_args=ANY,
                           file_client_args=ANY, ignore_empty=ANY),
    PackInputs=ANY,
    DecordInit=ANY,
    DecordDecode=dict(mode='accurate'),
    SequentialVideoInit=dict(spacing='time'),
    SequentialVideoDecode=dict(num_threads=ANY, backend=ANY, square_pixels=False),
    SampleFrames=dict(clip_len=1, num_clips=ANY, test_mode=True, frame_interval=ANY, twice_sample=False,
                      temporal_jitter=False, out_of_bound_opt=ANY, keep_tail_frames=ANY),
    SegmentsToClip=ANY,
    FormatShape=dict(input_format='NCTHW', collapse=False),
    PackActionInputs=ANY,
)
SIZES = dict(
    image=dict(
        Resize=dict(scale=ANY, keep_ratio=False, backend='cv2', interpolation='bilinear', clip_object_border=ANY),
        ResizeEdge=dict(scale=ANY, edge='short', backend='cv2', interpolation='bilinear'),
        CenterCrop=dict(crop_size=ANY, auto_pad=False, clip_object_border=ANY)),
    video=dict(
        Resize=dict(scale=ANY, keep_ratio=ANY, interpolation='bilinear', lazy=False),
        CenterCrop=dict(crop_size=ANY, lazy=False)),
)


def _check_options(step: dict, allowed) -> None:
    for key, value in step.items():
        if key == 'type' or allowed is ANY or allowed.get(key) is ANY:
            continue
        if key not in allowed or value != allowed[key]:
            wanted = f'set {key}={allowed[key]!r}' if key in allowed else 'leave it out'
            raise ValueError(f"the test pipeline's {step['type']} has {key}={value!r}, which an export cannot carry: "
                             f'{wanted}')


def _pair(size) -> list:
    return [size, size] if isinstance(size, int) else list(size)


def _size_of(step: dict, name: str, video: bool):
    """[w, h], or a number for the short side."""
    if name == 'ResizeEdge':
        return step['scale']
    scale = _pair(step['scale'])
    if not video or not step.get('keep_ratio', True):
        return scale
    if -1 not in scale:
        raise ValueError(f"the test pipeline's {step['type']} to {tuple(scale)} keeps the ratio, which gives no "
                         'fixed size: use scale=(-1, SHORT_SIDE) or keep_ratio=False')
    return max(scale)


def describe_preprocessing(cfg: Config) -> dict:
    """kind, resize ([w, h], or a number for the short side), crop ([w, h]), frames, channels, mean and std.

    Pixels are 0..255; a file is resized (bilinear, half-pixel centres, no antialiasing), its centre is
    cropped, its channels are put in the order ``channels`` ('rgb' or 'bgr'), then (x - mean) / std.
    ``frames``: that many, one from the middle of each equal segment.

    Raises:
        ValueError: There is no test pipeline, or it or the data preprocessor does what this cannot describe; names the
            step and its option.
    """
    video = 'cls_head' in cfg.model
    kind = 'video' if video else 'image'
    given = dict(kind=kind, resize=None, crop=None)
    steps = test_pipeline(cfg)
    names = [type_name(step['type']) for step in steps]
    for name, step in zip(names, steps):
        allowed = LOADING.get(name, SIZES[kind].get(name))
        if allowed is None:
            raise ValueError(f"the test pipeline has a step {step['type']} ({dict(step)}) that an export cannot carry")
        _check_options(step, allowed)
        if name in ('Resize', 'ResizeEdge'):
            if given['resize'] or given['crop']:
                raise ValueError(f"the test pipeline's {step['type']} follows another resize or a crop; an export can "
                                 'only carry one resize and then one crop')
            given['resize'] = _size_of(step, name, video)
        elif name == 'CenterCrop':
            if given['crop']:
                raise ValueError('the test pipeline crops twice, which an export cannot carry')
            given['crop'] = _pair(step['crop_size'])
        elif name == 'SampleFrames':
            if not step.get('test_mode'):
                raise ValueError("the test pipeline's SampleFrames draws frames at random: set test_mode=True")
            given['frames'] = step['num_clips']
    if video and not {'SampleFrames', 'SegmentsToClip'} <= set(names):
        raise ValueError('the test pipeline has to sample segments of one frame (SampleFrames) and join them '
                         '(SegmentsToClip) for an export to carry it')
    given.update(_normalisation(cfg, video))
    return given


def _normalisation(cfg: Config, video: bool) -> dict:
    preprocessor = cfg.model.get('data_preprocessor') or cfg.get('data_preprocessor') or {}
    if preprocessor.get('pad_size_divisor', 1) != 1:
        raise ValueError(f'the data preprocessor has pad_size_divisor={preprocessor.pad_size_divisor}, which an '
                         'export cannot carry')
    # images are read as BGR, video as RGB, and to_rgb reverses whatever there is
    rgb = bool(preprocessor.get('to_rgb', False)) != video
    return dict(channels='rgb' if rgb else 'bgr', mean=list(preprocessor.get('mean') or (0., 0., 0.)),
                std=list(preprocessor.get('std') or (1., 1., 1.)))


def input_shape(described: dict) -> tuple:
    """(3, [T,] H, W) of the network's input.

    Raises:
        ValueError: Neither a crop nor a fixed size says it.
    """
    size = described['crop'] or described['resize']
    if not isinstance(size, list):
        raise ValueError('the test pipeline does not end in a fixed size: pass --shape')
    return (3, *((described['frames'], ) if 'frames' in described else ()), size[1], size[0])
