"""What tools/test.py --out and --submission write, sample by sample."""
import numpy as np
import pytest

from kssnet_mm.evaluation.functional import read_score_file, read_submission
from kssnet_mm.evaluation.metrics import DumpScores

SCORES = ([.5, .25], [.125, 1.], [0., .75])


def dump(names, out=None, submission=None):
    metric = DumpScores(out_file=out and str(out), submission_file=submission and str(submission))
    metric.dataset_meta = dict(classes=('cat', 'dog'))
    metric.process(None, [dict(pred_score=np.array(score), gt_label=[1], **name)
                          for score, name in zip(SCORES, names)])
    metric.evaluate(len(names))


@pytest.mark.parametrize('names, ids', [
    ([dict(img_path='a/1.jpg'), dict(img_path='b/2.jpg'), dict(img_path='3.jpg')], ['1', '2', '3']),
    ([dict(img_path='a/1.jpg'), dict(img_path='b/1.jpg'), dict(img_path='a/2.jpg')], ['a/1.jpg', 'b/1.jpg', 'a/2.jpg']),
    ([dict(video_id=f'V{i}', filename='x/v.mp4') for i in range(3)], ['V0', 'V1', 'V2'])])
def test_ids(tmp_path, names, ids):
    dump(names, tmp_path / 's.npz', tmp_path / 's.txt')
    content = read_score_file(tmp_path / 's.npz')
    assert content.ids == ids and content.classes == ['cat', 'dog'] and content.targets.tolist() == [[0, 1]] * 3
    assert content.scores.tolist() == list(map(list, SCORES))
    found, scores = read_submission(tmp_path / 's.txt', 2)
    assert found == ids and scores.tolist() == list(map(list, SCORES))


def test_a_file_that_is_there_twice(tmp_path):
    names = [dict(img_path='a/1.jpg')] * 3
    with pytest.warns(UserWarning, match="s.npz holds no ids: several samples are called 'a/1.jpg'"):
        dump(names, tmp_path / 's.npz')
    content = read_score_file(tmp_path / 's.npz')
    assert content.ids is None and len(content.scores) == 3
    with pytest.raises(ValueError, match="s.txt cannot be written: several samples are called 'a/1.jpg'"):
        dump(names, submission=tmp_path / 's.txt')


@pytest.mark.parametrize('name, message', [(dict(img_path='a/my cat.jpg'), "not 'my cat'"), (dict(), 'have none of')])
def test_an_id_that_a_submission_cannot_hold_is_refused_at_once(tmp_path, name, message):
    metric = DumpScores(submission_file=str(tmp_path / 's.txt'))
    with pytest.raises(ValueError, match=message):
        metric.process(None, [dict(pred_score=[.5, .5], gt_label=[1], **name)])
