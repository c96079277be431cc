"""Every tool answers --help by itself: exit code 0, and no framework is imported for it."""
import os
import subprocess
import sys

import pytest
from shared_data import ROOT

# The other files are what tools import.
TOOLS = sorted(path for path in (ROOT / 'tools').rglob('*.py')
               if "__name__ == '__main__'" in path.read_text(encoding='utf-8'))
STANDALONE = ('predict_onnx.py', )
ASK = '''
import os, runpy, sys
sys.path.insert(0, os.path.dirname(sys.argv[0]))  # as python does for a program
try:
    runpy.run_path(sys.argv[0], run_name='__main__')
except SystemExit as stop:
    assert not stop.code, stop.code
    heavy = {'torch', 'torchvision', 'mmpretrain', 'mmaction', 'mmcv', 'cv2', 'matplotlib'} & set(sys.modules)
    assert not heavy, heavy
'''


@pytest.mark.parametrize('tool', TOOLS, ids=lambda path: path.relative_to(ROOT / 'tools').as_posix())
def test_help(tool, tmp_path):
    code = ASK.replace('import os, runpy, sys', f'import os, runpy, sys\nsys.argv = [{str(tool)!r}, "--help"]')
    done = subprocess.run([sys.executable, '-c', code], cwd=tmp_path, text=True, capture_output=True, timeout=300,
                          env=dict(os.environ, PYTHONPATH=str(ROOT)))
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith('usage: ')
    assert tool.name in STANDALONE or '--debug' in done.stdout


@pytest.mark.parametrize('tool', TOOLS, ids=lambda path: path.relative_to(ROOT / 'tools').as_posix())
def test_a_tool_that_takes_a_config_takes_overrides_of_it(tool):
    text = tool.read_text(encoding='utf-8')
    if "add_argument('config'" in text or "add_argument('--config'" in text:
        assert 'command_parser(__doc__, options=True' in text
