"""The arm that refines logits: z' = z + s(z) R + c, with R an N x N matrix that starts at 0."""
from typing import Dict, NamedTuple, Sequence

import numpy as np
import torch

from .logistic import Weights, fit, rotation
from .tuning import Candidate, Folds, Part


class Refined(NamedTuple):
    """A plain classifier and what refines its logits."""
    plain: Weights
    project: object
    refine: Weights

    def logits(self, x: torch.Tensor) -> torch.Tensor:
        """n x R -> n x N."""
        z = self.plain.logits(x)
        return self.refine.logits(self.project(z.numpy()), z)


def refine(part: Part, plain: Weights, decay: float) -> Refined:
    """Learn R on the training samples' own logits, standardised, with the plain classifier fixed.

    ``decay`` is relative to N.
    """
    z = plain.logits(part.x)
    found = rotation(z.numpy())
    weights = fit(found(z.numpy()), part.targets, found.deviation, None, decay * z.shape[1], offset=z)
    return Refined(plain, found, weights)


def tune_refinement(found: Folds, plain: Candidate, tried: Sequence[Candidate]) -> Dict[Candidate, float]:
    """mAP on the held-out samples for each decay of R, on top of the plain arm's best candidate."""
    fitted = [part.solve(plain, None) for part in found.parts]
    return {candidate: found.score([refine(part, weights, candidate.decay)
                                    for part, weights in zip(found.parts, fitted)]) for candidate in tried}


def best(scores: Dict[Candidate, float]) -> Candidate:
    """The candidate with the highest score; the first of equals, and of NaN alone."""
    values = np.array([-np.inf if np.isnan(value) else value for value in scores.values()])
    return list(scores)[int(values.argmax())]
