"""What is wrong with a config by itself, said before any data is read and before anything is built."""
from typing import Any, Iterator, Mapping, Tuple

from mmengine.config import Config

from kssnet_mm.utils.configs import type_name

# Where the parts of a model say how many classes there are.
CLASS_COUNTS = ('model.backbone.gcn.num_classes', 'model.head.num_classes', 'model.cls_head.num_classes',
                'model.data_preprocessor.num_classes', 'model.data_preprocessor.blending.num_classes',
                'model.data_preprocessor.blending.blending.num_classes', 'data_preprocessor.num_classes')
LISTS = ('model.backbone.gcn.out_channels', 'model.backbone.stages')
# Settings of a training that hold numbers, and no text that looks like one.
NUMBERS = ('optim_wrapper', 'param_scheduler', 'train_cfg')
SHARDED = ('FSDPStrategy', 'MMFullyShardedDataParallel')


def find(settings: Any, path: str) -> Any:
    """The value at a dotted path; None where nothing is."""
    for name in path.split('.'):
        settings = settings.get(name) if isinstance(settings, Mapping) else None
    return settings


def check_model(cfg: Config) -> None:
    """Check that the parts of a config's model agree.

    Raises:
        ValueError: They have different numbers of classes, or one value stands where a list belongs.
    """
    settings = cfg.to_dict()
    for path in LISTS:
        value = find(settings, path)
        if isinstance(value, (str, int, float)):
            raise ValueError(f'{path} must be a list, got {value!r}: write [{value!r}]')
    counts = {path: find(settings, path) for path in CLASS_COUNTS}
    counts = {path: count for path, count in counts.items() if count is not None}
    if len(set(counts.values())) > 1:
        said = ', '.join(f'{path}={count}' for path, count in counts.items())
        raise ValueError(f'the parts of the model have different numbers of classes: {said}')


def check_run(cfg: Config) -> None:
    """Check what :func:`check_model` does, and the settings of a training or a test.

    Raises:
        ValueError: As of ``check_model``; or text stands where a number belongs, a scheduler begins after the last
            epoch, a metric that is monitored is none of the evaluators', ``compile`` is of a wrong kind, or something
            is asked for that does not go with lateral connections; says which.
    """
    check_model(cfg)
    settings = cfg.to_dict()
    for name in NUMBERS:
        for path, value in _leaves(settings.get(name), name):
            if isinstance(value, str) and _is_number(value):
                raise ValueError(f'{path} must be a number, got the text {value!r}: leave the quotes out (in YAML, '
                                 'write 1.0e-3 and not 1e-3)')
    rate = find(settings, 'optim_wrapper.optimizer.lr')
    if rate is not None and (isinstance(rate, bool) or not isinstance(rate, (int, float)) or not rate >= 0):
        raise ValueError(f'optim_wrapper.optimizer.lr must be a number of 0 or more, got {rate!r}')
    for path in ('strategy', 'model_wrapper_cfg'):
        kind = type_name(find(settings, f'{path}.type') or '')
        if kind in SHARDED:
            raise ValueError(f'{path}.type={kind} is not supported, because it splits the weights over the devices: '
                             'use --launcher pytorch alone, which gives each device the whole model')
    if not isinstance(settings.get('compile') or {}, (bool, Mapping)):
        raise ValueError('compile must be True, False or the arguments of torch.compile, got '
                         f'{settings["compile"]!r}')
    if settings.get('efficient_conv_bn_eval') and find(settings, 'model.backbone.gcn'):
        raise ValueError('efficient_conv_bn_eval is not supported with a label graph: mmengine traces the backbone '
                         'for it, and lateral connections cannot be traced. Leave it out')
    _check_schedule(settings)
    _check_monitored(settings)


def _check_schedule(settings: Mapping) -> None:
    """Whether a scheduler that lasts until the training ends begins before that; mmengine's error names neither."""
    epochs = find(settings, 'train_cfg.max_epochs')
    schedulers = settings.get('param_scheduler') or ()
    for place, part in enumerate([schedulers] if isinstance(schedulers, Mapping) else schedulers):
        if not isinstance(epochs, int) or not isinstance(part, Mapping) or not part.get('by_epoch', True):
            continue
        if part.get('end') is None and part.get('begin', 0) >= epochs:
            raise ValueError(f'param_scheduler.{place} begins at epoch {part["begin"]}, and train_cfg.max_epochs is '
                             f'{epochs}: a shorter training needs a shorter warm-up, which is the end of the scheduler '
                             'before it and the begin of this one')


def _leaves(value: Any, path: str) -> Iterator[Tuple[str, Any]]:
    """Each value inside of dicts and lists, with its dotted path."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, f'{path}.{key}')
    elif isinstance(value, (list, tuple)):
        for place, item in enumerate(value):
            yield from _leaves(item, f'{path}.{place}')
    else:
        yield path, value


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _monitored(settings: Mapping) -> Iterator[Tuple[str, str]]:
    """(where, name) of each metric that something waits for."""
    best = find(settings, 'default_hooks.checkpoint.save_best')
    for name in best if isinstance(best, (list, tuple)) else [best]:
        yield 'default_hooks.checkpoint.save_best', name
    for place, hook in enumerate(settings.get('custom_hooks') or ()):
        if type_name(hook.get('type', '') if isinstance(hook, Mapping) else '') == 'EarlyStoppingHook':
            yield f'custom_hooks.{place}.monitor', hook.get('monitor')
    schedulers = settings.get('param_scheduler') or ()
    for place, part in enumerate([schedulers] if isinstance(schedulers, Mapping) else schedulers):
        if isinstance(part, Mapping) and type_name(part.get('type', '')).startswith('ReduceOnPlateau'):
            yield f'param_scheduler.{place}.monitor', part.get('monitor')


def _check_monitored(settings: Mapping) -> None:
    evaluators = settings.get('val_evaluator')
    if evaluators is None:
        return
    evaluators = list(evaluators) if isinstance(evaluators, (list, tuple)) else [evaluators]
    kinds = [type_name(evaluator.get('type', '')) for evaluator in evaluators]
    if not set(kinds) <= {'MultiLabelScores', 'DumpScores'}:
        return  # what other metrics will report is not known before they do
    from kssnet_mm.evaluation.metrics.multi_label_scores import MultiLabelScores
    given = []
    for kind, evaluator in zip(kinds, evaluators):
        if kind == 'MultiLabelScores':
            metric = MultiLabelScores(**{key: value for key, value in evaluator.items() if key != 'type'})
            given += metric.names()
    for where, name in _monitored(settings):
        # a loss is a metric of the training
        if name not in (None, 'auto', 'loss') and name not in given:
            raise ValueError(f'{where}={name!r} is none of the metrics of val_evaluator: {", ".join(given)}')
