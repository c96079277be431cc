"""Products at every position as matrix products and as 1x1 convolutions, in both memory layouts, in turns."""
import argparse

import torch
from interleave import interleaved, paired_ratio
from rich.console import Console
from rich.table import Table

import kssnet_mm  # noqa: F401
from kssnet_mm.models.necks.channel_mixing import convolve, product

# Channels and positions of Inception-I3D's connections on 16 frames of 224 x 224; of the first M is one matrix.
CONNECTIONS = ((192, (8, 56, 56)), (480, (8, 28, 28)), (832, (4, 14, 14)))


def first_product(x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Channels first: batched, of matrices (C, P)."""
    return product(x.flatten(2), weight).view(x.shape[0], weight.shape[0], *x.shape[2:])


def last_product(x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Channels last: one, of a matrix (B P, C)."""
    rows = x.movedim(1, -1).flatten(0, -2) @ weight.t()
    return rows.view(x.shape[0], *x.shape[2:], weight.shape[0]).movedim(-1, 1)


def parse_args(description: str) -> argparse.Namespace:
    """Also sets the number of threads."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument('--classes', type=int, default=157)
    parser.add_argument('--rounds', type=int, default=21)
    parser.add_argument('--threads', type=int, default=torch.get_num_threads())
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    return args


def factor_sizes(channels: int, classes: int):
    """(rows, columns) of the matrices that a connection multiplies by."""
    return [(channels, channels)] if channels < 2 * classes else [(classes, channels), (channels, classes)]


def main():
    args = parse_args(__doc__)
    torch.manual_seed(0)
    table = Table('channels', 'layout', 'inference: convolution / product', 'training: convolution / product',
                  title=f'CPU, {args.threads} threads, {args.rounds} rounds')
    for channels, shape in CONNECTIONS:
        weights = [torch.randn(size, requires_grad=True) for size in factor_sizes(channels, args.classes)]
        for layout, matrices in ((torch.contiguous_format, first_product), (torch.channels_last_3d, last_product)):
            x = torch.randn(1, channels, *shape).contiguous(memory_format=layout).requires_grad_()
            ratios = []
            for training in (False, True):
                def run(function):
                    with torch.inference_mode(not training):
                        y = x
                        for weight in weights:
                            y = function(y, weight)
                    if training:
                        torch.autograd.grad(y, (x, *weights), torch.ones_like(y))

                times = interleaved({'convolution': lambda: run(convolve), 'product': lambda: run(matrices)},
                                    args.rounds)
                ratios.append(paired_ratio(times, 'convolution', 'product'))
            table.add_row(str(channels), 'last' if layout == torch.channels_last_3d else 'first',
                          *(f'{ratio:.2f}' for ratio in ratios))
    Console().print(table)


if __name__ == '__main__':
    main()
