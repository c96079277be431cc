"""Export a trained KSSNet, or a plain backbone of ours, to ONNX or torch.export; label graphs are folded."""
import os

from kssnet_mm.apis.command_line import command_parser, run_command

ENDINGS = ('.onnx', '.pt2')


def parse_args():
    parser = command_parser(__doc__, options=True)
    parser.add_argument('config', help='config of the model, trained or deployed')
    parser.add_argument('checkpoint', help='its checkpoint')
    parser.add_argument('out', help='.onnx, or .pt2 for a program of torch.export')
    parser.add_argument('--shape', type=int, nargs='+', help='of one input, 3 [T] H W; default: the test pipeline\'s')
    parser.add_argument('--classes', help='file of the class names, one a line (default: the checkpoint\'s)')
    args = parser.parse_args()
    if os.path.splitext(args.out)[1] not in ENDINGS:
        parser.error(f'{args.out} ends in neither of {", ".join(ENDINGS)}, which say what is written')
    return args


def main(args):
    from kssnet_mm.annotations.class_list import class_names
    from kssnet_mm.apis import read_config
    from kssnet_mm.deploy.export import export_model
    from kssnet_mm.deploy.load import load_for_export
    names = class_names(args.classes)
    cfg = read_config(args.config, args.cfg_options, ['model'])
    model, shape, classes, described = load_for_export(cfg, args.checkpoint, args.shape, names)
    said = export_model(model, args.out, shape, classes, described)
    print(f'wrote {args.out}: {said}')


if __name__ == '__main__':
    run_command(main, parse_args())
