"""The pickles of mmpretrain's and mmaction2's test tools: tensors come through, everything else is refused by name."""
import collections
import io
import os
import pickle

import numpy as np
import pytest
import torch
from action_samples import action_sample
from mmengine.evaluator import Evaluator
from mmpretrain.structures import DataSample

from kssnet_mm.evaluation.dumps import read_dump, read_pickled_results
from kssnet_mm.evaluation.functional import ScoreFile, write_score_file
from kssnet_mm.utils.safe_pickle import STAND_INS

SCORES = torch.tensor([[.5, .25, .125], [1., 0., .75]])


def dump(path, samples):
    """As the stock test tools write it."""
    evaluator = Evaluator(dict(type='DumpResults', out_file_path=str(path)))
    evaluator.process(samples)
    evaluator.evaluate(len(samples))


def image_samples():
    for i, label in enumerate(([0, 1], [])):
        sample = DataSample().set_gt_label(label).set_pred_score(SCORES[i]).set_pred_label([i])
        sample.set_metainfo(dict(img_path=f'val/{i}.jpg', img_shape=(80, 80), scale_factor=(1.25, 1.), flip=False,
                                 sample_idx=i, ori_shape=np.array([64, 80])))
        yield sample


def action_samples():
    for i, label in enumerate(([1., 1, 0], [0., 0, 0])):
        sample = action_sample(label, SCORES[i])
        if hasattr(sample, 'set_pred_label'):
            sample.set_pred_label(torch.tensor([i]))
        sample.set_metainfo(dict(img_shape=(56, 56), video_id=f'V{i}'))
        yield sample


def action_dicts_of_1_1():
    for i, label in enumerate(([1., 1, 0], [0., 0, 0])):
        yield dict(gt_labels=dict(item=torch.tensor(label)), pred_scores=dict(item=SCORES[i]),
                   pred_labels=dict(item=torch.tensor([i])), img_shape=(56, 56), video_id=f'V{i}')


@pytest.mark.parametrize('make, ids', [(image_samples, ['0', '1']), (action_samples, ['V0', 'V1']),
                                       (action_dicts_of_1_1, ['V0', 'V1'])])
def test_both_frameworks(tmp_path, make, ids):
    dump(tmp_path / 'd.pkl', list(make()))
    content = read_dump(tmp_path / 'd.pkl')
    np.testing.assert_array_equal(content.scores, SCORES.numpy())
    assert content.targets.tolist() == [[1, 1, 0], [0, 0, 0]] and content.ids == ids and content.classes is None


def test_samples_without_labels_and_ids(tmp_path):
    dump(tmp_path / 'd.pkl', [dict(pred_score=row) for row in SCORES])
    content = read_dump(tmp_path / 'd.pkl')
    assert content.targets is None and content.ids is None and content.scores.shape == (2, 3)


def test_an_npz_is_read_too(tmp_path):
    write_score_file(tmp_path / 's.npz', ScoreFile(SCORES.numpy(), None, list('abc')))
    assert read_dump(tmp_path / 's.npz').classes == list('abc')


@pytest.mark.parametrize('protocol', range(pickle.HIGHEST_PROTOCOL + 1))
def test_tensors_of_all_kinds(tmp_path, protocol):
    base = torch.arange(24.).reshape(2, 3, 4)
    held = [base, base[1, :, 2], base.transpose(0, 2), base.bfloat16(), base.half(), base.double(), base > 3,
            base.long()[0], torch.zeros(0, 4), torch.tensor(2.5), base.numpy(), np.float32(3), 'text', 4, None, (5, 6.)]
    (tmp_path / 'd.pkl').write_bytes(pickle.dumps([dict(held=held)], protocol))
    read = read_pickled_results(tmp_path / 'd.pkl')[0]['held']
    for got, tensor in zip(read, held[:10]):
        expected = (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).numpy()
        assert got.dtype == expected.dtype
        np.testing.assert_array_equal(got, expected)
    np.testing.assert_array_equal(read[10], base.numpy())
    assert read[11:] == [3, 'text', 4, None, (5, 6.)]


class Calls:
    """Pickled as a call of a function, which unpickling would make."""

    def __init__(self, function, *arguments):
        self.made_by = function, arguments

    def __reduce__(self):
        return self.made_by


MARK = []


def mark(*_):
    MARK.append(1)


def storage(**kwargs):
    stream = io.BytesIO()
    torch.save(torch.arange(4.).storage(), stream, **kwargs)
    return stream.getvalue()


def evil_storage():
    start = storage(_use_new_zipfile_serialization=False)
    first = len(pickle.dumps(torch.serialization.MAGIC_NUMBER, 2))
    return start[:first] + pickle.dumps(1001, 2) + pickle.dumps({}, 2) + pickle.dumps(Calls(mark), 2)


def tensor(size, stride, offset=0, data=None):
    data = storage(_use_new_zipfile_serialization=False) if data is None else data
    return Calls(torch._utils._rebuild_tensor_v2, Calls(torch.storage._load_from_bytes, data), offset, size, stride,
                 False, collections.OrderedDict())


@pytest.mark.filterwarnings('ignore:TypedStorage is deprecated')
@pytest.mark.parametrize('make, message', [
    (lambda: Calls(os.system, 'true'), r'it tried to load (posix|nt)\.system; only dicts, lists, text'),
    (lambda: Calls(mark), r'it tried to load test_dumps\.mark'),
    (lambda: torch.nn.Linear(1, 1), r'it tried to load torch\.nn\.modules\.linear\.Linear'),
    (lambda: torch.nn.Parameter(SCORES), r'it tried to load torch\._utils\._rebuild_parameter'),
    (lambda: next(image_samples()), r'it tried to load mmpretrain\.structures\.data_sample\.DataSample'),
    (lambda: np.array([None]), 'not plain numbers'), (lambda: {1, 2}, r'a set|builtin__\.set'),
    (lambda: tensor((4, ), (1, ), data=storage()), 'a storage in another form'),
    (lambda: tensor((4, ), (1, ), data=evil_storage()), 'is refused'),
    (lambda: tensor((5, ), (1, )), r'a tensor of size \(5,\) beyond its storage of 4'),
    (lambda: tensor((2, ), (1, ), offset=3), 'beyond its storage'),
    (lambda: tensor((2, ), (-1, ), offset=3), 'beyond its storage'),
    (lambda: tensor((2, 2), (1, )), 'beyond its storage'),
    (lambda: Calls(torch.storage._load_from_bytes, 'text'), 'is refused'),
    (lambda: Calls(torch._utils._rebuild_tensor_v2, [1.], 0, (1, ), (1, )), 'a tensor without a storage')])
@pytest.mark.parametrize('protocol', [2, 4])
def test_everything_else_is_refused(tmp_path, make, message, protocol):
    MARK.clear()
    (tmp_path / 'bad.pkl').write_bytes(pickle.dumps([dict(pred_score=make())], protocol))
    with pytest.raises(ValueError, match=message) as error:
        read_dump(tmp_path / 'bad.pkl')
    assert 'bad.pkl is refused: ' in str(error.value) and not MARK


def test_a_stand_in_cannot_be_changed(tmp_path):
    """BUILD on what makes tensors, which would change it for every later reader."""
    for state in (dict(x=1), (None, dict(data=1)), (None, dict(__call__=1))):
        content = b'\x80\x02ctorch._utils\n_rebuild_tensor_v2\n' + pickle.dumps(state, 2)[2:-1] + b'b.'
        (tmp_path / 'bad.pkl').write_bytes(content)
        with pytest.raises(ValueError, match='is refused'):
            read_pickled_results(tmp_path / 'bad.pkl')
    assert not hasattr(STAND_INS['torch._utils._rebuild_tensor_v2'], 'x')
    dump(tmp_path / 'd.pkl', list(image_samples()))
    assert len(read_dump(tmp_path / 'd.pkl').scores) == 2


def test_broken_files(tmp_path):
    path = tmp_path / 'd.pkl'
    dump(path, list(image_samples()))
    whole = path.read_bytes()
    for content in (b'', b'text', whole[:100], whole[:-1], whole[:len(whole) // 2]):
        path.write_bytes(content)
        with pytest.raises(ValueError, match='d.pkl is refused: .'):
            read_dump(path)
    for content in (dict(mAP=.5), [], [1, 2]):
        path.write_bytes(pickle.dumps(content))
        with pytest.raises(ValueError, match='d.pkl holds no list of samples.*--out-item pred'):
            read_dump(path)
    with pytest.raises(FileNotFoundError):
        read_dump(tmp_path / 'gone.pkl')


@pytest.mark.parametrize('samples, message', [
    ([dict(pred_score=SCORES[0]), dict(pred_score=SCORES[1][:2])], 'd.pkl: its samples have 2 and 3 scores'),
    ([dict(gt_label=[1])], 'd.pkl: it needs a predicted score'),
    ([dict(pred_score=SCORES[0] * float('nan'), img_path='a/7.jpg')], 'd.pkl: sample a/7.jpg: the score of class 0')])
def test_samples_that_cannot_be_scored(tmp_path, samples, message):
    dump(tmp_path / 'd.pkl', samples)
    with pytest.raises(ValueError, match=message):
        read_dump(tmp_path / 'd.pkl')
