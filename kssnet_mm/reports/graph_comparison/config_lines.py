"""The config lines that go with an advice: they train what was compared."""
from typing import Mapping, Optional

from kssnet_mm.utils.configs import code, type_name, with_named_types

from .advice import eta_of
from .comparison import Comparison

OWN_HEADS = ('KSSNetHead', 'KSSNetVideoHead', 'TRNVideoHead')
OWN = "dict(type='CooccurrenceGraph', estimator='{estimator}', source=...)"
ROWS = ("dict(type='CooccurrenceGraph', estimator='conditional',\n"
        '    # labels of the training samples and of the other rows, without those of test samples\n'
        "    source=dict(type='LabelTable', file={table}, key={key}))")
# Arm -> what else its builder takes. An adjacency of knowledge alone has lam = 0; the statistics then give the first
# bias and, where their source has them, the concepts of the labels.
MIXED = dict(vectors='knowledge={knowledge}, lam=0.0', conceptnet='knowledge={knowledge}, lam=0.0',
             both='knowledge={knowledge}, lam=0.5, normalize=True')


def config_lines(found: Comparison, arm: Optional[str], table: Optional[str] = None, key: str = 'targets',
                 model: Optional[Mapping] = None, knowledge: Mapping[str, dict] = {}) -> str:
    """What to put into a config: the classifier of an arm, or the plain one, on a plain backbone.

    Args:
        found: The comparison.
        arm: Of its arms; None: the plain linear layer.
        table: Path of the label table, where one was given.
        key: That of the label table.
        model: The config's model. None (features of a file): the lines are those of the head's classifier alone.
        knowledge: Arm -> config of its knowledge graph, of :func:`knowledge_configs`.
    """
    model = with_named_types(model or {})
    name = 'cls_head' if 'cls_head' in model else 'head'
    now = (model.get(name) or {}).get('classifier') or {}
    head = dict(type='LinearClassifier' if arm is None else 'GraphLinearClassifier')
    if now.get('pathways', 1) != 1:
        head['pathways'] = now['pathways']
    settings = [f'{key}={value!r}' for key, value in head.items()]
    if arm is not None:
        settings += [f'eta={eta_of(found, arm):.2g}', f'graph={_graph(arm, table, key, knowledge)}']
    if not model:
        return f'classifier={_call(settings)}'
    lines = [f'{name}={_head(model.get(name) or {}, settings, len(found.classes), "cls_head" in model)}']
    backbone = model.get('backbone') or {}
    if str(backbone.get('type')).endswith('LabelGraphBackbone'):
        lines.insert(0, _plain_backbone(backbone['backbone'], 'cls_head' in model))
    return '# in a config whose _base_ is the present one\nmodel = ' + _call(lines)


def _head(head: Mapping, settings: list, num_classes: int, video: bool) -> str:
    """The head with another classifier; one of ours in the place of a head without any."""
    if 'classifier' in head or type_name(head.get('type', '')) in OWN_HEADS:
        replaces = ['_delete_=True'] if head.get('classifier') else []
        return f'dict(classifier={_call(replaces + settings)})'
    return _call(['_delete_=True', f"type='{'KSSNetVideoHead' if video else 'KSSNetHead'}'",
                  f'num_classes={num_classes}', f'in_channels={head.get("in_channels", "...")}',
                  f'classifier={_call(settings)}'])


def _plain_backbone(inner: Mapping, video: bool) -> str:
    """The backbone inside a LabelGraphBackbone in its place: a linear layer on it is what was compared."""
    if str(inner['type']).startswith(('torchvision.', 'timm.')) and not video:
        return (f"# mmpretrain builds {inner['type']} inside a LabelGraphBackbone alone: put a network of its own "
                'here\nbackbone=...')
    return ('# the backbone inside the LabelGraphBackbone, as the classifier reads no label embeddings\n'
            f'backbone={code(dict(_delete_=True, **inner))}')


def _graph(arm: str, table: Optional[str], key: str, knowledge: Mapping[str, dict]) -> str:
    estimator = 'mlgcn' if arm == 'mlgcn' else 'conditional'
    known = knowledge.get('conceptnet', knowledge.get('vectors')) if arm == 'both' else knowledge.get(arm)
    settings = ["type='LabelGraphBuilder', preset='mlgcn'", 'labels=...,  # in the order of the data set\'s classes']
    source = ROWS.format(table=repr(table) if table else '...', key=repr(key)) if arm == 'rows' else OWN.format(
        estimator=estimator)
    settings.append(f'statistical={source}')
    if arm in MIXED:
        settings.append(MIXED[arm].format(knowledge='...' if known is None else code(with_named_types(known))))
    return _call(settings)


def _call(settings) -> str:
    """``dict(...)`` with a line for each setting; one line where there is one."""
    if len(settings) == 1 and '\n' not in settings[0]:
        return f'dict({settings[0]})'
    return 'dict(' + ''.join('\n    ' + text.replace('\n', '\n    ') + ('' if ',  #' in text.splitlines()[-1] else ',')
                             for text in settings)[:-1] + ')'
