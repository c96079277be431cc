"""Export a trained KSSNet, or a plain backbone of ours, to ONNX or torch.export; label graphs are folded."""
import argparse
import os
import sys

from mmengine.config import Config, DictAction

from kssnet_mm.deploy.export import WRITERS, export_model
from kssnet_mm.deploy.load import load_for_export


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('config', help='config of the model, trained or deployed')
    parser.add_argument('checkpoint', help='its checkpoint')
    parser.add_argument('out', help='.onnx, or .pt2 for a program of torch.export')
    parser.add_argument('--shape', type=int, nargs='+', help='of one input, 3 [T] H W; default: the test pipeline\'s')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction,
                        help='override settings of the config, as in key=value')
    args = parser.parse_args()
    if os.path.splitext(args.out)[1] not in WRITERS:
        parser.error(f'{args.out} ends in neither of {", ".join(WRITERS)}, which say what is written')
    return args


def main():
    args = parse_args()
    cfg = Config.fromfile(args.config)
    cfg.merge_from_dict(args.cfg_options or {})
    try:
        model, shape, classes, described = load_for_export(cfg, args.checkpoint, args.shape)
        said = export_model(model, args.out, shape, classes, described)
    except (ValueError, FileNotFoundError, RuntimeError) as error:
        sys.exit(f'error: {error}')
    print(f'wrote {args.out}: {said}')


if __name__ == '__main__':
    main()
