"""Cut the backbone out of an mmaction2 checkpoint (Kinetics-400), for a rival's config of ours."""
import argparse

from mmengine.config import Config
from mmengine.registry import MODELS, init_default_scope

from kssnet_mm.converters import convert_backbone, read_state_dict
from kssnet_mm.converters.command import run_command


def convert(args):
    cfg = Config.fromfile(args.config)
    init_default_scope(cfg.default_scope)
    return convert_backbone(read_state_dict(args.src), MODELS.build(cfg.model.backbone), args.src), None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('src', help='checkpoint of a recognizer')
    parser.add_argument('dst', help='.pth to write, for --cfg-options model.backbone.pretrained=DST')
    parser.add_argument('--config', required=True, help='whose backbone is to be filled')
    run_command(parser, convert)


if __name__ == '__main__':
    main()
