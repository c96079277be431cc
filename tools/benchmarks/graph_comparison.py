"""Time and peak memory of comparing label graphs, against one plain classifier, on generated features and labels."""
import argparse
import json
import multiprocessing
import resource
import time

import numpy as np

from kssnet_mm.apis.command_line import command_parser, run_command
from kssnet_mm.utils.io import write_atomically

TOPICS = 20


def generate(samples: int, labels: int, features: int, seed: int) -> tuple:
    """Features, targets and names of labels, what a ``FeatureTable`` is made of.

    Samples are of one topic each; a topic's labels occur together, and features show labels in noise.
    """
    world, rng = np.random.default_rng(0), np.random.default_rng(seed)
    chance = 0.3 * (world.random((TOPICS, labels)) < 0.08) + 0.002
    targets = (rng.random((samples, labels), dtype=np.float32) < chance[rng.integers(0, TOPICS, samples)])
    shown = world.normal(size=(labels, features)).astype(np.float32)
    table = targets.astype(np.float32) @ shown + 3 * rng.standard_normal((samples, features), dtype=np.float32)
    return table, targets.astype(np.int8), [f'label {i}' for i in range(labels)]


def measure(part: str, args: argparse.Namespace) -> dict:
    """CPU seconds of one part, and peak MiB with the data and at the end, in a process of its own."""
    import torch

    from kssnet_mm.reports.graph_comparison import FeatureTable, Settings, compare
    from kssnet_mm.reports.graph_comparison.tuning import Candidate, Part

    torch.set_num_threads(args.threads)
    train, test = (FeatureTable(*generate(n, args.labels, args.features, seed))
                   for n, seed in ((args.samples, 1), (args.test, 2)))
    data, begin = peak_mib(), time.process_time()
    if part == 'plain':
        fitted = Part.of(train.features, train.targets)
        fitted.solve(Candidate(0.1, None), None).logits(fitted.project(test.features))
    else:
        resamples = Settings.resamples if args.resamples is None else args.resamples
        compare(train, test, settings=Settings(arms=args.arms, seeds=1, resamples=resamples))
    return dict(part=part, cpu_seconds=time.process_time() - begin,
                data_mib=data, peak_mib=peak_mib())


def peak_mib() -> float:
    """Peak memory of this process until now."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10


def parse_args():
    parser = command_parser(__doc__)
    parser.add_argument('--samples', type=int, default=6000)
    parser.add_argument('--labels', type=int, default=80)
    parser.add_argument('--features', type=int, default=512)
    parser.add_argument('--test', type=int, default=2000)
    parser.add_argument('--arms', nargs='+', default=['cooccurrence', 'shuffled'], help='beside plain, identity and shuffled')
    parser.add_argument('--resamples', type=int, help='default: the comparison\'s')
    parser.add_argument('--threads', type=int, default=1)
    parser.add_argument('--json', help='also write the result there')
    return parser.parse_args()


def main(args):
    from kssnet_mm.reports.graph_comparison.comparison import CONTROLS
    found = []
    for part in ('plain', 'comparison'):
        # of a process of its own, because the peak of a process never falls
        with multiprocessing.get_context('spawn').Pool(1) as pool:
            found.append(pool.apply(measure, (part, args)))
        print({name: value if name == 'part' else round(value, 1) for name, value in found[-1].items()}, flush=True)
    result = dict(samples=args.samples, labels=args.labels, features=args.features, arms=len({*CONTROLS, *args.arms}),
                  parts=found,
                  **{f'{name}_ratio': found[1][name] / found[0][name] for name in ('cpu_seconds', 'peak_mib')})
    print(f'the comparison takes {result["cpu_seconds_ratio"]:.1f} times the CPU time and '
          f'{result["peak_mib_ratio"]:.2f} times the memory of one plain classifier with fixed settings')
    if args.json:
        write_atomically(args.json, json.dumps(result))


if __name__ == '__main__':
    run_command(main, parse_args())
