"""The commands of docs/weights.md as they stand there, on files of the names, shapes and types that they are for."""
import argparse
import pickle
import shlex
from fnmatch import fnmatch

import numpy as np
import pytest
import torch
from mmengine.config import Config, DictAction
from mmengine.registry import MODELS, DefaultScope
from released_files import ROOT, build, convert, load, released
from torchvision.models import GoogLeNet

from kssnet_mm.converters import read_state_dict
from kssnet_mm.reports import read_table
from kssnet_mm.reports.table import starting_weights


def commands(section: str) -> list:
    """Words of each command under a heading, without ``python``."""
    text = (ROOT / 'docs/weights.md').read_text().partition(f'\n## {section}\n')[2].partition('\n## ')[0]
    lines = text.partition('```bash\n')[2].partition('```')[0].replace('\\\n', ' ').splitlines()
    found = [shlex.split(line) for line in lines]
    assert found and all(words[0] == 'python' for words in found)
    return [words[1:] for words in found]


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder like a checkout's, with files where the page has them."""
    (tmp_path / 'configs').symlink_to(ROOT / 'configs')
    (tmp_path / 'data/weights').mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path / 'data/weights'


def run(words: list) -> None:
    folder, _, tool = words[0].rpartition('/')
    assert folder == 'tools/model_converters'
    convert(tool.removesuffix('.py'), *words[1:])


def options(words: list) -> dict:
    parser = argparse.ArgumentParser()
    parser.add_argument('--cfg-options', nargs='+', action=DictAction)
    return parser.parse_known_args(words)[0].cfg_options


def started(words: list, inner) -> dict:
    """The state that ``train.py CONFIG --cfg-options ...`` starts from, of the plain backbone in it."""
    assert words[0] == 'tools/train.py'
    cfg = Config.fromfile(words[1])
    cfg.merge_from_dict(options(words))
    if 'gcn' in cfg.model.backbone:
        cfg.model.backbone.gcn.graph = None
    with DefaultScope.overwrite_default_scope(cfg.default_scope):
        backbone = MODELS.build(cfg.model.backbone)
        backbone.init_weights()
    return inner(backbone).state_dict()


def check_table(words: list) -> None:
    """Every row that the command runs starts from the file, by a key that its Inception-I3D reads."""
    assert words[0] == 'tools/run_table.py'
    pattern = words[words.index('--rows') + 1]
    rows = [row for row in read_table(words[1])[2] if fnmatch(row.name, pattern)]
    assert rows
    for row in rows:
        cfg = Config.fromfile(row.config)
        cfg.merge_from_dict(options(words))
        part = cfg.model.backbone.get('backbone', cfg.model.backbone)
        assert part.type == 'InceptionI3D' and set(part) == {'type', 'init_cfg'}
        assert starting_weights(cfg) == part.init_cfg.checkpoint


@pytest.mark.parametrize('section, source, content, inner', [
    ("KSSNet's Inception-I3D from ImageNet", 'googlenet-1378be20.pth',
     lambda: GoogLeNet(aux_logits=True, init_weights=False).state_dict(), lambda backbone: backbone.backbone),
    ('The plain I3D from Kinetics-400', 'rgb_imagenet.pt', lambda: released('pytorch_i3d'),
     lambda backbone: backbone)], ids=['googlenet', 'pytorch-i3d'])
def test_inception_i3d_starts_from_the_file(place, section, source, content, inner):
    torch.save(content(), place / source)
    conversion, training, table = commands(section)
    run(conversion)
    expected, found = read_state_dict(conversion[2]), started(training, inner)
    assert set(found) == set(expected) and all(torch.equal(found[key], expected[key]) for key in expected)
    check_table(table)


@pytest.mark.parametrize('first', [0, 2], ids=['plain', 'non-local'])
def test_slowfast_starts_from_the_file(place, first):
    conversion, training = commands('SlowFast from Kinetics-400')[first:first + 2]
    with DefaultScope.overwrite_default_scope('mmaction'), torch.device('meta'):
        shapes = MODELS.build(Config.fromfile('configs/slowfast_r101_charades.py').model.backbone).state_dict()
    # one value a tensor makes a small file
    state = {f'backbone.{key}': torch.full((), float(i % 97)).to(value.dtype).expand(value.shape)
             for i, (key, value) in enumerate(shapes.items())}
    torch.save(dict(state_dict=state), conversion[1])
    run(conversion)
    found = started(training, lambda backbone: backbone)
    (place / conversion[2].rpartition('/')[2]).unlink()  # 250 MB
    assert all(torch.equal(found[key], state[f'backbone.{key}']) for key in shapes)
    new = [key for key in found if key not in shapes]
    assert bool(new) == (first == 2) and all('non_local_block' in key for key in new)
    assert not any(found[key].any() for key in new if key.endswith('conv_out.bn.weight'))


def test_the_released_networks_are_loaded_whole(place):
    (place.parent / 'charades').mkdir()
    (place.parent / 'charades/Charades_v1_classes.txt').write_text(
        ''.join(f'c{i:03} Action {i}\n' for i in range(157)))
    arrays = dict(kssnet_graph=np.eye(157), kssnet_vectors=np.ones((157, 300)), coco_glove_word2vec=np.ones((80, 300)))
    for name, array in arrays.items():
        (place / f'{name}.pkl').write_bytes(pickle.dumps(array, protocol=2))
    for section, listing in (('The released KSSNet', 'mssnet'), ('The released ML-GCN', 'mlgcn')):
        conversion, testing = commands(section)
        torch.save(dict(state_dict=released(listing)), conversion[1])
        run(conversion)
        assert testing[0] == 'tools/test.py' and testing[2] == conversion[2]
        load(build(testing[1].removeprefix('configs/')), testing[2])
