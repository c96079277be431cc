"""Convert pytorch-i3d weights (rgb_imagenet.pt and its like) to a backbone checkpoint of InceptionI3D."""
from kssnet_mm.apis.command_line import command_parser, run_command


def parse_args():
    parser = command_parser(__doc__)
    parser.add_argument('src', help='pytorch-i3d checkpoint')
    parser.add_argument('dst', help='.pth to write, for init_cfg=dict(type="Pretrained", checkpoint=DST)')
    parser.add_argument('--flow', action='store_true',
                        help='flow_*.pt, for InceptionI3D(in_channels=2); default: RGB, refusing flow')
    return parser.parse_args()


def main(args):
    from kssnet_mm.converters import convert_i3d, read_state_dict
    from kssnet_mm.converters.command import write_converted
    write_converted(convert_i3d(read_state_dict(args.src), args.src, 2 if args.flow else 3), args.dst)


if __name__ == '__main__':
    run_command(main, parse_args())
