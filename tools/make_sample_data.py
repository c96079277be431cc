"""Draw the sample data: a small COCO and a small Charades in their official formats."""
import argparse

from kssnet_mm.datasets.sample import make_sample_data


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--out', default='data/sample', help='folder to write')
    parser.add_argument('--seed', type=int, default=0)
    args = parser.parse_args()
    if not make_sample_data(args.out, args.seed):
        print(f'{args.out} is complete already')


if __name__ == '__main__':
    main()
