"""Whole files of each kind, small, as bytes: what is broken by the mutations."""
import gzip
import io
import json
import pickle
import tempfile
from pathlib import Path
from typing import Callable

import numpy as np
import torch

CLASSES = ['cat', 'dog', 'sports ball', 'U.S.A.']


def written(name: str, write: Callable[[str], object]) -> bytes:
    """What ``write`` writes to a path of this name."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        write(str(path))
        return path.read_bytes()


def checkpoint(old: bool = False) -> bytes:
    """A runner's checkpoint; ``old``: in the form of torch before 1.6, whose runners kept no numbers of numpy."""
    net = torch.nn.Linear(3, 2)
    optimizer = torch.optim.SGD(net.parameters(), lr=.1, momentum=.9)
    net(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    content = dict(meta=dict(epoch=1, iter=4, dataset_meta=dict(classes=tuple(CLASSES))), state_dict=net.state_dict(),
                   optimizer=optimizer.state_dict())
    if not old:
        content['message_hub'] = dict(runtime_info=dict(step=np.int64(3)))
    file = io.BytesIO()
    torch.save(content, file, _use_new_zipfile_serialization=not old)
    return file.getvalue()


def label_graph(sparse: bool = False) -> bytes:
    from scipy.sparse import csr_array

    from kssnet_mm.graphs.label_graph import LabelGraph
    matrix = np.eye(4, dtype=np.float32) + .25
    graph = LabelGraph(CLASSES, matrix, matrix, None, np.ones((4, 5), np.float32), dict(files=[], builder=dict(t=.4)),
                       np.array([[1, 2]] * 4))
    if sparse:
        graph.adjacency = csr_array(matrix)
    return written('graph.npz', graph.save)


def arrays(**named) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **named)
    return file.getvalue()


def features(sparse: bool = False) -> bytes:
    held = np.array([[1, 0, 0, 1]] * 6, dtype=np.uint8)
    if not sparse:
        return arrays(features=np.ones((6, 5), np.float32), targets=held, classes=np.array(CLASSES),
                      ids=np.array(list('abcdef')))
    return arrays(values=np.ones(6, np.float32), indices=np.arange(6) % 5, indptr=np.arange(7), shape=np.array([6, 5]),
                  targets=np.packbits(held, axis=1), classes=np.array(CLASSES))


def targets() -> bytes:
    return arrays(labels=np.array(CLASSES), targets=np.array([[1, 0, -1, 1]] * 5, np.int8))


def scores() -> bytes:
    return arrays(scores=np.full((3, 4), .5), targets=np.ones((3, 4), np.int8), classes=np.array(CLASSES),
                  ids=np.array(['a', 'b', 'c']))


def coco() -> bytes:
    return json.dumps(dict(
        images=[dict(id=i, file_name=f'{i}.jpg', width=8, height=8) for i in range(3)],
        annotations=[dict(id=i, image_id=i, category_id=i + 1, iscrowd=0, bbox=[0, 0, 4, 4]) for i in range(3)],
        categories=[dict(id=i + 1, name=name, supercategory='x') for i, name in enumerate(CLASSES)])).encode()


VOC = b"""<annotation><folder>VOC2007</folder><filename>000005.jpg</filename><size><width>500</width></size>
<object><name>chair</name><difficult>0</difficult><bndbox><xmin>263</xmin></bndbox></object>
<object><name>dog</name><difficult>1</difficult></object></annotation>"""
VOC_LIST = b'000005  1\n000007 -1\n000009\n'
CHARADES = (b'id,subject,scene,quality,relevance,verified,script,objects,descriptions,actions,length\n'
            b'ABCDE,X,Kitchen,6,7,Yes,"A person, cooking",food,"x;y",c001 1.50 3.20;c002 0.00 30.96,30.96\n'
            b'FGHIJ,Y,Hall,6,7,Yes,text,door,x,,12.00\n')
CODES = b'c000 Holding some clothes\nc001 Opening a door\nc002 Closing a door\n'
MAPPING = b'c000 o000 v000\nc001 o001 v001\nc002 o001 v000\n'
CSV = b'file,labels\na/1.jpg,cat;dog\nb.jpg,\n"c,d.jpg",dog\n'
COLUMNS = b'id,cat,dog,sports ball\na,1,0,1\nb,0,0,0\nc,1,1,0\n'
TSV = b'file\tlabels\na/1.jpg\tcat;dog\nb.jpg\tdog\n'
TABLE = json.dumps({'a/1.jpg': ['cat', 'dog'], 'b.jpg': []}).encode()
ROWS = json.dumps(dict(labels=CLASSES, targets=[[1, 0, 0, 1], [0, 0, 0, 0]])).encode()
FRAME_LIST = (b'original_vido_id video_id frame_id path labels\n'
              b'A 0 0 A/A-000001.jpg "0,2"\nA 0 1 A/A-000002.jpg ""\nB 1 0 B/B-000001.jpg "1"\n')
CLASS_LIST = '\n'.join(CLASSES).encode() + b'\n'
THRESHOLDS = json.dumps(dict(thresholds=dict.fromkeys(CLASSES, .5), tuned_for='F1')).encode()
SUBMISSION = b'ABCDE 0.5 0.25 1e-3 0\nFGHIJ 1 0 0.125 0.75\n'
ALIASES = b'sports ball: ball\nU.S.A.: [usa, america]\ncat: {verb: hold, object: cat}\n'
FRAMES_TXT = b'3\n0.0\n0.04\n0.08\n0.12\n'
VECTORS = b'cat 0.1 0.2 -0.3\ndog 1 2e-1 3\nsports_ball .5 .5 .5\nat name@x.com 1 1 1\n'
COUNTED = b'3 3\n/c/en/cat 0.1 0.2 -0.3\n/c/en/dog 1 2 3\n/c/de/hund 1 1 1\n'
ASSERTIONS = b''.join(
    f'/a/x\t/r/{relation}\t/c/en/{start}\t/c/en/{end}\t{{"dataset": "/d/x", "weight": {weight}}}\n'.encode()
    for relation, start, end, weight in (('IsA', 'cat', 'dog/n', 1.), ('RelatedTo', 'dog', 'sports_ball', 2.5),
                                         ('AtLocation', 'cat', 'house', 1)))
LAST = b'other.pth'
CONFIG = b"""default_scope = 'mmpretrain'
model = dict(
    type='ImageClassifier',
    backbone=dict(type='mmpretrain.ResNet', depth=18, stem_channels=4, base_channels=4),
    head=dict(type='KSSNetHead', num_classes=4, in_channels=32, thr=0.5,
              classifier=dict(type='LinearClassifier', deploy=True)),
    data_preprocessor=dict(mean=[120., 110., 100.], std=[60., 60., 60.], to_rgb=True))
test_dataloader = dict(dataset=dict(pipeline=[
    dict(type='mmpretrain.LoadImageFromFile'), dict(type='mmpretrain.Resize', scale=(48, 32)),
    dict(type='mmpretrain.PackInputs')]))
"""
HOW = dict(kind='image', resize=[48, 32], crop=None, channels='rgb', mean=[120., 110., 100.], std=[60., 60., 60.])


def binary_vectors() -> bytes:
    """word2vec's .bin."""
    rows = (name.encode() + b' ' + np.ones(3, '<f4').tobytes() + b'\n' for name in ('cat', 'dog', 'sports_ball'))
    return b'3 3\n' + b''.join(rows)


def vector_arrays() -> bytes:
    return arrays(words=np.array(['cat', 'dog']), vectors=np.ones((2, 3), np.float32))


def zipped_text(text: bytes) -> bytes:
    return gzip.compress(text, mtime=0)


def released_graph() -> bytes:
    """As ML-GCN's counts."""
    return pickle.dumps(dict(adj=np.ones((4, 4)) + np.eye(4), nums=np.full(4, 9.)), protocol=2)


def results() -> bytes:
    """As mmpretrain's tools/test.py --out."""
    return pickle.dumps([dict(img_path=f'{i}.jpg', pred_score=torch.ones(4), gt_score=torch.zeros(4),
                              gt_label=torch.tensor([1])) for i in range(3)])


def image(name: str, **options) -> bytes:
    from PIL import Image
    y, x = np.mgrid[:48, :64]
    picture = Image.fromarray(np.stack([3 * x, 5 * y, 2 * x + 2 * y], axis=2).astype(np.uint8))
    return written(name, lambda path: picture.save(path, **options))


def video(name: str, codec: str = 'libx264') -> bytes:
    """Thirty frames with two keyframes."""
    import av

    def write(path: str) -> None:
        with av.open(path, 'w') as file:
            stream = file.add_stream(codec, rate=10, options=dict(g='15', bf='1'))
            stream.width, stream.height, stream.pix_fmt = 64, 48, 'yuv420p'
            for number in range(30):
                picture = np.full((48, 64, 3), 8 * number, np.uint8)
                file.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format='rgb24')))
            file.mux(stream.encode())

    return written(name, write)


def metadata(**how) -> dict:
    return {key: json.dumps(value) for key, value in
            dict(classes=CLASSES, thresholds=[.5] * 4, preprocessing=dict(HOW, **how)).items()}


def onnx_model(**how) -> bytes:
    """A network that averages the pixels of each channel; its metadata are those of an export."""
    import onnx
    from onnx import TensorProto, helper
    sizes = ['batch', 3, 'frames', 'height', 'width'] if how else ['batch', 3, 'height', 'width']
    nodes = [helper.make_node('ReduceMean', ['input'], ['mean'], axes=list(range(2, len(sizes))), keepdims=0),
             helper.make_node('MatMul', ['mean', 'weight'], ['logits']),
             helper.make_node('Sigmoid', ['logits'], ['scores'])]
    weight = helper.make_tensor('weight', TensorProto.FLOAT, [3, 4], np.linspace(-1, 1, 12))
    graph = helper.make_graph(nodes, 'mean', [helper.make_tensor_value_info('input', TensorProto.FLOAT, sizes)],
                              [helper.make_tensor_value_info('scores', TensorProto.FLOAT, ['batch', 4])], [weight])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8)
    onnx.helper.set_model_props(model, metadata(**how))
    return model.SerializeToString()


class _Mean(torch.nn.Module):

    def forward(self, x):
        mean = x.mean(dim=(2, 3))
        return torch.cat([mean, mean[:, :1]], dim=1).sigmoid()


def program() -> bytes:
    """The same as a program of torch.export."""
    exported = torch.export.export(_Mean(), (torch.zeros(1, 3, 32, 48), ))
    file = io.BytesIO()
    torch.export.save(exported, file, extra_files=metadata())
    return file.getvalue()


def config_weights() -> bytes:
    """A checkpoint for :data:`CONFIG`."""
    from mmengine.config import Config
    from mmengine.registry import MODELS, init_default_scope
    cfg, file = Config.fromstring(CONFIG.decode(), '.py'), io.BytesIO()
    init_default_scope(cfg.default_scope)
    torch.save(dict(state_dict=MODELS.build(cfg.model).state_dict(), meta=dict(dataset_meta=dict(classes=CLASSES))),
               file)
    return file.getvalue()
