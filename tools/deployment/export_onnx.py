"""Export a trained KSSNet, or a plain backbone of ours, to ONNX; label graphs are folded on the way."""
import argparse
import sys

from mmengine.config import Config, DictAction

from kssnet_mm.deploy.export_onnx import export_onnx
from kssnet_mm.deploy.load import load_for_export


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('config', help='config of the model, trained or deployed')
    parser.add_argument('checkpoint', help='its checkpoint')
    parser.add_argument('out', help='.onnx to write')
    parser.add_argument('--shape', type=int, nargs='+', help='of one input, 3 [T] H W; default: the test pipeline\'s')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction,
                        help='override settings of the config, as in key=value')
    return parser.parse_args()


def main():
    args = parse_args()
    cfg = Config.fromfile(args.config)
    if args.cfg_options:
        cfg.merge_from_dict(args.cfg_options)
    try:
        model, shape, classes, described = load_for_export(cfg, args.checkpoint, args.shape)
        said = export_onnx(model, args.out, shape, classes, described)
    except (ValueError, FileNotFoundError, RuntimeError) as error:
        sys.exit(f'error: {error}')
    print(f'wrote {args.out}: {said}')


if __name__ == '__main__':
    main()
