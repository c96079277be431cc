"""Configs of ours, inherited from elsewhere by kssnet_mm::..."""
import pytest
from mmengine.config import Config
from shared_data import ROOT

from kssnet_mm.utils import own_configs
from kssnet_mm.utils.own_configs import own_config


def inherit(folder, *names, rest=''):
    path = folder / 'mine.py'
    path.write_text(f'_base_ = {list(names)!r}\n{rest}')
    return Config.fromfile(path)


@pytest.mark.parametrize('name', ['kssnet_r18_sample-coco.py', 'kssnet_r18_sample-coco'])
def test_a_config_is_inherited_as_from_its_own_folder(tmp_path, name):
    config = inherit(tmp_path, f'kssnet_mm::{name}', rest='model = dict(head=dict(thr=0.4))')
    expected = Config.fromfile(ROOT / 'configs/kssnet_r18_sample-coco.py')
    expected.model.head.thr = 0.4
    assert config.to_dict() == expected.to_dict()  # without a _scope_, too


def test_parts_are_inherited_together(tmp_path):
    config = inherit(tmp_path, 'kssnet_mm::_base_/schedules/own_data.py', 'kssnet_mm::_base_/runtimes/image.py',
                     rest='custom_hooks = {{_base_.own_data_hooks}}')
    assert config.train_cfg.max_epochs == 20 and config.custom_hooks[1].type == 'mmengine.EMAHook'


def test_other_scopes_are_mmengines(tmp_path):
    assert inherit(tmp_path, 'mmpretrain::resnet/resnet18_8xb32_in1k.py').model.backbone.depth == 18
    with pytest.raises(AssertionError, match='does not support to load other'):
        inherit(tmp_path, 'other::resnet/resnet18.py')


def test_a_wrong_name_gets_those_that_are_like_it(tmp_path):
    with pytest.raises(FileNotFoundError, match="kssnet_r101_coc0.py is no config.*'kssnet_r101_coco.py'"):
        inherit(tmp_path, 'kssnet_mm::kssnet_r101_coc0.py')


def test_a_wheels_folder_comes_first(tmp_path, monkeypatch):
    monkeypatch.setattr(own_configs, 'PACKAGE', tmp_path / 'kssnet_mm')
    (tmp_path / 'kssnet_mm').mkdir()
    with pytest.raises(FileNotFoundError, match='there are no configs at'):
        own_config('a.py')
    for folder in ('configs', 'kssnet_mm/.mim/configs'):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / 'a.py').write_text('')
    assert own_config('a.py') == str(tmp_path / 'kssnet_mm/.mim/configs/a.py')
