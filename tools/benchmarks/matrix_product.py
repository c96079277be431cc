"""Products of matrices of Inception-I3D's connections on 16 frames, by oneDNN and by torch.mm, in turns."""
import math

import torch
from channel_mixing import CONNECTIONS, factor_sizes, parse_args
from interleave import interleaved, paired_ratio
from rich.console import Console
from rich.table import Table

from kssnet_mm.models.matrix_product import has_onednn, matrix_product


def main():
    args = parse_args(__doc__)
    if not has_onednn():
        raise SystemExit('this build of torch, or this processor, has no such product by oneDNN')
    torch.manual_seed(0)
    shapes = [(*size, math.prod(positions)) for channels, positions in CONNECTIONS
              for size in factor_sizes(channels, args.classes)]
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
