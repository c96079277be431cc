"""The config of a new project, as text."""
from typing import NamedTuple, Optional, Tuple

from kssnet_mm.models.backbone_table import BACKBONES
from kssnet_mm.utils.configs import code
from kssnet_mm.utils.io import listed

from .backbone_weights import backbone_config

# Those that the base configs do not fit: of mmaction2's scope, these read single pictures, C3D takes clips of
# 112 x 112 alone, and Swin V2 needs pictures of 256 x 256.
OTHER_INPUTS = ('mmaction ResNet', 'ResNetTSM', 'torchvision.resnet18', 'timm.convnext_atto', 'C3D',
                'SwinTransformerV2')
DEFAULT = dict(images='ResNet', videos='ResNet3dSlowOnly')


class ProjectSettings(NamedTuple):
    """What a project's config says.

    Attributes:
        kind: 'images' or 'videos'.
        table: The table that was given, for a comment.
        media: Folder of the images or videos, absolute.
        num_classes: Number of labels, N.
        samples: Files to train on, and files to validate on.
        backbone: Name in ``BACKBONES``.
        weights: Checkpoint that the backbone starts from. None: random weights.
        conceptnet: ConceptNet's assertions. None: the graph is that of the statistics.
        vectors: Word vectors, and their size. None: random embeddings.
    """
    kind: str
    table: str
    media: str
    num_classes: int
    samples: Tuple[int, int]
    backbone: str
    weights: Optional[str] = None
    conceptnet: Optional[str] = None
    vectors: Optional[Tuple[str, int]] = None


def backbones_for(kind: str) -> Tuple[str, ...]:
    """Names of ``BACKBONES`` that a project of this kind can have."""
    return tuple(name for name, row in BACKBONES.items() if (row.scope == 'mmaction') == (kind == 'videos')
                 and name not in OTHER_INPUTS)


def find_backbone(kind: str, name: Optional[str]) -> str:
    """The name of a backbone, the default one where none is given.

    Raises:
        ValueError: There is no such backbone for this kind; lists those that there are.
    """
    name = name or DEFAULT[kind]
    if name not in backbones_for(kind):
        raise ValueError(f'--backbone {name!r} is none for {kind}: choose from '
                         f'{listed(backbones_for(kind), 30)} (docs/backbones.md)')
    return name


def config_text(settings: ProjectSettings) -> str:
    """The config file; fewer than 40 lines.

    Raises:
        ValueError: ``weights`` cannot be those of the backbone.
    """
    row = BACKBONES[settings.backbone]
    image = settings.kind == 'images'
    head, prefix = ('head', 'img_path') if image else ('cls_head', 'video')
    train, val = settings.samples
    graph = ['            labels=root + \'/classes.txt\'', '            file=graph_file',
             '            statistical=dict(source=dict(file=root + \'/train.csv\'))']
    size = ''
    if settings.conceptnet:
        graph.append(f'            knowledge=dict(type=\'ConceptNetGraph\', file={settings.conceptnet!r})')
    if settings.vectors:
        file, length = settings.vectors
        size = f', in_channels={length}'
        graph.append(f'            embedding=dict(type=\'WordVectorEmbedding\', file={file!r}, missing=\'random\', '
                     'normalize=True)')
    else:
        graph.append('            embedding=dict(type=\'RandomEmbedding\')')
    lines = [
        f'# {settings.num_classes} labels of {settings.table}: {train} {settings.kind} to train on, {val} to validate.',
        f'_base_ = \'kssnet_mm::_base_/own_{settings.kind}.py\'',
        'root = "{{ fileDirname }}"  # the folder of this file, with train.csv, val.csv and classes.txt',
        f'media = {settings.media!r}',
        f'num_classes = {settings.num_classes}',
        'graph_file = root + \'/label_graph.npz\'  # built when training starts; delete it if train.csv changes',
        'work_dir = root + \'/work\'', '', 'model = dict(']
    if image:
        lines.append('    data_preprocessor=dict(num_classes=num_classes),')
    lines += [
        '    backbone=dict(', f'        backbone={code(backbone_config(row, settings.weights))},',
        f'        stages={row.stages!r},  # a lateral connection follows each of these modules']
    if row.pathways > 1:
        lines.append(f'        pathways={row.pathways},')
    classifier = f'dict(prior=graph_file, pathways={row.pathways})' if row.pathways > 1 else 'dict(prior=graph_file)'
    lines += [
        f'        gcn=dict(num_classes=num_classes{size}, graph=dict(', ',\n'.join(graph) + '))),',
        '    # the classifier starts at the frequencies of the labels',
        f'    {head}=dict(num_classes=num_classes, in_channels={row.channels[-1]}, classifier={classifier}))',
        f'train_dataloader = dict(dataset=dict(data_root=root, data_prefix=dict({prefix}=media)))',
        f'val_dataloader = dict(dataset=dict(data_root=root, data_prefix=dict({prefix}=media)))',
        'test_dataloader = val_dataloader']
    if settings.weights is None:
        lines += ['# The network starts from random weights. Remove this line where it starts from trained ones.',
                  'optim_wrapper = dict(optimizer=dict(lr=1e-3), paramwise_cfg=dict(custom_keys=dict(_delete_=True)))']
    return '\n'.join(lines) + '\n'
