"""One input on its way through the inferencer, and the scores of a batch of them."""
from dataclasses import dataclass
from typing import Callable, Dict, List, Optional

import numpy as np

from .inputs import Source
from .reading import first_line


@dataclass
class Item:
    """One input on its way through the inferencer.

    Attributes:
        source: Where it comes from.
        data: What the model takes; None if it could not be read.
        pictures: What is drawn; None if nothing is.
        fault: Why there is no prediction.
    """
    source: Source
    data: Optional[dict] = None
    pictures: Optional[list] = None
    fault: str = ''


def scores_of(items: List[Item], run: Callable[[List[dict]], List[np.ndarray]]) -> List[Optional[np.ndarray]]:
    """Probabilities (N,) of each input; None of one that has or gets a fault.

    Inputs of other shapes run apart, as padding would change the scores.

    Args:
        items: The inputs.
        run: The model: data of inputs -> probabilities (N,) of each.
    """
    scores: List[Optional[np.ndarray]] = [None] * len(items)
    by_shape: Dict[tuple, list] = {}
    for place, item in enumerate(items):
        if not item.fault:
            by_shape.setdefault(tuple(item.data['inputs'].shape), []).append(place)
    for places in by_shape.values():
        try:
            rows = run([items[place].data for place in places])
        except Exception:  # one of them, perhaps: each has another chance alone
            rows = [_alone(items[place], run) for place in places]
        for place, row in zip(places, rows):
            scores[place] = row
    return scores


def _alone(item: Item, run: Callable) -> Optional[np.ndarray]:
    try:
        return run([item.data])[0]
    except Exception as error:
        item.fault = f'{item.source.id}: the model cannot take it ({first_line(error)})'
        return None
