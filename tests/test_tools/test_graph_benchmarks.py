"""The benchmarks of the graph package on small files: they measure programs without torch."""
import re
import subprocess
import sys

import pytest
from conftest import ENVIRONMENT, ROOT


@pytest.mark.parametrize('command, parts', [
    (['conceptnet_pass.py', '--lines', '3000'], ['generated 3,000 lines', 'pass: ', 'ratio in cpu: ']),
    (['word_vectors_pass.py', '--words', '500', '--size', '50', '--labels', '20'],
     ['20 labels looked up', 'wc -l: ', 'search: ', ' MB/s', 'ratio in seconds: '])])
def test_benchmark(command, parts):
    done = subprocess.run([sys.executable, str(ROOT / 'tools/benchmarks' / command[0]), *command[1:], '--repeat', '1'],
                          env=ENVIRONMENT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert all(part in done.stdout for part in parts), done.stdout
    peaks = [tuple(map(int, found)) for found in
             re.findall(r'peak of the process (\d+) MiB, (\d+) beyond its imports', done.stdout)]
    assert len(peaks) == 1 and peaks[0][1] < peaks[0][0] < 300, done.stdout
