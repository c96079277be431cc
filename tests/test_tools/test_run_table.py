"""A table of two rows on the sample data: killed, continued, and not done twice."""
import json
import os
import signal
import subprocess
import sys

from conftest import ENVIRONMENT, IMAGE, QUICK, ROOT

TABLE = f'''
title = 'T'
protocols = ('mAP', 'OF1')
rows = [
    dict(name='plain', config={str(ROOT / 'configs/r18_sample-coco.py')!r}),
    dict(name='knowledge', config={IMAGE!r}, options={{'model.backbone.gcn.graph.lam': 0.0}}),
]
'''


def test_a_killed_table_continues(run, workspace):
    (workspace / 't.py').write_text(TABLE)
    words = [str(ROOT / 'tools/run_table.py'), 't.py', '--work-dir', 'wd', '--cfg-options', *QUICK]
    process = subprocess.Popen([sys.executable, *words], cwd=workspace, env=ENVIRONMENT, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    for line in process.stdout:
        if line.startswith('[2/2]'):
            os.killpg(process.pid, signal.SIGKILL)
            break
    process.wait()
    first = workspace / 'wd/plain/seed0/result.json'
    stamp = first.stat().st_mtime_ns
    assert not (workspace / 'wd/knowledge/seed0/result.json').exists()
    output = run(*words)
    assert 'plain, seed 0: done' in output and 'knowledge, seed 0: running' in output
    assert first.stat().st_mtime_ns == stamp
    result = json.loads((workspace / 'wd/knowledge/seed0/result.json').read_text())
    assert f"| knowledge | 1 | {100 * result['mAP']:.1f} |" in (workspace / 'wd/table.md').read_text()
    log = (workspace / 'wd/knowledge/seed0/train.log').read_text()
    assert 'model.backbone.gcn.graph.lam=0.0' in log
