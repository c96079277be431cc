"""To import kssnet_mm imports little; a module comes with the first question for its name."""
import importlib.util
import os
import subprocess
import sys

import pytest
from mmengine.registry import DefaultScope, Registry
from shared_data import ROOT

import kssnet_mm
from kssnet_mm import registry as registries
from kssnet_mm.utils.lazy import LazyModules, after_import, lazy_names, places

HEAVY = "{'torch', 'torchvision', 'mmpretrain', 'mmaction', 'mmcv', 'cv2', 'matplotlib', 'scipy'} & set(sys.modules)"


def python(code, cwd):
    """What ``python -c CODE`` prints; fails with its traceback."""
    done = subprocess.run([sys.executable, '-c', code], cwd=cwd, text=True, capture_output=True, timeout=600,
                          env=dict(os.environ, PYTHONPATH=str(ROOT), OMP_NUM_THREADS='1'))
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_import_itself(tmp_path):
    assert python(f'import sys, kssnet_mm, kssnet_mm.apis, kssnet_mm.models, kssnet_mm.datasets; print({HEAVY})',
                  tmp_path) == 'set()\n'


BUILD = '''
import sys
from mmengine.config import Config
from mmengine.registry import DATASETS, METRICS, HOOKS, MODELS, DefaultScope
cfg = Config.fromfile({config!r}, import_custom_modules=False)
import kssnet_mm
cfg.model.backbone.gcn.graph = None
with DefaultScope.overwrite_default_scope(cfg.default_scope):
    if cfg.default_scope == 'mmpretrain':  # mmaction2's own models import mmpretrain
        MODELS.build(cfg.model)
    METRICS.build(cfg.val_evaluator)
    HOOKS.build(cfg.default_hooks.checkpoint)
    assert DATASETS.get({dataset!r}).__name__ == {dataset!r} == cfg.test_dataloader.dataset.type
assert {other!r} not in sys.modules
'''


@pytest.mark.parametrize('config, dataset, other', [
    ('kssnet_r18_sample-coco', 'CocoMultiLabel', 'mmaction'),
    ('kssnet_i3d-r18_sample-charades', 'CharadesDataset', 'mmpretrain')])
def test_a_project_imports_the_framework_that_it_uses(tmp_path, config, dataset, other):
    python(BUILD.format(config=str(ROOT / f'configs/{config}.py'), dataset=dataset, other=other), tmp_path)


def test_checkpoints_are_guarded_before_anything_of_ours_is_built(tmp_path):
    output = python('''
import kssnet_mm, sys
assert 'torch' not in sys.modules
from mmengine.runner import load_checkpoint  # mmengine's own
import pickle, torch
class Payload:
    def __reduce__(self):
        return print, ('executed', )
torch.save(dict(state_dict=Payload()), 'bad.pth')
try:
    load_checkpoint(torch.nn.Linear(1, 1), 'bad.pth')
except ValueError as error:
    print(type(error).__name__)
from mmengine.fileio import LocalBackend, get_file_backend
print(type(get_file_backend('file.txt')).__name__)
''', tmp_path)
    assert output.splitlines()[-2:] == ['CheckpointError', 'WholeFileBackend'] and 'executed' not in output


def test_batch_augments_are_known_without_our_models(tmp_path):
    assert python('import kssnet_mm\nfrom mmpretrain.registry import BATCH_AUGMENTS\n'
                  "print(BATCH_AUGMENTS.get('MaskedBatchAugment').__module__)", tmp_path) == (
                      'kssnet_mm.models.masked_batch_augment\n')


def test_every_registered_class_is_in_the_tables():
    kssnet_mm.register_all_modules()
    found, told = set(), set()
    for name in registries.__all__:
        modules = getattr(registries, name).module_dict
        found |= {key for key, kind in modules.items() if kind.__module__.startswith('kssnet_mm.')}
        if isinstance(modules, LazyModules):
            told |= {key for key in modules.where if key in modules}
            for key, module in modules.where.items():
                # a table that is used for two registries has names of the other one
                assert key not in modules or modules[key].__module__.startswith(module)
    assert found == told and len(found) > 50
    for scope in ('mmpretrain', 'mmaction', 'mmengine'):
        with DefaultScope.overwrite_default_scope(scope):
            assert 'KSSNetHead' in registries.MODELS


def test_public_names():
    for package in ('models', 'datasets', 'engine', 'evaluation', 'apis', 'visualization'):
        module = getattr(__import__(f'kssnet_mm.{package}'), package)
        assert {'__name__', *module.__all__} <= set(dir(module))  # before anybody asked for one: consoles complete them
        for name in module.__all__:
            assert getattr(module, name).__name__ == name
        with pytest.raises(AttributeError, match=f"module 'kssnet_mm.{package}' has no attribute 'nothing'"):
            module.nothing


def test_lazy_modules(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / 'lazy_package').mkdir()
    (tmp_path / 'lazy_package/__init__.py').write_text('')
    (tmp_path / 'lazy_package/part.py').write_text(
        'from lazy_registry import THINGS\n@THINGS.register_module()\nclass Thing:\n    pass\n'
        '@THINGS.register_module()\nclass Other:\n    pass\n')
    (tmp_path / 'lazy_package/broken.py').write_text('import no_such_package\n')
    (tmp_path / 'lazy_registry.py').write_text(
        "from mmengine.registry import Registry\nTHINGS = Registry('thing', scope='mmengine')\n")
    from lazy_registry import THINGS
    where = places('lazy_package', part=['Thing', 'Other'], broken=['Broken'])
    assert where['Thing'] == 'lazy_package.part'
    THINGS.register_module(name='known', module=dict)
    THINGS._module_dict = LazyModules(THINGS._module_dict, where)
    child = Registry('thing', parent=THINGS, scope='child', locations=['lazy_package'])
    assert THINGS.get('known') is dict and 'lazy_package.part' not in sys.modules
    assert child.get('Other').__name__ == 'Other' and THINGS.get('Thing').__name__ == 'Thing'
    assert THINGS.get('nothing') is None
    with pytest.raises(KeyError):
        THINGS.module_dict['nothing']
    for _ in range(2):  # the second question is no other one
        with pytest.raises(ModuleNotFoundError):
            THINGS.get('Broken')
    with pytest.raises(KeyError, match='already registered'):
        THINGS.register_module(name='Thing', module=dict)
    assert lazy_names('lazy_package', where)[0]('Thing') is THINGS.get('Thing')


def test_a_module_that_registers_itself_before_anybody_asks(tmp_path):
    assert python('import kssnet_mm\nfrom kssnet_mm.models.label_gcn import LabelGCN\n'
                  "from mmengine.registry import MODELS\nprint(MODELS.get('LabelGCN') is LabelGCN)",
                  tmp_path) == 'True\n'


def test_after_import(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / 'late_module.py').write_text('value = 1\n')
    called = []
    after_import('late_module', lambda: called.append(sys.modules['late_module'].value))
    after_import('never_module', lambda: called.append('never'))
    assert called == []
    __import__('late_module')
    assert called == [1]
    after_import('late_module', lambda: called.append(2))
    assert called == [1, 2]
    with pytest.raises(ImportError):
        __import__('never_module')
    assert called == [1, 2]


def test_after_import_of_a_module_that_is_looked_for_or_fails_first(tmp_path, monkeypatch):
    """Programs ask whether a module is there; that must not leave checkpoints unguarded."""
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / 'asked_module.py').write_text('import missing_module\n')
    called, finders = [], len(sys.meta_path)
    after_import('asked_module', lambda: called.append(1))
    assert importlib.util.find_spec('asked_module').name == 'asked_module'
    with pytest.raises(ImportError, match='missing_module'):
        __import__('asked_module')
    assert called == []
    (tmp_path / 'missing_module.py').write_text('')
    importlib.invalidate_caches()
    __import__('asked_module')
    assert called == [1] and len(sys.meta_path) == finders
    importlib.reload(sys.modules['asked_module'])
    assert called == [1]
