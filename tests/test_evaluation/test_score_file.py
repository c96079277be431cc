"""Score files that are broken say so, with their name."""
import pickle

import numpy as np
import pytest

from kssnet_mm.evaluation.functional import ScoreFile, read_score_file, read_target_file, write_score_file

SCORES = np.random.default_rng(0).random((50, 4))


def cut(path):
    path.write_bytes(path.read_bytes()[:-100])


def flipped(path):
    content = bytearray(path.read_bytes())
    content[300] ^= 255
    path.write_bytes(content)


@pytest.mark.parametrize('break_it', [
    cut, flipped, lambda path: path.write_text('no zip'), lambda path: path.write_bytes(b''),
    lambda path: path.write_bytes(pickle.dumps(dict(scores=1))), lambda path: path.open('wb').write(b'PK\x03\x04'),
    lambda path: np.save(path.open('wb'), SCORES),
    lambda path: np.savez(path, scores=np.array([[None]], dtype=object))],
    ids=['cut', 'flipped', 'text', 'empty', 'pickle', 'start', 'npy', 'objects'])
def test_no_npz(tmp_path, break_it):
    path = tmp_path / 's.npz'
    write_score_file(path, ScoreFile(SCORES))
    read_score_file(path)
    break_it(path)
    with pytest.raises(ValueError, match='s.npz is not a readable .npz file: .'):
        read_score_file(path)


def test_a_missing_file_is_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_score_file(tmp_path / 'gone.npz')


@pytest.mark.parametrize('arrays, message', [
    (dict(scores=SCORES[0]), r'scores have shape \(4,\), expected samples x classes'),
    (dict(scores=SCORES, targets=SCORES[:3]), r'targets have shape \(3, 4\), scores \(50, 4\)'),
    (dict(scores=SCORES, classes=['a', 'b']), r'classes have shape \(2,\), .*: expected \(4,\)'),
    (dict(scores=SCORES, ids=['a', 'b']), r'ids have shape \(2,\), .*: expected \(50,\)'),
    (dict(scores=np.full((2, 2), 'x')), 'scores are of type <U1, expected numbers')])
def test_shapes_that_do_not_agree(tmp_path, arrays, message):
    np.savez(tmp_path / 's.npz', **arrays)
    with pytest.raises(ValueError, match=f's.npz: {message}'):
        read_score_file(tmp_path / 's.npz')


def test_targets_with_their_classes_and_ids(tmp_path):
    np.savez(tmp_path / 't.npz', targets=[[1, 0]], classes=['a', 'b'], ids=[17], more=1)
    found = read_target_file(tmp_path / 't.npz')
    assert found.targets.tolist() == [[1, 0]] and found.classes == ['a', 'b'] and found.ids == [17]
    with pytest.raises(ValueError, match="not 'scores'"):
        read_score_file(tmp_path / 't.npz')
