"""Every protocol of ours against a per-class Python loop of ML-GCN's form, on data of COCO 2014 val's size."""
import resource

import numpy as np

from kssnet_mm.apis.command_line import command_parser, run_command


def peak_mib() -> float:
    """Peak memory of this process until now."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


def parse_args():
    parser = command_parser(__doc__)
    parser.add_argument('--samples', type=int, default=40137)
    parser.add_argument('--classes', type=int, default=80)
    parser.add_argument('--repeat', type=int, default=1)
    return parser.parse_args()


def main(args):
    import torch
    from loop_metrics import loop_scores
    from timing import interleaved, paired_ratio

    from kssnet_mm.evaluation.functional import score_protocols

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
    run_command(main, parse_args())
