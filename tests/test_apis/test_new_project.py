"""New projects: the files that are written say what was given, for every backbone."""
import ast
import json

import cv2
import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.registry import DATASETS, DefaultScope

from kssnet_mm.apis.project import backbones_for, new_project
from kssnet_mm.apis.project.project_config import ProjectSettings, code, config_text
from kssnet_mm.datasets.verify import verify_config
from kssnet_mm.models.backbone_table import BACKBONES
from kssnet_mm.registry import MODELS, TASK_UTILS

ROWS = {f'{i}.png': ('red;round', 'red', 'round;rare', 'red')[i % 4] if i < 11 else 'red;last' for i in range(12)}


@pytest.fixture
def photos(tmp_path):
    for name in ROWS:
        folder = tmp_path / 'photos' / ('a' if name < '5' else 'b')
        folder.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(folder / name), np.full((20, 30, 3), 90, dtype=np.uint8))
    (tmp_path / 'labels.csv').write_text('file,labels\n' + ''.join(f'{k},{v}\n' for k, v in ROWS.items()))
    return tmp_path


def make(root, **options):
    options.setdefault('workers', 0)
    return new_project(root / 'mine', root / 'photos', root / 'labels.csv', **options)


def test_the_splits_hold_what_the_table_says(photos):
    made = make(photos)
    cfg = Config.fromfile(made.config)
    read = {}
    sizes = []
    with DefaultScope.overwrite_default_scope(cfg.default_scope):
        for loader in (cfg.train_dataloader, cfg.val_dataloader):
            data = DATASETS.build(loader.dataset)
            assert data.metainfo['classes'] == ('last', 'rare', 'red', 'round')
            sizes.append(len(data))
            for info in map(data.get_data_info, range(len(data))):
                held = [data.metainfo['classes'][i] for i in info['gt_label']]
                read[info['img_path'].rsplit('/', 1)[1]] = ';'.join(sorted(held))
    assert read == {name: ';'.join(sorted(held.split(';'))) for name, held in ROWS.items()}
    assert sizes == [9, 3] or sizes == [10, 2]
    assert f'{sizes[0]} files are for training and {sizes[1]} for validation, which lack \'last\'' in made.said
    assert [len(split.faults) for split in verify_config(cfg, None, 0)] == [0, 0]
    graph = cfg.model.backbone.gcn.graph
    assert graph.file == str(photos / 'mine/label_graph.npz') and graph.labels == str(photos / 'mine/classes.txt')


def test_unknown_labels_reach_targets_and_statistics(photos):
    """Two labels, each unknown of two files."""
    values = {f'{i}.png': (i % 2, -1 if i in (1, 6) else int(i % 3 == 0)) for i in range(12)}
    values.update({'2.png': (-1, 1), '5.png': (-1, 1)})
    (photos / 'labels.csv').write_text('file,red,round\n' + ''.join(f'{k},{a},{b}\n' for k, (a, b) in values.items()))
    made = make(photos)
    assert '4 entries are unknown: loss, metrics and statistics leave them out' in made.said
    cfg = Config.fromfile(made.config)
    read, counted = {}, []
    with DefaultScope.overwrite_default_scope(cfg.default_scope):
        for loader in (cfg.train_dataloader, cfg.val_dataloader):
            data = DATASETS.build(dict(loader.dataset, keep_unlabelled=True))
            infos = list(map(data.get_data_info, range(len(data))))
            counted.append([info['gt_score'] for info in infos if 1 in info['gt_score']])
            read.update({info['img_path'].rsplit('/', 1)[1]: tuple(info['gt_score']) for info in infos})
    assert read == values
    graph = TASK_UTILS.build(dict(cfg.model.backbone.gcn.graph.to_dict(), lam=1., tau=0., eta=1.)).build()
    train = np.array(counted[0])
    known = (train >= 0).all(axis=1)
    expected = [(train[known] == 1).all(axis=1).sum() / (train[known][:, i] == 1).sum() for i in range(2)]
    np.testing.assert_allclose(graph.statistical[[0, 1], [1, 0]], expected, rtol=1e-6)


def test_a_folder_of_any_name(photos):
    """The config has its own folder in quotes."""
    (photos / "Anna's photos").mkdir()
    made = new_project(photos / "Anna's photos/mine", photos / 'photos', photos / 'labels.csv', workers=0)
    assert Config.fromfile(made.config).root == str(photos / "Anna's photos/mine")
    with pytest.raises(ValueError, match='config.py cannot be read as a config'):
        new_project(photos / 'a "b"', photos / 'photos', photos / 'labels.csv', workers=0)
    assert not list((photos / 'a "b"').iterdir())


@pytest.mark.parametrize('kind', ['images', 'videos'])
def test_every_backbone_has_a_short_config(tmp_path, kind):
    for name in backbones_for(kind):
        text = config_text(ProjectSettings(kind, 't.csv', '/media', 5, (8, 2), name, conceptnet='c.csv.gz',
                                           vectors=('v.txt', 50)))
        assert len(text.splitlines()) < 40
        (tmp_path / 'config.py').write_text(text)
        cfg = Config.fromfile(tmp_path / 'config.py')
        row, backbone = BACKBONES[name], cfg.model.backbone
        assert backbone.backbone.to_dict() == row.config and backbone.stages == row.stages
        assert backbone.get('pathways', 1) == row.pathways and backbone.gcn.in_channels == 50
        head = cfg.model.head if kind == 'images' else cfg.model.cls_head
        assert head.in_channels == row.channels[-1] and head.num_classes == backbone.gcn.num_classes == 5
        assert head.classifier.prior == backbone.gcn.graph.file
        assert cfg.custom_hooks[1].type == 'mmengine.EMAHook' and cfg.optim_wrapper.optimizer.lr == 1e-3
        assert cfg.optim_wrapper.paramwise_cfg.custom_keys == {}
        assert cfg.test_dataloader == cfg.val_dataloader and cfg.test_dataloader.dataset.ann_file == 'val.csv'


def test_weights_go_where_the_backbone_takes_them(tmp_path):
    def written(kind, name, weights):
        (tmp_path / 'config.py').write_text(config_text(
            ProjectSettings(kind, 't.csv', '/media', 5, (8, 2), name, weights)))
        return Config.fromfile(tmp_path / 'config.py')

    cfg = written('images', 'ResNet', 'torchvision://resnet50')
    assert cfg.model.backbone.backbone.init_cfg == dict(type='Pretrained', checkpoint='torchvision://resnet50')
    assert cfg.optim_wrapper.optimizer.lr == 1e-4 and 'backbone.gcn' in cfg.optim_wrapper.paramwise_cfg.custom_keys
    cfg = written('videos', 'ResNet3d', 'torchvision://resnet50')
    assert cfg.model.backbone.backbone.pretrained2d and 'init_cfg' not in cfg.model.backbone.backbone
    # files: of the backbone alone, of a whole model, of a network that reads them in its own way
    state = MODELS.build(BACKBONES['MobileNetV2'].config).state_dict()
    torch.save(state, tmp_path / 'bare.pth')
    torch.save(dict(state_dict={f'backbone.{key}': value for key, value in state.items()}), tmp_path / 'whole.pth')
    torch.save({f'module.backbone.{key}': value for key, value in state.items()}, tmp_path / 'wrapped.pth')
    for name, prefix in (('bare', None), ('whole', 'backbone.'), ('wrapped', 'module.backbone.')):
        path = str(tmp_path / f'{name}.pth')
        init = written('images', 'MobileNetV2', path).model.backbone.backbone.init_cfg
        assert init.checkpoint == path and init.get('prefix') == prefix
        model = MODELS.build(dict(BACKBONES['MobileNetV2'].config, init_cfg=init.to_dict()))
        model.init_weights()
        assert torch.equal(model.conv1.conv.weight, state['conv1.conv.weight'])
    for kind, name, file, match in (
            ('images', 'RegNet', 'bare.pth', "bare.pth holds no weights of this mmpretrain.RegNet: it has keys such as"),
            ('images', 'RegNet', 'none.pth', 'none.pth'), ('images', 'RegNet', 'config.py', 'config.py is refused')):
        with pytest.raises(ValueError, match=f'--weights: .*{match}'):
            written(kind, name, str(tmp_path / file))


def test_a_dict_is_written_as_a_call():
    value = dict(a=(1, 2), b=dict(c='x', d=None))
    text = code(value)
    assert text == "dict(a=(1, 2), b=dict(c='x', d=None))" and ast.parse(text)
    assert eval(text) == value


def test_word_vectors_and_knowledge(photos):
    (photos / 'vectors.txt').write_text('red 1 0\nround 0 1\nlast 1 1\n')
    (photos / 'conceptnet.csv').write_text('')
    made = make(photos, vectors=photos / 'vectors.txt', conceptnet=photos / 'conceptnet.csv')
    gcn = Config.fromfile(made.config).model.backbone.gcn
    assert gcn.in_channels == 2 and gcn.graph.embedding.file == str(photos / 'vectors.txt')
    assert gcn.graph.knowledge.file == str(photos / 'conceptnet.csv')
    assert any("lacks words of 'rare'" in text for text in made.said)


def test_nothing_is_overwritten(photos):
    (photos / 'mine').mkdir()
    (photos / 'mine/train.csv').write_text('mine')
    (photos / 'mine/notes.txt').write_text('notes')
    with pytest.raises(ValueError, match="has 'train.csv' already"):
        make(photos)
    assert sorted(path.name for path in (photos / 'mine').iterdir()) == ['notes.txt', 'train.csv']
    assert (photos / 'mine/train.csv').read_text() == 'mine'


def test_broken_files_are_named_or_left_out(photos):
    (photos / 'photos/a/3.png').write_bytes((photos / 'photos/a/3.png').read_bytes()[:40])
    (photos / 'photos/b/7.png').unlink()
    with pytest.raises(ValueError, match="no file for 1 of 12 rows, as '7.png': --leave-out-broken"):
        make(photos)
    (photos / 'labels.csv').write_text((photos / 'labels.csv').read_text().replace('7.png,red\n', ''))
    with pytest.raises(ValueError, match='1 of 11 files cannot be read: .*3.png'):
        make(photos)
    assert not (photos / 'mine').exists()
    (photos / 'photos/b/8.png').unlink()
    made = make(photos, leave_out_broken=True)
    assert "1 missing and 1 unreadable files are left out: '8.png', 'a/3.png'" in made.said
    assert '3.png' not in (photos / 'mine/train.csv').read_text() + (photos / 'mine/val.csv').read_text()


@pytest.mark.parametrize('table, options, match', [
    ('file,labels\nx.png,a\ny.png,b\n', {}, 'is the column of file names the right one'),
    ('file,labels\n0.png,a\n1.png,a\n', {}, '1 labels in 2 files are too few'),
    ('file,labels\n0.png,a\na/0.png,b\n', {}, 'are both the file a/0.png'),
    ('file,labels\n0.png,cat\n1.png,Cat\n', {}, 'repeats'),
    ('file,labels\n0.png,a\n1.png,b\n', dict(backbone='X3D'), "--backbone 'X3D' is none for images: choose from ResNet, "),
    ('file,labels\n0.png,a\n1.png,b\n', dict(val_share=1.5), 'between 0 and 1'),
    ('file,labels\n0.png,c001 a\n1.png,c002 b\n', {}, 'cannot be written to a class list')])
def test_what_is_refused(photos, table, options, match):
    (photos / 'labels.csv').write_text(table)
    with pytest.raises(ValueError, match=match):
        make(photos, **options)
    assert not list((photos / 'mine').glob('*'))


def test_what_the_written_table_cannot_say_is_refused(photos):
    """A csv has no blanks at the ends of its cells."""
    (photos / 'photos/b/7.png').rename(photos / 'photos/ 7.png')
    labels = {f'{" " * (i == 7)}{i}.png': ['red', 'round'][i % 2:] for i in range(12)}
    (photos / 'labels.json').write_text(json.dumps(labels))
    with pytest.raises(ValueError, match='.csv would not be read as it is meant'):
        new_project(photos / 'mine', photos / 'photos', photos / 'labels.json', workers=0)
    assert not list((photos / 'mine').iterdir())


def test_a_name_that_fits_two_files(photos):
    cv2.imwrite(str(photos / 'photos/b/0.png'), np.zeros((4, 4, 3), dtype=np.uint8))
    with pytest.raises(ValueError, match="'0.png' could be a/0.png, b/0.png in .*photos"):
        make(photos)
