"""mmaction2's samples, of 1.1 and 1.2, which name their labels and scores differently."""
import torch
from mmaction.structures import ActionDataSample


def action_sample(label=None, score=None):
    """A sample as data sets and heads make it."""
    sample = ActionDataSample()
    if hasattr(sample, 'set_gt_label'):
        setters = dict(set_gt_label=label, set_pred_score=score)
        for name, value in setters.items():
            if value is not None:
                getattr(sample, name)(torch.as_tensor(value))
        return sample
    from mmengine.structures import LabelData
    for name, value in dict(gt_labels=label, pred_scores=score).items():
        if value is not None:
            setattr(sample, name, LabelData(item=torch.as_tensor(value)))
    return sample
