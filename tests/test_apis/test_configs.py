"""Reading config files of both forms."""
import pytest
from mmengine.config import Config

from kssnet_mm.apis.configs import ConfigError, named_config, read_config
from kssnet_mm.models import LabelGCN
from kssnet_mm.utils.configs import scope_of, type_name, with_named_types


def test_both_forms_are_the_same(tmp_path):
    (tmp_path / 'pure_base.py').write_text('from mmpretrain.models import ResNet\n'
                                           'backbone = dict(type=ResNet, depth=18)\n')
    (tmp_path / 'pure.py').write_text(
        'from mmengine.config import read_base\nwith read_base():\n    from .pure_base import *\n'
        'from mmengine.dataset import default_collate\n'
        'default_scope = None\nmodel = dict(backbone=backbone, head=dict(num_classes=3))\n'
        'collate_fn = default_collate\n')
    (tmp_path / 'text.py').write_text("model = dict(backbone=dict(type='mmpretrain.models.ResNet', depth=18), "
                                      'head=dict(num_classes=3))\n')
    pure, text = read_config(tmp_path / 'pure.py'), read_config(tmp_path / 'text.py')
    assert pure.model.to_dict() == text.model.to_dict()
    assert pure.default_scope == text.default_scope == 'mmpretrain'
    assert pure.collate_fn == 'mmengine.dataset.default_collate'
    assert pure.filename == str(tmp_path / 'pure.py')
    again = tmp_path / 'again.py'
    pure.dump(str(again))
    assert read_config(again).to_dict() == pure.to_dict()


def test_overrides(tmp_path):
    path = tmp_path / 'config.py'
    path.write_text('model = dict(head=dict(num_classes=3))\nlist = [dict(a=1), 2]\n')
    cfg = read_config(path, {'model.head.num_classes': 4, 'list.0.a': 7})
    assert cfg.model.head.num_classes == 4 and cfg.list == [dict(a=7), 2]
    with pytest.raises(ConfigError, match=r'config.py does not take --cfg-options list.5: KeyError'):
        read_config(path, {'list.5': dict(a=1)})


@pytest.mark.parametrize('text, said', [
    ('a = (', 'SyntaxError'),
    ('a = 1 / 0', 'ZeroDivisionError: division by zero'),
    ("custom_imports = dict(imports=['no_such_package'])", "No module named 'no_such_package'"),
    ("_base_ = 'no_base.py'", 'no_base.py'),
    ('from mmengine.config import read_base\nwith read_base():\n    from .no_base import *', 'no_base'),
])
def test_a_config_that_cannot_be_read_is_named_with_the_reason(tmp_path, text, said):
    path = tmp_path / 'broken.py'
    path.write_text(text)
    with pytest.raises(ConfigError, match='broken.py cannot be read as a config: ') as error:
        read_config(path)
    assert said in str(error.value) and '\n' not in str(error.value)


def test_what_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError, match='no.py: there is no such config'):
        read_config(tmp_path / 'no.py')
    (tmp_path / 'a.py').write_text('a = 1\n')
    with pytest.raises(ValueError, match='a.py has no model and no optim_wrapper'):
        read_config(tmp_path / 'a.py', needs=['model', 'optim_wrapper'])


@pytest.mark.parametrize('config, scope', [
    (dict(default_scope='mmdet', model=dict(head={})), 'mmdet'), (dict(model=dict(head={})), 'mmpretrain'),
    (dict(default_scope=None, model=dict(cls_head={})), 'mmaction'), (dict(), 'mmengine')])
def test_scope(config, scope):
    assert scope_of(config) == scope_of(Config(config)) == scope


def test_names_of_types():
    for kind in (LabelGCN, 'LabelGCN', 'kssnet_mm.LabelGCN', 'kssnet_mm.models.LabelGCN'):
        assert type_name(kind) == 'LabelGCN'
    assert with_named_types([dict(type=LabelGCN, sizes=(1, 2))]) == [
        dict(type='kssnet_mm.models.label_gcn.LabelGCN', sizes=(1, 2))]
    assert named_config(Config(dict(type=LabelGCN))).type == 'kssnet_mm.models.label_gcn.LabelGCN'


def test_the_data_preprocessor_beside_a_model_is_the_models(tmp_path):
    """As mmengine's runner takes it, which never gives it to a model that has its own."""
    path = tmp_path / 'a.py'
    path.write_text('data_preprocessor = dict(mean=[1.], std=[2.])\nmodel = dict(head=dict(num_classes=3))\n')
    assert read_config(path).model.data_preprocessor == dict(mean=[1.], std=[2.])
    path.write_text('data_preprocessor = dict(mean=[1.])\nmodel = dict(data_preprocessor=dict(mean=[5.]))\n')
    assert read_config(path).model.data_preprocessor == dict(mean=[5.])
    path.write_text('data_preprocessor = None\nmodel = dict(head=dict(num_classes=3))\n')
    assert 'data_preprocessor' not in read_config(path).model
