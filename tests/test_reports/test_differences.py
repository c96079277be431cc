"""Paired differences between rows: by hand, by scikit-learn, and their interval."""
import json

import numpy as np
import pytest
from shared_data import ROOT
from sklearn.metrics import average_precision_score

from kssnet_mm.evaluation.functional.score_file import ScoreFile, read_score_file, write_score_file
from kssnet_mm.reports import differences, keep_config, paired_scores
from kssnet_mm.reports.differences import paired_differences, write_differences
from kssnet_mm.reports.graph_comparison.bootstrap import resampled_map
from kssnet_mm.reports.table import TableRow

CONFIG = 'configs/r18_sample-coco.py'
ONE, TWO, THREE = (TableRow(name, str(ROOT / CONFIG)) for name in ('one', 'two', 'three'))


def keep(folder, row, seed, scores, targets):
    run = folder / row.name / f'seed{seed}'
    keep_config(run, row.load({'randomness.seed': seed}))
    run.mkdir()
    run.joinpath('result.json').write_text(json.dumps({}))
    write_score_file(run / 'scores.npz', ScoreFile(scores, targets, ['a', 'b'], [str(i) for i in range(len(scores))]))


def class_map(scores, targets):
    return 100 * np.mean([average_precision_score(targets[:, j], scores[:, j]) for j in range(2)])


def made(folder, seeds=2, samples=200):
    rng, expected = np.random.default_rng(0), []
    targets = rng.integers(0, 2, (samples, 2)).astype(np.int8)
    for seed in range(seeds):
        noise = rng.normal(size=(samples, 2))
        better, worse = targets + noise, 0.2 * targets + noise
        keep(folder, ONE, seed, better, targets)
        keep(folder, TWO, seed, worse, targets)
        expected.append(class_map(better, targets) - class_map(worse, targets))
    return expected


def test_the_mean_and_deviation_are_scikit_learns(tmp_path):
    expected = made(tmp_path)
    [found] = paired_differences(tmp_path, [ONE], TWO, resamples=200)
    assert (found.row, found.seeds) == ('one', 2)
    assert found.mean == pytest.approx(np.mean(expected), abs=1e-3)
    assert found.deviation == pytest.approx(np.std(expected, ddof=1), abs=1e-3)
    # AP from .5 + to much more: the interval lies above 0 and holds the mean
    assert 0 < found.low < found.mean < found.high < 2 * found.mean
    [back] = paired_differences(tmp_path, [TWO], ONE, resamples=200)
    assert (back.mean, back.low, back.high) == pytest.approx((-found.mean, -found.high, -found.low), abs=1e-3)


def test_only_seeds_that_both_have_count(tmp_path):
    made(tmp_path)
    rng = np.random.default_rng(1)
    keep(tmp_path, ONE, 7, rng.random((200, 2)), rng.integers(0, 2, (200, 2)).astype(np.int8))
    [found] = paired_differences(tmp_path, [ONE, THREE], TWO, 10)
    assert (found.row, found.seeds) == ('one', 2)
    assert paired_differences(tmp_path, [ONE, TWO], THREE, 10) == []


def test_other_test_samples_are_refused(tmp_path):
    rng = np.random.default_rng(0)
    for row in (ONE, TWO):
        keep(tmp_path, row, 0, rng.random((20, 2)), rng.integers(0, 2, (20, 2)).astype(np.int8))
    with pytest.raises(ValueError, match="'two, seed0' and 'one, seed0' were not tested on the same samples"):
        paired_differences(tmp_path, [ONE], TWO, 10)


def test_the_page(tmp_path):
    made(tmp_path, seeds=1)
    text = write_differences(tmp_path, [ONE, TWO], TWO)
    assert text == (tmp_path / 'differences_two.md').read_text(encoding='utf-8')
    assert 'Left out' not in text
    [found] = paired_differences(tmp_path, [ONE], TWO)
    assert f'| one | 1 | {found.mean:+.2f} | {found.low:+.2f} to {found.high:+.2f} |' in text and '| two ' not in text


def test_each_score_file_is_read_and_resampled_once(tmp_path, monkeypatch):
    """Three rows and two seeds: six files, for four differences of two files each."""
    made(tmp_path, samples=50)
    rng, read, drawn = np.random.default_rng(2), [], []
    targets = read_score_file(tmp_path / 'two/seed0/scores.npz').targets
    for seed in range(2):
        keep(tmp_path, THREE, seed, rng.random((50, 2)), targets)
    alone = [paired_differences(tmp_path, [row], TWO, 20)[0] for row in (ONE, THREE)]
    monkeypatch.setattr(differences, 'read_score_file', lambda path: read.append(path) or read_score_file(path))
    monkeypatch.setattr(paired_scores, 'resampled_map', lambda *args: drawn.append(args) or resampled_map(*args))
    assert paired_differences(tmp_path, [ONE, THREE, TWO], TWO, 20) == alone
    assert len(read) == len(set(read)) == 6 and len(drawn) == 6


def test_runs_of_other_settings_are_left_out_and_named(tmp_path):
    made(tmp_path, samples=50)
    changed = TableRow('one', ONE.config, {'train_cfg.max_epochs': 99})
    text = write_differences(tmp_path, [changed, TWO], TWO)
    assert '| one |' not in text
    assert 'rows have now: one, seed0 (train_cfg.max_epochs); one, seed1 (train_cfg.max_epochs).' in text


def test_rows_without_a_common_seed_are_named(tmp_path):
    made(tmp_path, samples=50)
    assert "Left out, because no seed of it and of 'two' is finished: 'three'." in write_differences(
        tmp_path, [ONE, THREE, TWO], TWO)
    assert "'one', 'two'" in write_differences(tmp_path, [ONE, TWO], THREE)
