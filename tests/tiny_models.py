"""Image and video models of a few thousand weights, with a label graph of four labels, as configs and checkpoints."""
import cv2
import numpy as np
import torch
from mmengine.config import Config
from mmengine.registry import DefaultScope

from kssnet_mm.converters import save_state_dict
from kssnet_mm.graphs.label_graph import LabelGraph
from kssnet_mm.graphs.superimpose import ks_graph
from kssnet_mm.registry import MODELS

CLASSES = ['person', 'sports ball', 'tennis racket', 'dog']
VALUES = dict(lam=0.4, tau=0.02, eta=0.4, normalize=True, renormalize=False)
# person - ball by statistics, ball - racket by both, racket - dog by knowledge
STATISTICAL = np.array([[1, .3, 0, 0], [.3, 1, .5, 0], [0, .5, 1, 0], [0, 0, 0, 1]], dtype=np.float32)
KNOWLEDGE = np.array([[0, 0, 0, 0], [0, 0, 2, 0], [0, 2, 0, 1], [0, 0, 1, 0]], dtype=np.float32)
RESNET = dict(type='mmpretrain.ResNet', depth=18, stem_channels=8, base_channels=8)
R3D = dict(type='mmaction.ResNet3d', depth=18, pretrained=None, base_channels=4, conv1_kernel=(3, 3, 3),
           conv_cfg=dict(type='Conv3d'), norm_eval=False, inflate=(1, 1, 1, 1), zero_init_residual=False)
IMAGE_STEPS = [dict(type='mmpretrain.LoadImageFromFile'), dict(type='mmpretrain.Resize', scale=(96, 64)),
               dict(type='mmpretrain.PackInputs')]
VIDEO_STEPS = [dict(type='SequentialVideoInit'),
               dict(type='mmaction.SampleFrames', clip_len=1, num_clips=8, test_mode=True),
               dict(type='SequentialVideoDecode'), dict(type='mmaction.Resize', scale=(40, 32), keep_ratio=False),
               dict(type='SegmentsToClip'), dict(type='mmaction.FormatShape', input_format='NCTHW'),
               dict(type='mmaction.PackActionInputs')]


def make_graph(path):
    """The graph's file, as the builder writes it."""
    embedding = np.random.default_rng(0).normal(size=(4, 5)).astype(np.float32)
    graph = LabelGraph(CLASSES, ks_graph(STATISTICAL, KNOWLEDGE, **VALUES), STATISTICAL, KNOWLEDGE, embedding,
                       meta=dict(builder=dict(VALUES, control=None, seed=0, statistical=None, knowledge=None,
                                              embedding=None), files=[]))
    graph.save(path)
    return graph


def make(folder, video=False, classes=CLASSES, graph=True, steps=None, backbone=None, head=None, gcn=None,
         stages=('layer1', 'layer2', 'layer3'), **classifier):
    """(config, checkpoint) of a model with random weights and a head's settings on top."""
    torch.manual_seed(0)
    if not (folder / 'graph.npz').exists():
        make_graph(folder / 'graph.npz')
    inner = backbone or (R3D if video else RESNET)
    if graph:
        inner = dict(type='LabelGraphBackbone', backbone=inner, stages=stages,
                     lateral=dict(type='LateralConnection', zero_init=False),
                     gcn=dict(dict(type='LabelGCN', num_classes=4, in_channels=5, graph=str(folder / 'graph.npz')),
                              **(gcn or {})))
    settings = dict(type='KSSNetVideoHead' if video else 'KSSNetHead', num_classes=4, in_channels=32 if video else 64,
                    classifier=dict(dict(type='LabelGraphClassifier' if graph else 'LinearClassifier'), **classifier),
                    **(head or {}))
    normal = dict(mean=[120., 110., 100.], std=[60., 60., 60.])
    scope = 'mmaction' if video else 'mmpretrain'
    model = dict(type='Recognizer3D', backbone=inner, cls_head=settings, data_preprocessor=dict(
        type='ActionDataPreprocessor', format_shape='NCTHW', **normal)) if video else dict(
            type='ImageClassifier', backbone=inner, head=settings, data_preprocessor=dict(to_rgb=True, **normal))
    cfg = Config(dict(default_scope=scope, model=model, test_dataloader=dict(dataset=dict(
        pipeline=steps or (VIDEO_STEPS if video else IMAGE_STEPS)))))
    with DefaultScope.overwrite_default_scope(scope):
        built = MODELS.build(cfg.model)
    if graph:
        built.backbone.gcn.init_weights()
    with torch.no_grad():
        for name, parameter in built.named_parameters():
            if name.endswith('fc.weight'):
                parameter.normal_(std=0.5)
            elif name.endswith('fc.bias'):
                parameter.normal_()
    path = str(folder / 'model.pth')
    save_state_dict(built.state_dict(), path, **({} if classes is None else dict(dataset_meta=dict(classes=classes))))
    return cfg, path


def picture(seed=0, height=48, width=64):
    """RGB uint8 with large blotches."""
    small = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return small.repeat(height // 6, axis=0).repeat(width // 8, axis=1)


def write_clip(path, count=9):
    """A video of a picture that moves to the right."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*'mp4v'), 8, (64, 48))
    for number in range(count):
        writer.write(np.roll(picture(3), 4 * number, axis=1)[..., ::-1].copy())
    writer.release()
