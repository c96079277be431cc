"""The benchmarks of the graph package on small files: they measure programs without torch."""
import re
import subprocess
import sys

import pytest
from conftest import ENVIRONMENT, ROOT


@pytest.mark.parametrize('command, parts', [
    (['conceptnet_pass.py', '--lines', '3000'],
     ['generated 3,000 lines', 'command: ', 'ours: ', 'ratio in cpu: ', ' matches, ']),
    (['word_vectors_pass.py', '--words', '500', '--size', '50', '--labels', '20'],
     ['20 labels looked up', ' MB/s', 'ratio in seconds: '])])
def test_benchmark(command, parts):
    done = subprocess.run([sys.executable, str(ROOT / 'tools/benchmarks' / command[0]), *command[1:], '--repeat', '1'],
                          env=ENVIRONMENT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert all(part in done.stdout for part in parts), done.stdout
    found = re.search(r'peak of the process (\d+) MiB, (\d+) beyond its imports', done.stdout)
    peak, beyond = map(int, found.groups())
    assert beyond < peak < 300, done.stdout
