"""The wheel: what it ships besides the package, and that it works where no checkout is."""
import os
import shutil
import subprocess
import sys
import zipfile

from mmengine.config import Config
from shared_data import ROOT

ENVIRONMENT = dict(os.environ, OMP_NUM_THREADS='1', CUDA_VISIBLE_DEVICES='')


def test_a_wheel_brings_its_configs_and_tools(tmp_path):
    """Built from a copy of the checkout, unpacked, and used from elsewhere, where no checkout is."""
    source = tmp_path / 'source'
    for folder in ('kssnet_mm', 'configs', 'tools', 'requirements'):
        shutil.copytree(ROOT / folder, source / folder, ignore=shutil.ignore_patterns('__pycache__'))
    for name in ('setup.py', 'README.md', 'MANIFEST.in', 'model-index.yml'):
        shutil.copy(ROOT / name, source)
    done = subprocess.run([sys.executable, 'setup.py', '-q', 'bdist_wheel', '-d', tmp_path / 'dist'], cwd=source,
                          env=ENVIRONMENT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    wheel, = (tmp_path / 'dist').glob('*.whl')
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / 'site')
    shipped = tmp_path / 'site/kssnet_mm/.mim'
    for folder in ('configs', 'tools'):
        def names(root):
            return {path.relative_to(root) for path in root.rglob('*') if '__pycache__' not in path.parts}
        assert names(shipped / folder) == names(ROOT / folder)
    assert (shipped / 'model-index.yml').read_bytes() == (ROOT / 'model-index.yml').read_bytes()
    (tmp_path / 'mine.py').write_text("_base_ = 'kssnet_mm::kssnet_r18_sample-coco.py'\nwork_dir = 'mine'\n")
    code = ("import kssnet_mm\nfrom mmengine.config import Config\n"
            "print(kssnet_mm.__file__)\nConfig.fromfile('mine.py').dump('read.py')\n")
    done = subprocess.run([sys.executable, '-c', code], cwd=tmp_path, capture_output=True, text=True,
                          env=dict(ENVIRONMENT, PYTHONPATH=str(tmp_path / 'site')))
    assert done.returncode == 0 and str(tmp_path / 'site') in done.stdout, done.stderr
    expected = Config.fromfile(ROOT / 'configs/kssnet_r18_sample-coco.py')
    assert Config.fromfile(tmp_path / 'read.py').to_dict() == dict(expected.to_dict(), work_dir='mine')
