"""The command's table, and how it says that a loss is not finite."""
import re

from conftest import IMAGE, ROOT

TOOL = ROOT / 'tools/analysis_tools/overfit.py'


def test_losses_by_step_fall(run_here):
    output = run_here(TOOL, IMAGE, '--side', 32, '--steps', 9)
    rows = re.findall(r'│ (\d+) +│ ([\d.]+) +│ ([\d.]+) +│', output)
    assert [int(step) for step, *_ in rows] == list(range(1, 10))
    assert float(rows[-1][1]) < 0.8 * float(rows[0][1]) and float(rows[-1][2]) > float(rows[0][2])


def test_a_loss_that_is_not_finite_is_an_error_that_names_the_step(run_here):
    output = run_here(TOOL, IMAGE, '--side', 32, '--steps', 9, '--cfg-options', 'optim_wrapper.optimizer.lr=1e30',
                      fail=True)
    assert re.search(r'error: the loss is (nan|inf) in step 2', output)
