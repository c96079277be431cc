"""Inflate torchvision's GoogLeNet (Inception-v1 with batch norm) to a backbone checkpoint of InceptionI3D."""
import argparse

from kssnet_mm.converters import convert_googlenet, read_state_dict
from kssnet_mm.converters.command import run_command


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('src', help="torchvision's GoogLeNet weights, e.g. googlenet-1378be20.pth")
    parser.add_argument('dst', help='.pth to write, for init_cfg=dict(type="Pretrained", checkpoint=DST)')
    parser.add_argument('--mode', choices=['mean', 'center'], default='mean',
                        help='spread a kernel over time, or put it into the middle frame')
    run_command(parser, lambda args: (convert_googlenet(read_state_dict(args.src), args.mode, args.src), None))


if __name__ == '__main__':
    main()
