"""The inferencer, on every kind of input and of model."""
import copy
import csv
import json

import cv2
import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.dataset import pseudo_collate
from PIL import Image
from tiny_models import CLASSES, IMAGE_STEPS, make, picture, write_clip

from kssnet_mm.apis import MultiLabelInferencer
from kssnet_mm.utils.configs import without_fetched_weights


@pytest.fixture(scope='module')
def images(tmp_path_factory):
    folder = tmp_path_factory.mktemp('images')
    for number in range(3):
        Image.fromarray(picture(number)).save(folder / f'{number}.png')
    (folder / 'sub').mkdir()
    Image.fromarray(picture(9, 36, 48)).save(folder / 'sub' / '0.png')
    return folder


@pytest.fixture(scope='module')
def image_model(tmp_path_factory):
    cfg, weights = make(tmp_path_factory.mktemp('image_model'))
    return MultiLabelInferencer(cfg, weights, device='cpu', show_progress=False)


@pytest.fixture(scope='module')
def video_model(tmp_path_factory):
    cfg, weights = make(tmp_path_factory.mktemp('video_model'), video=True)
    return MultiLabelInferencer(cfg, weights, device='cpu', show_progress=False)


@pytest.fixture(scope='module')
def clip(tmp_path_factory):
    path = tmp_path_factory.mktemp('clip') / 'a.mp4'
    write_clip(path)
    return path


def scores(found):
    return np.array([[row['score'] for row in prediction['scores']] for prediction in found['predictions']])


def test_every_input_of_an_image_model(image_model, images):
    """Whatever it comes as, one picture has the scores that the model itself gives."""
    path = str(images / '0.png')
    bgr = np.ascontiguousarray(picture(0)[..., ::-1])
    packed = image_model.pipeline.run(path)[0]
    with torch.no_grad():
        x = image_model.model.data_preprocessor(pseudo_collate([packed]), False)['inputs']
        expected = image_model.model.head(image_model.model.backbone(x)).sigmoid().numpy()
    assert np.ptp(expected) > 0.05
    for given in (path, images / '0.png', [path], bgr, [bgr], bgr[None], Image.open(path)):
        np.testing.assert_allclose(scores(image_model(given, all_scores=True)), expected, atol=2e-6)
    rgb = image_model(picture(0), all_scores=True, channel_order='rgb')
    np.testing.assert_allclose(scores(rgb), expected, atol=2e-6)
    assert np.abs(scores(image_model(picture(0), all_scores=True)) - expected).max() > 1e-3


def test_folders_and_batches(image_model, images, capsys):
    one = image_model(str(images), all_scores=True)
    three = image_model(str(images / '*.png'), all_scores=True, batch_size=3)
    assert [p['id'] for p in one['predictions']] == [str(images / f'{i}.png') for i in range(3)]
    np.testing.assert_allclose(scores(one), scores(three), atol=2e-6)
    assert len(image_model(str(images), recursive=True)['predictions']) == 4
    assert one['visualization'] == [None] * 3 and one['failures'] == []
    assert capsys.readouterr() == ('', '')


def test_sizes_that_differ_do_not_change_each_other(tmp_path, images):
    """Padded to one size, as mmpretrain does with a batch, the smaller image would have other scores."""
    cfg, weights = make(tmp_path, steps=[IMAGE_STEPS[0], IMAGE_STEPS[2]])
    model = MultiLabelInferencer(cfg, weights, 'cpu', show_progress=False)
    both = [str(images / '0.png'), str(images / 'sub/0.png')]
    np.testing.assert_allclose(scores(model(both, batch_size=2, all_scores=True)),
                               scores(model(both, all_scores=True)), atol=2e-6)


def test_what_fails_is_named_and_the_rest_goes_on(image_model, images, tmp_path):
    broken, whole = tmp_path / 'broken.jpg', str(images / '1.png')
    broken.write_bytes(b'no image')
    (tmp_path / 'a.txt').touch()
    given = [str(broken), str(tmp_path / 'none.png'), whole, str(tmp_path / 'a.txt'), np.zeros((4, 4, 3)), None]
    found = image_model(given, batch_size=4, show_dir=str(tmp_path / 'drawn'), pred_out_file=tmp_path / 'p.jsonl')
    assert [p['id'] for p in found['predictions']] == [whole]
    assert [(tmp_path / 'drawn' / '1.png').samefile(path) for path in found['visualization']] == [True]
    errors = [failure['error'] for failure in found['failures']]
    assert len(errors) == 5
    for error, message in zip(errors, ('broken.jpg: cannot be read as image', 'none.png: no such file',
                                       'a.txt: this model predicts on images', '#4: cannot be read as image (an array '
                                       'of float64', '#5: a NoneType is no input')):
        assert message in error
    lines = [json.loads(line) for line in (tmp_path / 'p.jsonl').read_text().splitlines()]
    assert [line['id'] for line in lines] == [p['id'] for p in found['predictions'] + found['failures']]


def test_a_failure_inside_of_a_batch(image_model, images, monkeypatch):
    """The others of the batch are predicted; so are scores that are no numbers kept out."""
    run, odd = image_model._run, str(images / '1.png')

    def fail(data):
        if any(item['data_samples'].get('img_path') == odd for item in data):
            raise RuntimeError('out of memory\nmore of it')
        return run(data)

    monkeypatch.setattr(image_model, '_run', fail)
    found = image_model(str(images), batch_size=3)
    assert len(found['predictions']) == 2
    assert found['failures'] == [dict(id=odd, error=f'{odd}: the model cannot take it (RuntimeError: out of memory)')]
    monkeypatch.setattr(image_model, '_run', lambda data: [np.full(4, np.nan, dtype=np.float32)] * len(data))
    assert 'no numbers' in image_model(odd)['failures'][0]['error']


def test_a_picture_that_cannot_be_drawn(image_model, images, tmp_path):
    (tmp_path / 'file').touch()
    found = image_model(str(images), show_dir=str(tmp_path / 'file'))
    assert len(found['predictions']) == 3 and found['visualization'] == [None] * 3
    assert 'its picture cannot be drawn' in found['failures'][2]['error']


def test_thresholds_and_topk(image_model, images, tmp_path):
    path = str(images / '0.png')
    found = image_model(path, all_scores=True)['predictions'][0]
    values = {row['label']: row['score'] for row in found['scores']}
    ranked = sorted(values, key=lambda name: -values[name])
    assert [row['label'] for row in found['labels']] == [name for name in ranked if values[name] >= .5]

    def labels(**options):
        return [row['label'] for row in image_model(path, **options)['predictions'][0]['labels']]

    # every label but the highest one, whose own threshold is above its score
    table = {name: 1.0 if name == ranked[0] else 0.0 for name in reversed(CLASSES)}
    (tmp_path / 'thr.json').write_text(json.dumps(table))
    for thr in (table, str(tmp_path / 'thr.json'), [table[name] for name in CLASSES]):
        assert labels(thr=thr) == ranked[1:] and labels(thr=thr, topk=2) == ranked[1:3]
    assert labels(topk=3) == ranked[:3] and labels(thr=0.0) == ranked and labels(thr=1.0) == []
    for options, message in ((dict(thr=1.5), 'between 0 and 1'), (dict(thr={'cat': .5}), 'no threshold for'),
                             (dict(topk=0), 'at least 1'), (dict(thr=[.5]), '1 thresholds for 4 classes'),
                             (dict(batch_size=0), 'batch_size'), (dict(pred_out_file='a.txt'), 'ends in neither'),
                             (dict(channel_order='gbr'), 'gbr'), (dict(colour=1), 'colour')):
        with pytest.raises(ValueError, match=message):
            image_model(path, **options)


def test_the_heads_own_rule(tmp_path, images):
    path = str(images / '0.png')
    for folder, head in (('thr', dict(thr=[0., 1., 0., 1.])), ('topk', dict(topk=1)),
                         ('file', dict(thr=str(tmp_path / 'thr.json')))):
        (tmp_path / folder).mkdir()
        (tmp_path / 'thr.json').write_text(json.dumps(dict(zip(CLASSES, (1., 0., 1., 0.)))))
        cfg, weights = make(tmp_path / folder, head=head)
        model = MultiLabelInferencer(cfg, weights, 'cpu', show_progress=False)
        found = model(path, all_scores=True)['predictions'][0]
        best = max(found['scores'], key=lambda row: row['score'])['label']
        assert {row['label'] for row in found['labels']} == dict(
            thr={CLASSES[0], CLASSES[2]}, topk={best}, file={CLASSES[1], CLASSES[3]})[folder]


@pytest.mark.parametrize('topk', [1, 4])
def test_the_topk_of_a_video_head(tmp_path, clip, topk):
    """Whatever the threshold is: at 1.0 there would be no label."""
    cfg, weights = make(tmp_path, video=True, head=dict(topk=topk, thr=1.0))
    model = MultiLabelInferencer(cfg, weights, 'cpu', show_progress=False)
    found = model(str(clip), all_scores=True)['predictions'][0]
    ranked = sorted(found['scores'], key=lambda row: -row['score'])
    assert [row['label'] for row in found['labels']] == [row['label'] for row in ranked[:topk]]


def test_data_samples(image_model, images):
    sample, = image_model(str(images / '0.png'), return_datasamples=True, topk=2)['predictions']
    assert sample.pred_label.tolist() == sample.pred_score.topk(2).indices.tolist()
    assert sample.id == str(images / '0.png') and sample.classes == CLASSES


def test_class_names(tmp_path, images):
    cfg, weights = make(tmp_path, classes=None)
    with pytest.raises(ValueError, match='holds no class names.*--classes FILE'):
        MultiLabelInferencer(cfg, weights, 'cpu')
    (tmp_path / 'classes.txt').write_text('one\ntwo\nthree\nfour\n')
    for classes in (str(tmp_path / 'classes.txt'), ['one', 'two', 'three', 'four']):
        model = MultiLabelInferencer(cfg, weights, 'cpu', classes=classes, show_progress=False)
        assert [row['label'] for row in model(str(images / '0.png'), all_scores=True)['predictions'][0]['scores']] == [
            'one', 'two', 'three', 'four']
    with pytest.raises(ValueError, match='3 class names, but the model has 4'):
        MultiLabelInferencer(cfg, weights, 'cpu', classes=['one', 'two', 'three'])
    # names of the checkpoint may be translated, but not stand elsewhere
    cfg, weights = make(tmp_path)
    other = [f'{name} in another language' for name in CLASSES]
    assert MultiLabelInferencer(cfg, weights, 'cpu', classes=other).classes == other
    with pytest.raises(ValueError, match=f"classes has names of .* in another order: 0 is '{CLASSES[1]}' in classes"):
        MultiLabelInferencer(cfg, weights, 'cpu', classes=[CLASSES[1], CLASSES[0], *CLASSES[2:]])


def test_what_is_no_model(tmp_path, image_model):
    for arguments, error, message in (((image_model.cfg, ), ValueError, 'comes with the checkpoint'),
                                      (('nowhere.py', 'x.pth'), FileNotFoundError, 'nowhere.py: there is no'),
                                      ((dict(a=1), 'x.pth'), ValueError, 'describes no model'),
                                      (('nowhere.onnx', ), FileNotFoundError, 'nowhere.onnx: no such file'),
                                      ((image_model.cfg, 'nowhere.pth'), FileNotFoundError, 'nowhere.pth')):
        with pytest.raises(error, match=message):
            MultiLabelInferencer(*arguments, device='cpu')
    for name in ('broken.onnx', 'broken.pt2'):
        (tmp_path / name).write_bytes(b'nothing')
        with pytest.raises(ValueError, match=f'{name} cannot be read as an exported model'):
            MultiLabelInferencer(tmp_path / name)


def test_videos(video_model, clip, tmp_path):
    """From the file, and from its frames in memory."""
    capture, frames = cv2.VideoCapture(str(clip)), []
    while True:
        there, frame = capture.read()
        if not there:
            break
        frames.append(frame)
    assert len(frames) == 9
    expected = scores(video_model(str(clip), all_scores=True, show_dir=str(tmp_path)))
    assert (tmp_path / 'a.png').exists() and np.ptp(expected) > 0.01
    pictures = [Image.fromarray(frame[..., ::-1]) for frame in frames]
    for given in (frames, np.stack(frames), [frames], pictures):
        np.testing.assert_allclose(scores(video_model(given, all_scores=True)), expected, atol=0.01)
    backwards = scores(video_model(frames[::-1], all_scores=True))
    assert np.abs(backwards - expected).max() > 1e-4


def test_a_damaged_video_does_not_stop_the_drawing(video_model, clip, tmp_path):
    damaged = tmp_path / 'damaged.mp4'
    damaged.write_bytes(clip.read_bytes()[:900])
    found = video_model([str(damaged), str(clip)], show_dir=str(tmp_path / 'drawn'), pred_out_file=tmp_path / 'p.csv')
    assert [p['id'] for p in found['predictions']] == [str(clip)] and len(found['failures']) == 1
    assert f'{damaged}: cannot be read as video' in found['failures'][0]['error']
    rows = list(csv.DictReader(open(tmp_path / 'p.csv', encoding='utf-8')))
    assert {row['id'] for row in rows} <= {str(clip)} and len(rows) == len(found['predictions'][0]['labels'])


def test_a_preprocessor_beside_the_model_is_used(tmp_path, images):
    """mmpretrain's configs have it there, and mmengine's runner puts it into the model."""
    cfg, weights = make(tmp_path)
    expected = MultiLabelInferencer(cfg, weights, device='cpu', show_progress=False)(
        str(images / '0.png'), all_scores=True)
    moved = Config.fromfile(cfg) if isinstance(cfg, str) else copy.deepcopy(cfg)
    moved.data_preprocessor = moved.model.pop('data_preprocessor')
    assert moved.data_preprocessor.mean
    found = MultiLabelInferencer(moved, weights, device='cpu', show_progress=False)(
        str(images / '0.png'), all_scores=True)
    np.testing.assert_array_equal(scores(found), scores(expected))


def test_a_pipeline_that_loads_floats_draws_the_picture(tmp_path, images):
    cfg, weights = make(tmp_path)
    cfg = Config.fromfile(cfg) if isinstance(cfg, str) else cfg
    cfg.test_dataloader.dataset.pipeline[0].to_float32 = True
    inferencer = MultiLabelInferencer(cfg, weights, device='cpu', show_progress=False)
    [source] = inferencer._inputs_to_list(str(images / '0.png'))
    _, [drawn] = inferencer.pipeline(source, keep=True)
    assert drawn.dtype == np.uint8
    np.testing.assert_array_equal(drawn, picture(0))


def test_a_checkpoint_needs_no_weights_of_the_package(tmp_path):
    """A backbone of torchvision fetches them when it is built."""
    model = without_fetched_weights(Config(dict(model=dict(backbone=dict(
        type='LabelGraphBackbone', backbone=dict(type='torchvision.resnet18', weights='DEFAULT')),
        head=dict(num_classes=2)))).model)
    assert model['backbone']['backbone'] == dict(type='torchvision.resnet18', weights=None)
    assert without_fetched_weights(dict(backbone=dict(type='ResNet', depth=18))) == dict(
        backbone=dict(type='ResNet', depth=18))
