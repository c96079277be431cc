"""Arguments that the speed benchmarks share."""
import argparse

from nets import NETS

from kssnet_mm.apis.command_line import command_parser


def make_parser(description: str, batch: int, rounds: int) -> argparse.ArgumentParser:
    """The arguments that all have."""
    parser = command_parser(description)
    parser.add_argument('--model', choices=sorted(NETS), default='resnet101')
    parser.add_argument('--batch', type=int, default=batch)
    parser.add_argument('--size', type=int, nargs='+', help='of one input, as in 3 64 64; default: the model\'s')
    parser.add_argument('--rounds', type=int, default=rounds)
    parser.add_argument('--threads', type=int, help='default: torch\'s')
    parser.add_argument('--device', help='default: cuda, or cpu where there is none')
    parser.add_argument('--dtype', choices=['float32', 'bfloat16'], default='float32', help='bfloat16 is autocast')
    parser.add_argument('--channels-last', action='store_true')
    parser.add_argument('--compile', action='store_true', help='torch.compile all sides')
    parser.add_argument('--json', help='write the results to this file')
    return parser
