"""E(0): the readers of word vectors, labels of several words, and words without a vector."""
import gzip
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mmengine.config import Config
from shared_data import ROOT, shared

from kssnet_mm.annotations.coco import COCO_CLASSES
from kssnet_mm.graphs import RandomEmbedding, WordVectorEmbedding
from kssnet_mm.graphs.word_vectors import read_vectors
from kssnet_mm.registry import TASK_UTILS
from kssnet_mm.utils.safe_pickle import read_safe_pickle

COCO = sorted(COCO_CLASSES)
GLOVE = ('the 1 0 0\n'
         'dog 3 4 0\n'
         '. . . 0.5 0.5 0.5\n'
         'at name@domain.com 9 9 9\n'
         'hot 0 0 2\n'
         'dog 7 7 7\n')


def write(path, text):
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def everything(name):
    return True


def test_glove_text_with_spaces_in_words_and_no_header(tmp_path):
    vectors = read_vectors(write(tmp_path / 'glove.txt', GLOVE), everything)
    assert {name: v.tolist() for name, v in vectors.items()} == {
        'the': [1, 0, 0], 'dog': [3, 4, 0], '. . .': [0.5, 0.5, 0.5], 'at name@domain.com': [9, 9, 9],
        'hot': [0, 0, 2]
    }
    assert vectors['dog'].dtype == np.float32


@pytest.mark.parametrize('compress', [False, True])
def test_numberbatch_text_with_header_keeps_one_language(tmp_path, compress):
    text = '4 2\n/c/fr/chat 9 9\n/c/en/chat 1 2\n/c/en/hot_dog 3 4\nplain 5 6 \n'.encode()
    file = write(tmp_path / 'numberbatch.txt', gzip.compress(text) if compress else text)
    vectors = read_vectors(file, everything)
    assert {name: v.tolist() for name, v in vectors.items()} == {
        'chat': [1, 2], 'hot_dog': [3, 4], 'plain': [5, 6]
    }
    assert read_vectors(file, everything, language='fr')['chat'].tolist() == [9, 9]


@pytest.mark.parametrize('names', [('words', 'vectors'), ('labels', 'embedding')])
def test_npz(tmp_path, names):
    rng = np.random.default_rng(0)
    table = rng.normal(size=(3000, 100)).astype(np.float32)
    np.savez(tmp_path / 'v.npz', **{names[0]: np.array([f'w{i}' for i in range(3000)]), names[1]: table})
    vectors = read_vectors(tmp_path / 'v.npz', {'w0', 'w2621', 'w2622', 'w2999', 'absent'}.__contains__)
    assert sorted(vectors) == ['w0', 'w2621', 'w2622', 'w2999']
    assert all(np.array_equal(v, table[int(name[1:])]) for name, v in vectors.items())


@pytest.mark.parametrize('arrays, message', [
    (dict(other=np.zeros(3)), "neither words and vectors nor labels and embedding.*'other'"),
    (dict(words=np.array(['a', 'b']), vectors=np.zeros((3, 2))), '2 words and 3 rows'),
    (dict(words=np.array([{}, 'b']), vectors=np.zeros((2, 2))), "'words' holds objects of Python, which are never unpickled")])
def test_npz_refusals(tmp_path, arrays, message):
    np.savez(tmp_path / 'v.npz', **arrays)
    with pytest.raises(ValueError, match=message):
        read_vectors(tmp_path / 'v.npz', everything)


@pytest.mark.parametrize('text, message', [
    ('a 1 2 3\nb 1 2\nc 1 2 3\n', r'v.txt:2: 2 values after the word, where others have 3'),
    ('a 1 2 3\nb 1 2 3\nc 1 2 3 4\n', r'v.txt:3: 4 values after the word, where others have 3'),
    ('a 1 2 3\nb 1 x 3\n', r'v.txt:2: not 3 numbers'),
    ('a 1 2 3\nb 1 nan 3\n', r"v.txt:2: the vector of 'b' has infinite or NaN values"),
    ('2 3\na 1 2 3\nb 9 1 2 3\n', r'v.txt:3: 4 values after the word'),
    ('3 2\na 1 2\nb 1 2\n', r'v.txt holds 2 vectors and its first line says 3'),
    ('word\n', r'v.txt:1: no word with numbers'), ('', 'v.txt is empty: a text file of word vectors'),
])
def test_broken_lines_are_named(tmp_path, text, message):
    with pytest.raises(ValueError, match=message):
        read_vectors(write(tmp_path / 'v.txt', text), everything)


def test_truncated_gz_is_refused(tmp_path):
    data = gzip.compress(os.urandom(4000).hex().encode() + b'\n')
    with pytest.raises(ValueError, match='v.txt.gz is truncated'):
        read_vectors(write(tmp_path / 'v.txt.gz', data[:-20]), everything)


def test_phrases_come_first_and_words_are_averaged(tmp_path):
    file = write(tmp_path / 'v.txt', 'hot 2 0\ndog 0 4\nhot_dog 8 8\nt-shirt 1 3\n##_hours 5 5\n')
    labels = ['Hot dog', 'dog', 'T-shirt', '24 hours']
    assert WordVectorEmbedding(file).build(labels).tolist() == [[8, 8], [0, 4], [1, 3], [5, 5]]
    assert WordVectorEmbedding(file, phrases=False).build(labels[:2]).tolist() == [[1, 2], [0, 4]]
    # length 8 sqrt(2) and 4
    assert np.allclose(
        WordVectorEmbedding(file, normalize=True).build(labels[:2]), [[.5**.5, .5**.5], [0, 1]])


def test_verb_and_object_are_unit_vectors_added_and_normalised(tmp_path):
    file = write(tmp_path / 'v.txt', 'hold 3 4\ncup 0 2\nsofa 6 0\ncouch 2 0\nlean 0 5\n')
    concepts = {
        'Holding a cup': dict(verb='hold', object='cup'),
        'Leaning': dict(verb='lean', object=None),
        'On the sofa': dict(verb='hold', object='sofa/couch'),
        'furniture': ['sofa', 'couch'],
    }
    rows = WordVectorEmbedding(file).build([*concepts, 'cup'], concepts=concepts)
    # (.6, .8) + (0, 1) = (.6, 1.8), length sqrt(3.6); (.6, .8) + (1, 0) = (1.6, .8), length sqrt(3.2)
    expected = [[.6 / 3.6**.5, 1.8 / 3.6**.5], [0, 1], [1.6 / 3.2**.5, .8 / 3.2**.5], [4, 0], [0, 2]]
    assert np.allclose(rows, expected, atol=1e-7) and rows.dtype == np.float32
    # of names for one thing those with a vector count
    source = WordVectorEmbedding(write(tmp_path / 'one.txt', 'sofa 6 0\n'))
    assert source.build(['sofa/couch']).tolist() == [[6, 0]] and source.missing_words == {}


def test_missing_words(tmp_path, capsys):
    file = write(tmp_path / 'v.txt', 'skate 2 2\nboard 4 0\nred 0 2\n')
    labels = ['red skateboard', 'board', 'zzz']
    listed = r"words of 2 labels \('red skateboard': skateboard; 'zzz': zzz\)"
    with pytest.raises(ValueError, match=listed):
        WordVectorEmbedding(file).build(labels)
    with pytest.raises(ValueError, match=r"words of 1 labels \('zzz': zzz\)"):
        WordVectorEmbedding(file, missing='shorter').build(labels)
    source = WordVectorEmbedding(file, missing='shorter')
    # red and, for skateboard, skate
    assert source.build(labels[:2]).tolist() == [[1, 2], [4, 0]]
    assert source.missing_words == {'red skateboard': ['skateboard']}
    zero = WordVectorEmbedding(file, missing='zero')
    assert zero.build(labels).tolist() == [[0, 1], [4, 0], [0, 0]]
    assert zero.missing_words == {'red skateboard': ['skateboard'], 'zzz': ['zzz']}
    with pytest.raises(ValueError, match="missing must be one of .* got 'skip'"):
        WordVectorEmbedding(file, missing='skip')


@pytest.mark.parametrize('name', ['kssnet_r101_coco', 'mlgcn_r101_coco'])
def test_configs_of_coco_average_words_where_the_file_has_the_phrase(tmp_path, name):
    config = Config.fromfile(ROOT / f'configs/{name}.py')
    file = write(tmp_path / 'v.txt', 'hot-dog 9 9\nhot_dog 8 8\nhot 1 3\ndog 5 1\n')
    source = TASK_UTILS.build(dict(config.model.backbone.gcn.graph.embedding, file=str(file)))
    assert source.build(['hot dog']).tolist() == [[3, 2]]


def test_random_vectors_depend_on_word_and_seed_alone(tmp_path):
    file = write(tmp_path / 'v.txt', f'red {" ".join(["1"] * 500)}\n')
    rows = WordVectorEmbedding(file, missing='random').build(['xx', 'red', 'yy'])
    again = WordVectorEmbedding(file, missing='random').build(['yy', 'red', 'xx'])
    other = WordVectorEmbedding(file, missing='random', seed=1).build(['xx', 'red', 'yy'])
    assert np.array_equal(rows, again[::-1]) and not np.array_equal(rows[0], other[0])
    assert not np.array_equal(rows[0], rows[2]) and 0.8 < np.linalg.norm(rows[0]) < 1.2


def test_glove_of_coco_comes_out_of_a_text_file_unchanged(tmp_path):
    # Each label's row is a phrase of its own: ML-GCN's rows are already means over words.
    table = np.asarray(read_safe_pickle(shared('mlgcn/coco_glove_word2vec.pkl')), dtype=np.float32)
    assert table.shape == (80, 300)
    lines = [' '.join([label.replace(' ', '_'), *map(repr, row.tolist())])
             for label, row in zip(COCO, table)]
    rng = np.random.default_rng(0)
    lines += [f'filler{i} ' + ' '.join(f'{v:.5f}' for v in rng.normal(size=300)) for i in range(500)]
    order = rng.permutation(len(lines))
    file = write(tmp_path / 'glove.txt', '\n'.join(lines[i] for i in order) + '\n')
    rows = WordVectorEmbedding(file).build(COCO)
    assert np.array_equal(rows, table)
    # the same through .gz, with labels in another order
    packed = write(tmp_path / 'glove.txt.gz', gzip.compress(file.read_bytes(), 1))
    assert np.array_equal(WordVectorEmbedding(packed).build(COCO[::-1]), table[::-1])


names = st.text('abcé_', min_size=1, max_size=5).filter(lambda name: name.strip('_'))
numbers = st.floats(width=32, allow_nan=False, allow_infinity=False)


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(names, st.lists(numbers, min_size=3, max_size=3), min_size=1, max_size=8),
       st.booleans())
def test_what_is_written_is_read(tmp_path_factory, table, header):
    lines = [' '.join([name, *map(repr, row)]) for name, row in table.items()]
    text = '\n'.join(([f'{len(table)} 3'] if header else []) + lines)
    read = read_vectors(write(tmp_path_factory.mktemp('v') / 'v.txt', text), everything)
    assert {name: v.tolist() for name, v in read.items()} == table


def test_random_embedding():
    rows = RandomEmbedding(dim=400).build(['a', 'b'])
    assert rows.shape == (2, 400) and np.array_equal(rows, RandomEmbedding(dim=400).build(['c', 'd']))
    assert np.abs(rows - RandomEmbedding(dim=400, seed=1).build(['a', 'b'])).max() > .01
    assert np.all(np.abs(np.linalg.norm(rows, axis=1) - 1) < 0.2)
    with pytest.raises(ValueError, match='dim must be positive, got 0'):
        RandomEmbedding(dim=0)
