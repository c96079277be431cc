"""Draw the sample data: a small COCO and a small Charades in their official formats."""
from kssnet_mm.apis.command_line import command_parser, run_command


def parse_args():
    parser = command_parser(__doc__)
    parser.add_argument('--out', default='data/sample', help='folder to write')
    parser.add_argument('--seed', type=int, default=0)
    return parser.parse_args()


def main(args):
    from kssnet_mm.datasets.sample import make_sample_data
    if not make_sample_data(args.out, args.seed):
        print(f'{args.out} is complete already')


if __name__ == '__main__':
    run_command(main, parse_args())
