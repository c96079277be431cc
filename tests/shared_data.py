"""Where the tests find the reference data that lies beside a checkout."""
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def shared(relative: str) -> Path:
    """Path of ``../shared/data/<relative>``; skips the test where it is absent."""
    path = ROOT.parent / 'shared' / 'data' / relative
    if not path.exists():
        pytest.skip(f'reference data ../shared/data/{relative} is not beside this checkout')
    return path
