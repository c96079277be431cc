"""Inflate torchvision's GoogLeNet (Inception-v1 with batch norm) to a backbone checkpoint of InceptionI3D."""
from kssnet_mm.apis.command_line import command_parser, run_command


def parse_args():
    parser = command_parser(__doc__)
    parser.add_argument('src', help="torchvision's GoogLeNet weights, e.g. googlenet-1378be20.pth")
    parser.add_argument('dst', help='.pth to write, for init_cfg=dict(type="Pretrained", checkpoint=DST)')
    parser.add_argument('--mode', choices=['mean', 'center'], default='mean',
                        help='spread a kernel over time, or put it into the middle frame')
    return parser.parse_args()


def main(args):
    from kssnet_mm.converters import convert_googlenet, read_state_dict
    from kssnet_mm.converters.command import write_converted
    write_converted(convert_googlenet(read_state_dict(args.src), args.mode, args.src), args.dst)


if __name__ == '__main__':
    run_command(main, parse_args())
