"""Products of matrices of Inception-I3D's connections on 16 frames, by oneDNN and by torch.mm, in turns."""
import argparse

import torch
from channel_mixing import CONNECTIONS
from interleave import interleaved, paired_ratio
from rich.console import Console
from rich.table import Table

from kssnet_mm.models.matrix_product import has_onednn, matrix_product


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--classes', type=int, default=157)
    parser.add_argument('--rounds', type=int, default=21)
    parser.add_argument('--threads', type=int, default=torch.get_num_threads())
    args = parser.parse_args()
    if not has_onednn():
        raise SystemExit('this build of torch, or this processor, has no such product by oneDNN')
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    n, shapes = args.classes, []
    for channels, (frames, height, width) in CONNECTIONS:
        positions = frames * height * width
        pair = [(n, channels, positions), (channels, n, positions)]
        shapes += [(channels, channels, positions)] if channels < 2 * n else pair
    table = Table('a', 'b', 'a b: oneDNN / torch.mm', 'with gradients',
                  title=f'CPU, {args.threads} threads, {args.rounds} rounds')
    for m, k, p in shapes:
        a, b, grad = (torch.randn(size, requires_grad=True) for size in ((m, k), (k, p), (m, p)))
        ratios = []
        for training in (False, True):
            def run(multiply):
                with torch.set_grad_enabled(training):
                    product = multiply(a, b)
                if training:
                    torch.autograd.grad(product, (a, b), grad)

            times = interleaved({'oneDNN': lambda: run(matrix_product), 'mm': lambda: run(torch.mm)}, args.rounds)
            ratios.append(paired_ratio(times, 'oneDNN', 'mm'))
        table.add_row(f'{m} x {k}', f'{k} x {p}', *(f'{ratio:.2f}' for ratio in ratios))
    Console().print(table)


if __name__ == '__main__':
    main()
