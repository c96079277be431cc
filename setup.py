"""Packaging of kssnet_mm."""
import shutil
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent


def requirements(name: str) -> list:
    """The lines of ``requirements/<name>.txt`` that name a package."""
    lines = (ROOT / 'requirements' / f'{name}.txt').read_text(encoding='utf-8').splitlines()
    return [line for line in lines if line.strip() and not line.startswith('#')]


class BuildWithConfigs(build_py):
    """Puts configs, tools and model-index.yml into the wheel, where mim and ``kssnet_mm::...`` look for them.

    An editable install reads them from the checkout.
    """

    def run(self):
        super().run()
        if getattr(self, 'editable_mode', False):
            return
        target = Path(self.build_lib) / 'kssnet_mm' / '.mim'
        shutil.rmtree(target, ignore_errors=True)  # an earlier build may have files that are gone
        for folder in ('configs', 'tools'):
            shutil.copytree(ROOT / folder, target / folder, ignore=shutil.ignore_patterns('__pycache__', '*.pyc'))
        shutil.copy(ROOT / 'model-index.yml', target)


version = {}
exec((ROOT / 'kssnet_mm' / 'version.py').read_text(encoding='utf-8'), version)

setup(
    name='kssnet_mm',
    version=version['__version__'],
    description='Multi-label image and video recognition with label graphs, for OpenMMLab',
    long_description=(ROOT / 'README.md').read_text(encoding='utf-8'),
    long_description_content_type='text/markdown',
    packages=find_packages(include=['kssnet_mm', 'kssnet_mm.*']),
    package_data={'kssnet_mm': ['**/*.html', '**/*.js', '**/*.css', '**/*.yaml', '**/*.json']},
    cmdclass=dict(build_py=BuildWithConfigs),
    python_requires='>=3.8',
    # torch and OpenMMLab are an extra: an environment that has them keeps its own.
    install_requires=requirements('runtime'),
    extras_require=dict(openmmlab=requirements('openmmlab'), tests=requirements('tests'),
                        explain=requirements('extras/explain'), webui=requirements('extras/webui')),
)
