"""The site: every public package is in its reference, it builds without a warning, and no link of it leads nowhere."""
import ast
import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from urllib.parse import unquote

import pytest
from shared_data import ROOT

SPHINX = ROOT / '.venv-docs'
LINK = re.compile(r'(?:href|src)="([^"#?]*)(#[^"]*)?')


def public_packages():
    """Packages of ours that say what is public."""
    for path in (ROOT / 'kssnet_mm').rglob('__init__.py'):
        names = [target.id for node in ast.parse(path.read_text()).body if isinstance(node, ast.Assign)
                 for target in node.targets if isinstance(target, ast.Name)]
        if '__all__' in names and path.parent != ROOT / 'kssnet_mm':
            yield '.'.join(path.parent.relative_to(ROOT).parts)


def test_reference_has_every_public_package():
    pages = ''.join(path.read_text() for path in (ROOT / 'docs/api').glob('*.md'))
    shown = set(re.findall(r'automodule:: ([\w.]+)', pages))
    # Parts of a package whose own page shows the same names.
    inner = {'kssnet_mm.evaluation.metrics', 'kssnet_mm.graphs.conceptnet', 'kssnet_mm.graphs.sources',
             'kssnet_mm.datasets.sample', 'kssnet_mm.datasets.transforms', 'kssnet_mm.models.heads',
             'kssnet_mm.models.losses'}
    assert set(public_packages()) - inner <= shown


def sphinx_environment():
    if not SPHINX.is_dir():
        pytest.skip('Sphinx is not installed: make docs')
    paths = [SPHINX, ROOT / 'docs/site', ROOT, os.environ.get('PYTHONPATH', '')]
    return dict(os.environ, PYTHONPATH=os.pathsep.join(map(str, paths)))


def test_cells_of_a_metafile():
    model = dict(Metadata=dict(Parameters=42_660_000, FLOPs=31_230_000_000), Results=[
        dict(Dataset='MS-COCO 2014', Metrics={'mAP (published)': 83.7, 'OF1': 81.5}), dict(Dataset='A', Metrics={})])
    code = f'import config_index; print([config_index.metafile_cells(model) for model in ({model}, {{}})])'
    done = subprocess.run([sys.executable, '-c', code], env=sphinx_environment(), capture_output=True, text=True)
    assert ast.literal_eval(done.stdout or done.stderr) == [
        ' A, MS-COCO 2014 | 42.66 | 31.23 | mAP (published) 83.7, OF1 81.5 |', '  |  |  |  |']


@pytest.fixture(scope='module')
def site(tmp_path_factory):
    out = tmp_path_factory.mktemp('site')
    command = [sys.executable, '-m', 'sphinx', '--fresh-env', '--fail-on-warning', '-q', '-d', str(out / 'cache'),
               str(ROOT / 'docs'), str(out / 'html')]
    done = subprocess.run(command, env=sphinx_environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return out / 'html'


def test_links_of_the_site_lead_to_pages_and_places(site):
    texts = {path.resolve(): path.read_text() for path in site.rglob('*.html')}
    missing = []
    for path, text in texts.items():
        for target, place in LINK.findall(text):
            if re.match(r'[a-z]+:', target):
                continue
            found = (path.parent / unquote(target)).resolve() if target else path
            if not found.is_file():
                missing.append((path.name, target))
            elif place and len(place) > 1 and found in texts and f'id="{unquote(place[1:])}"' not in texts[found]:
                missing.append((path.name, target + place))
    assert missing == []


def test_reference_describes_names_that_are_imported_when_asked_for(site):
    for package in ('models', 'datasets', 'engine', 'evaluation', 'visualization', 'apis'):
        page, module = (site / f'api/{package}.html').read_text(), import_module(f'kssnet_mm.{package}')
        assert [name for name in module.__all__ if f'id="kssnet_mm.{package}.{name}"' not in page] == []


def test_pages_fetch_nothing(site):
    for path in site.rglob('*.html'):
        fetched = re.findall(r'<(?:script|img|link|iframe)[^>]*?(?:src|href)="(https?:[^"]*)', path.read_text())
        assert fetched == [], path.name


def test_files_outside_docs_have_pages(site):
    """README links to configs, and the index of the configs to all of them."""
    assert 'LabelGraphBuilder' in (site / 'source/configs/kssnet_r101_coco.py.html').read_text()
    shown = {Path(path.name).stem for path in (site / 'source/configs').glob('*.html')}
    assert {path.name for path in (ROOT / 'configs').glob('*.py')} <= shown
    assert 'source/configs/kssnet_i3d_charades.py.html' in (site / 'index.html').read_text()
