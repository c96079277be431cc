"""The class activation maps of an explanation: what the json holds of them, and their pictures."""
from typing import List, Sequence

import numpy as np
import torch

from .activation_maps import as_linear, class_activation_maps, over_frames
from .pictures import Pictures


@torch.no_grad()
def add_maps(entries: List[dict], indices: Sequence[int], classifier, features, pictures: Pictures) -> List[str]:
    """Give each label's entry its ``map`` and draw it.

    Args:
        entries: ``label``, ``score`` and ``logit`` of each label; gets ``map`` with ``exact``, ``means`` (one a
            pathway), ``bias`` and ``values`` ([pathways] (T, h, w)).
        indices: The labels' places among the classes.
        classifier: Of the model.
        features: What it was given.
        pictures: Where they are drawn.

    Returns:
        What has to be said about the maps; in the place of maps, why there are none.
    """
    try:
        linear, features = as_linear(classifier, features)
        maps = class_activation_maps(linear, features)
    except ValueError as error:
        return [f'no class activation maps: {error}']
    notes, exact = [], linear.pool == 'avg'
    if not exact:
        notes.append('the classifier pools by the maximum: the maps show where a label is, but their mean is not its '
                     'logit')
    for entry, i in zip(entries, indices):
        means = [float(part[:, i].mean()) for part in maps]
        bias = float(linear.fc.bias[i])
        entry['map'] = dict(exact=exact, means=means, bias=bias, values=[])
        for number, part in enumerate(maps):
            grid = over_frames(part)
            if grid is None:
                notes.append(f'{part.shape[2]} tokens fill no square, so that their map cannot be drawn')
                continue
            values = grid[i].float().cpu().numpy()
            entry['map']['values'].append(np.round(values, 4).tolist())
            pathway = f', pathway {number + 1} of {len(maps)}' if len(maps) > 1 else ''
            title = f'{entry["label"]}{pathway}: probability {entry["score"]:.3f}'
            if exact:
                sums = ' + '.join(f'{mean:.2f}' for mean in means)
                sign = '-' if round(bias, 2) < 0 else '+'
                title += f', logit {entry["logit"]:.2f} = mean of the map {sums} {sign} bias {abs(bias):.2f}'
            pictures.draw_map(values, title, pictures.path('map', entry['label']))
    return notes
