"""Every protocol of ours against a per-class Python loop of ML-GCN's form, on data of COCO 2014 val's size."""
import argparse
import resource

import numpy as np
import torch
from timing import interleaved, paired_ratio

from kssnet_mm.evaluation.functional import score_protocols


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


def peak_mib() -> float:
    """Peak memory of this process until now."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--samples', type=int, default=40137)
    parser.add_argument('--classes', type=int, default=80)
    parser.add_argument('--repeat', type=int, default=1)
    args = parser.parse_args()
    rng = np.random.default_rng(0)
    targets = (rng.random((args.samples, args.classes)) < 0.036).astype(np.int8)
    scores = np.clip(rng.normal(0.3, 0.2, targets.shape) + 0.3 * targets, 0, 1).astype(np.float32)
    before = peak_mib()
    ours = score_protocols(scores, targets)  # its memory, before the loop takes any
    after = peak_mib()
    found = {}
    times = interleaved({'ours': lambda: score_protocols(scores, targets),
                         'loop': lambda: found.update(mAP=loop_scores(
                             torch.from_numpy(scores), torch.from_numpy(targets).float())[0])}, args.repeat, warmup=0)
    assert abs(found['mAP'] - ours['mAP']) < 1e-9, (found, ours['mAP'])
    print(f'{args.samples} x {args.classes}: loop (mAP, CP..OF1, top 3) {min(times["loop"]):.2f} s, ours '
          f'({len(ours)} numbers) {min(times["ours"]):.2f} s, ratio {paired_ratio(times, "loop", "ours"):.1f}; '
          f'peak memory {after:.0f} MiB, {before:.0f} of it imports and the data')


if __name__ == '__main__':
    main()
