"""What the packages of kssnet_mm may import, read from their source."""
import ast
import re
from pathlib import Path

import pytest
from shared_data import ROOT

PACKAGE = ROOT / 'kssnet_mm'
# Everybody may import these.
COMMON = {'checkpoints', 'compat', 'registry', 'utils'}
MODELS = COMMON | {'annotations', 'graphs', 'models'}
# Package or module -> what it may import of kssnet_mm, itself included. '' is kssnet_mm itself.
ARROWS = {
    'compat': set(), 'registry': set(), 'dependencies': set(), 'version': set(),
    'utils': {'utils'},
    'checkpoints': {'checkpoints', 'compat', 'utils'},
    'annotations': {'utils', 'annotations'},
    'graphs': COMMON | {'annotations', 'graphs'},
    'models': MODELS - {'annotations'},
    'datasets': COMMON | {'annotations', 'datasets'},
    'evaluation': COMMON | {'evaluation'},
    'engine': MODELS - {'annotations'} | {'engine'},
    'converters': MODELS - {'annotations'} | {'converters'},
    'deploy': MODELS - {'annotations'} | {'deploy'},
    'visualization': COMMON | {'graphs', 'visualization'},
    'reports': MODELS | {'deploy', 'evaluation', 'reports'},
    'apis': MODELS | {'datasets', 'evaluation', 'engine', 'deploy', 'visualization', 'reports',
                      'apis'},
    'registration': COMMON | {'datasets', 'engine', 'evaluation', 'graphs', 'models', 'visualization'},
    'webui': COMMON | {'apis', 'graphs', 'visualization', 'webui'},
    '': {'dependencies', 'registration', 'version'},
}
STACK = ('torch', 'mmengine', 'mmcv', 'mmpretrain', 'mmaction')
FILES = sorted(PACKAGE.rglob('*.py'))


def owner(module):
    """``graphs`` of ``kssnet_mm.graphs.sources``, '' of ``kssnet_mm``."""
    return (module.split('.') + [''])[1]


def imports(path):
    """(module, name or None) of each import, as absolute names."""
    parts = ('kssnet_mm', *path.relative_to(PACKAGE).with_suffix('').parts)
    for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = '.'.join(parts[:len(parts) - node.level]) if node.level else ''
            module = '.'.join(filter(None, (base, node.module)))
            yield from ((module, alias.name) for alias in node.names)


def test_every_package_has_its_arrows():
    there = {owner('.'.join(('kssnet_mm', *path.relative_to(PACKAGE).with_suffix('').parts))) for path in FILES}
    assert there - {'__init__'} == set(ARROWS) - {''}


@pytest.mark.parametrize('package', ARROWS)
def test_arrows(package):
    root = PACKAGE / package
    files = [PACKAGE / '__init__.py'] if not package else [root.with_suffix('.py')] if not root.is_dir() else sorted(
        root.rglob('*.py'))
    wrong = []
    for path in files:
        for module, name in imports(path):
            if module.split('.')[0] == 'kssnet_mm':
                # from kssnet_mm import graphs, or from . import graphs
                target = name if module == 'kssnet_mm' and name in ARROWS else owner(module)
                if target not in ARROWS[package]:
                    wrong.append(f'{path.relative_to(ROOT)} imports {module}')
    assert not wrong


def test_utils_and_annotations_know_neither_torch_nor_openmmlab():
    """But for the storages in a pickle, which only torch can read."""
    known = {(path.name, module) for package in ('utils', 'annotations') for path in (PACKAGE / package).rglob('*.py')
             for module, _ in imports(path) if module.split('.')[0] in STACK}
    assert known == {('safe_pickle.py', 'torch')}


def test_only_the_page_knows_gradio():
    """It is an extra."""
    known = {path.relative_to(PACKAGE).as_posix() for path in FILES for module, _ in imports(path)
             if module.split('.')[0] == 'gradio'}
    assert known == {'webui/page.py'}
    assert all('webui' not in (module or '').split('.') for path in FILES for module, _ in imports(path)
               if path.parent.name != 'webui')


def private_names(path: Path):
    """Names of the stack that begin with ``_``, as imported or as read from torch."""
    for module, name in imports(path):
        parts = module.split('.') + [name or '']
        if parts[0] in STACK and any(part.startswith('_') for part in parts):
            yield f'{module}.{name}'
    for node in ast.walk(ast.parse(path.read_text(encoding='utf-8'))):
        if isinstance(node, ast.Attribute):
            text = ast.unparse(node)
            if re.match(r'torch\.(utils\.)?(_[^_]|ops\b)', text):
                yield text


@pytest.mark.parametrize('path', FILES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_private_names_of_the_stack_stand_in_compat_alone(path):
    assert path.name == 'compat.py' or not list(private_names(path))
