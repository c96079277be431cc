"""Bars of predicted labels: coloured by each class's own threshold."""
import numpy as np
import pytest
from PIL import Image

from kssnet_mm.visualization import predictions
from kssnet_mm.visualization.predictions import OTHER, PREDICTED, draw_predictions

NAMES = ['a', 'b', '$c$', 'd']
SCORES, LIMITS = np.array([.9, .2, .6, .6], dtype=np.float32), np.array([.95, .1, .6, .7], dtype=np.float32)


@pytest.fixture()
def drawn(monkeypatch):
    """The figure that is written."""
    figures = []
    save = predictions.save_figure
    monkeypatch.setattr(predictions, 'save_figure', lambda figure, path: figures.append(figure) or save(figure, path))
    return figures


def bars(figure):
    """{label: (length, colour)} of the chart, from top to bottom."""
    axes = figure.axes[-1]
    names = {round(y): text.get_text() for y, text in zip(axes.get_yticks(), axes.get_yticklabels())}
    found = sorted(axes.patches, key=lambda bar: -bar.get_y())
    return {names[round(bar.get_y() + bar.get_height() / 2)]: (bar.get_width(), bar.get_facecolor()) for bar in found}


@pytest.mark.parametrize('frames', [1, 3])
def test_colours_by_the_thresholds_of_the_classes(drawn, tmp_path, frames):
    """The highest score is below its own threshold, and the lowest one is above its own."""
    from matplotlib.colors import to_rgba
    draw_predictions([np.zeros((20, 30, 3), dtype=np.uint8)] * frames, NAMES, SCORES, LIMITS, str(tmp_path / 'x.png'))
    found = bars(drawn[0])
    assert list(found) == ['a', r'\$c\$', 'd', 'b']
    assert [colour == to_rgba(PREDICTED) for _, colour in found.values()] == [False, True, False, True]
    assert found['a'] == (pytest.approx(.9), to_rgba(OTHER))
    marks = sorted(float(line.get_xdata()[0]) for line in drawn[0].axes[-1].lines)
    assert marks == pytest.approx(sorted(LIMITS.tolist()))
    assert Image.open(tmp_path / 'x.png').size[0] > 500


def test_a_predicted_label_of_low_score_is_shown_before_others(drawn, tmp_path):
    scores = np.linspace(.9, .1, 20, dtype=np.float32)
    limits = np.ones(20)
    limits[-1] = 0
    draw_predictions([np.zeros((20, 30, 3), dtype=np.uint8)], list(map(str, range(20))), scores, limits,
                     str(tmp_path / 'x.png'))
    assert list(bars(drawn[0])) == [*map(str, range(7)), '19']
