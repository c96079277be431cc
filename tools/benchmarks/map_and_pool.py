"""Inception-I3D's pools at inference: torch's and ours, and connections before ours or in it, in turns."""
import argparse

import torch
from bench_models import padded_pool
from channel_mixing import CONNECTIONS
from interleave import interleaved, paired_ratio
from rich.console import Console
from rich.table import Table

from kssnet_mm.models.backbones.same_padding import SameMaxPool3d
from kssnet_mm.models.necks import ConstantConnection

# Kernels and strides of the pools after the connections.
POOLS = (((1, 3, 3), (1, 2, 2)), ((3, 3, 3), (2, 2, 2)), ((2, 2, 2), (2, 2, 2)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--frames', type=int, default=64)
    parser.add_argument('--classes', type=int, default=157)
    parser.add_argument('--rounds', type=int, default=15)
    parser.add_argument('--threads', type=int, default=torch.get_num_threads())
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    table = Table('channels', 'layout', 'our pool / padding and torch\'s', 'connection in the pool / connection, pool',
                  title=f'CPU, {args.threads} threads, {args.frames} frames, {args.rounds} rounds')
    for (channels, (frames, *size)), (kernel, stride) in zip(CONNECTIONS, POOLS):
        rank = None if channels < 2 * args.classes else args.classes
        connection, pool = ConstantConnection(channels, rank), SameMaxPool3d(kernel, stride)
        for parameter in connection.parameters():
            torch.nn.init.normal_(parameter, std=channels**-0.5)
        for name, layout in (('first', torch.contiguous_format), ('last', torch.channels_last_3d)):
            x = torch.randn(1, channels, frames * args.frames // 16, *size).contiguous(memory_format=layout)
            sides = {
                'torch': lambda: padded_pool(x, kernel, stride),
                'pool': lambda: pool(x),
                'one after the other': lambda: pool(connection(x)),
                'in the pool': lambda: pool(x, connection.position_map()),
            }
            with torch.inference_mode():
                times = interleaved(sides, args.rounds)
            table.add_row(str(channels), name, f'{paired_ratio(times, "pool", "torch"):.2f}',
                          f'{paired_ratio(times, "in the pool", "one after the other"):.2f}')
    Console().print(table)


if __name__ == '__main__':
    main()
