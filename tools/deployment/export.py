"""Export a trained KSSNet, or a plain backbone of ours, to ONNX or torch.export; label graphs are folded on the way."""
import argparse
import os
import sys

from mmengine.config import Config, DictAction

from kssnet_mm.deploy.export_onnx import export_onnx
from kssnet_mm.deploy.export_program import export_program
from kssnet_mm.deploy.load import load_for_export

EXPORTERS = {'.onnx': export_onnx, '.pt2': export_program}


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('config', help='config of the model, trained or deployed')
    parser.add_argument('checkpoint', help='its checkpoint')
    parser.add_argument('out', help='.onnx, or .pt2 for a program of torch.export')
    parser.add_argument('--shape', type=int, nargs='+', help='of one input, 3 [T] H W; default: the test pipeline\'s')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction,
                        help='override settings of the config, as in key=value')
    args = parser.parse_args()
    if os.path.splitext(args.out)[1] not in EXPORTERS:
        parser.error(f'{args.out} ends in neither of {", ".join(EXPORTERS)}, which say what is written')
    return args


def main():
    args = parse_args()
    cfg = Config.fromfile(args.config)
    if args.cfg_options:
        cfg.merge_from_dict(args.cfg_options)
    export = EXPORTERS[os.path.splitext(args.out)[1]]
    try:
        model, shape, classes, described = load_for_export(cfg, args.checkpoint, args.shape)
        said = export(model, args.out, shape, classes, described)
    except (ValueError, FileNotFoundError, RuntimeError) as error:
        sys.exit(f'error: {error}')
    print(f'wrote {args.out}: {said}')


if __name__ == '__main__':
    main()
