"""The small form of ``make soak``: real SIGKILLs, loader workers, and every bit compared."""
from conftest import ROOT


def test_killed_trainings_end_with_the_bits_of_an_uninterrupted_one(run):
    output = run(ROOT / 'tools/soak.py', '--kills', 1, '--writes', 1, '--epochs', 2)
    assert ('1 SIGKILLs at random moments and 1 inside of a checkpoint write: 2 resumed to the same bits, 0 did '
            'not') in output, output
