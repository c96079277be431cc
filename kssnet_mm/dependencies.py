"""A clear message if a package of the OpenMMLab stack is missing or has a version that does not work."""
from importlib.metadata import PackageNotFoundError, version
from typing import Callable, Optional, Sequence

from packaging.specifiers import SpecifierSet

# (import name, distributions that provide it, versions that work)
REQUIRED = (
    ('torch', ('torch', ), '>=2.1'),
    ('torchvision', ('torchvision', ), '>=0.16'),
    ('mmengine', ('mmengine', 'mmengine-lite'), '>=0.10.4,<0.11'),
    ('mmcv', ('mmcv', 'mmcv-lite'), '>=2.0.1,<2.2'),
    ('mmpretrain', ('mmpretrain', ), '>=1.2.0,<1.3'),
    ('mmaction', ('mmaction2', ), '>=1.1.0,<1.3'),
)
# What may be absent. mmaction2 1.2 and, beside pycocotools, mmpretrain 1.2 import their language models with it and take
# names from it that later versions no longer have.
OPTIONAL = (('transformers', ('transformers', ), '<4.56'), )


def installed_version(distributions: Sequence[str],
                      lookup: Callable[[str], str] = version) -> Optional[str]:
    """Version of the first of ``distributions`` that is installed, None if none is."""
    for distribution in distributions:
        try:
            return lookup(distribution)
        except PackageNotFoundError:
            continue
    return None


def check_dependencies(lookup: Callable[[str], str] = version) -> None:
    """Check the packages that kssnet_mm needs, and those that break them.

    Args:
        lookup: Gives a distribution's version or raises ``PackageNotFoundError``.

    Raises:
        ImportError: Names, in one line, every package that is missing or does not work.
    """
    faults = []
    for row in REQUIRED + OPTIONAL:
        name, distributions, wanted = row
        found = installed_version(distributions, lookup)
        if found is None and row in OPTIONAL:
            continue
        if found is None:
            faults.append(f'{name} is not installed (needs {distributions[0]}{wanted})')
        elif not SpecifierSet(wanted).contains(found, prereleases=True):
            faults.append(f'{name} {found} does not work (needs {wanted})')
    if faults:
        raise ImportError('kssnet_mm cannot start: ' + '; '.join(faults) +
                          '. `pip install "kssnet_mm[openmmlab]"` installs the whole stack.')
