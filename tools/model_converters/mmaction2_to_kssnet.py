"""Cut the backbone out of an mmaction2 checkpoint (Kinetics-400), for a rival's config of ours."""
import argparse
import sys

from mmengine.config import Config
from mmengine.registry import MODELS, init_default_scope

from kssnet_mm.converters import convert_backbone, read_state_dict, save_state_dict


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('src', help='checkpoint of a recognizer')
    parser.add_argument('dst', help='.pth to write, for --cfg-options model.backbone.pretrained=DST')
    parser.add_argument('--config', required=True, help='whose backbone is to be filled')
    args = parser.parse_args()
    try:
        cfg = Config.fromfile(args.config)
        init_default_scope(cfg.default_scope)
        out = convert_backbone(read_state_dict(args.src), MODELS.build(cfg.model.backbone), args.src)
    except (ValueError, OSError) as error:
        sys.exit(f'error: {error}')
    save_state_dict(out, args.dst)
    print(f'wrote {len(out)} tensors to {args.dst}')


if __name__ == '__main__':
    main()
