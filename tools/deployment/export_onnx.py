"""Export a trained KSSNet, or a plain backbone of ours, to ONNX; label graphs are folded on the way."""
import argparse
import sys

from mmengine.config import Config, DictAction
from mmengine.registry import MODELS, init_default_scope

from kssnet_mm.apis.inferencer import load_trained
from kssnet_mm.deploy import switch_to_deploy
from kssnet_mm.deploy.export import export_onnx
from kssnet_mm.deploy.preprocessing import describe_preprocessing, input_shape
from kssnet_mm.models.backbones.label_graph_backbone import LabelGraphBackbone


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
    init_default_scope(cfg.default_scope)
    try:
        model = MODELS.build(cfg.model).eval()
        meta = load_trained(model, args.checkpoint)
        if isinstance(model.backbone, LabelGraphBackbone) and model.backbone.deployed is None:
            switch_to_deploy(model.double()).float()
        classes = (meta.get('dataset_meta') or {}).get('classes')
        if classes is None:
            raise ValueError(f'{args.checkpoint} holds no class names (meta.dataset_meta.classes)')
        described = describe_preprocessing(cfg)
        shape = tuple(args.shape) if args.shape else input_shape(described)
        said = export_onnx(model, args.out, shape, classes, described)
    except (ValueError, FileNotFoundError, RuntimeError) as error:
        sys.exit(f'error: {error}')
    print(f'wrote {args.out}: {said}')


if __name__ == '__main__':
    main()
