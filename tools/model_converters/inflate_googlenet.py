"""Inflate torchvision's GoogLeNet (Inception-v1 with batch norm) to a backbone checkpoint of InceptionI3D."""
import argparse
import sys

from kssnet_mm.converters import convert_googlenet, read_state_dict, save_state_dict


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('src', help="torchvision's GoogLeNet weights, e.g. googlenet-1378be20.pth")
    parser.add_argument('dst', help='.pth to write, for init_cfg=dict(type="Pretrained", checkpoint=DST)')
    parser.add_argument('--mode', choices=['mean', 'center'], default='mean',
                        help='spread a kernel over time, or put it into the middle frame')
    args = parser.parse_args()
    try:
        out = convert_googlenet(read_state_dict(args.src), args.mode, args.src)
    except (ValueError, OSError) as error:
        sys.exit(f'error: {error}')
    save_state_dict(out, args.dst)
    print(f'wrote {len(out)} tensors to {args.dst}')


if __name__ == '__main__':
    main()
