"""Metrics by a per-class Python loop of ML-GCN's form, which ``metrics_speed.py`` compares with."""
import torch


def loop_ap(scores: torch.Tensor, targets: torch.Tensor) -> float:
    """AP of one class, a sample at a time in the order of scores, on tensors as ML-GCN's code does."""
    hits = seen = 0.0
    total = 0.0
    for i in torch.sort(scores, descending=True, stable=True)[1]:
        seen += 1
        if targets[i] == 1:
            hits += 1
            total += hits / seen
    return total / max(hits, 1)


def loop_scores(scores: torch.Tensor, targets: torch.Tensor, thr: float = 0.5) -> tuple:
    """mAP, and the sums behind CP ... OF1 for all labels and for the top 3, class by class."""
    n, num_classes = scores.shape
    ap = [loop_ap(scores[:, k], targets[:, k]) for k in range(num_classes)]
    top, best = torch.zeros(n, num_classes), scores.topk(3, dim=1)[1]
    for i in range(n):
        for k in best[i]:
            top[i, k] = 1 if scores[i, k] >= thr else 0
    sums = [(torch.sum(predicted[:, k] * targets[:, k]), torch.sum(predicted[:, k]), torch.sum(targets[:, k]))
            for predicted in ((scores >= thr).float(), top) for k in range(num_classes)]
    return sum(ap) / len(ap), sums
