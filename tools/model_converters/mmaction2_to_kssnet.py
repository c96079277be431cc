"""Cut the backbone out of an mmaction2 checkpoint (Kinetics-400), for a rival's config of ours."""
from kssnet_mm.apis.command_line import command_parser, run_command


def parse_args():
    parser = command_parser(__doc__, options=True)
    parser.add_argument('src', help='checkpoint of a recognizer')
    parser.add_argument('dst', help='.pth to write, for --cfg-options model.backbone.pretrained=DST')
    parser.add_argument('--config', required=True, help='whose backbone is to be filled')
    return parser.parse_args()


def main(args):
    from mmengine.registry import MODELS, init_default_scope

    from kssnet_mm.apis import read_config
    from kssnet_mm.converters import convert_backbone, read_state_dict
    from kssnet_mm.converters.command import write_converted
    cfg = read_config(args.config, args.cfg_options, ['model'])
    init_default_scope(cfg.default_scope)
    state = convert_backbone(read_state_dict(args.src), MODELS.build(cfg.model.backbone), args.src)
    write_converted(state, args.dst)


if __name__ == '__main__':
    run_command(main, parse_args())
