"""Turn a trained KSSNet into its inference form: no GCN, folded or constant lateral connections."""
import argparse
import sys
from pathlib import Path

import torch
from mmengine.config import Config, DictAction
from mmengine.registry import MODELS, init_default_scope

from kssnet_mm.apis.inferencer import load_trained
from kssnet_mm.converters import save_state_dict
from kssnet_mm.deploy import switch_to_deploy
from kssnet_mm.deploy.configs import deployed_config, stock_config
from kssnet_mm.deploy.verify import DeployError, check_equal, differences
from kssnet_mm.files import write_atomically


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('config', help='config that the model was trained with')
    parser.add_argument('checkpoint', help='its checkpoint')
    parser.add_argument('dst', help='.pth to write; its config goes beside it as .py')
    parser.add_argument('--stock', action='store_true',
                        help='for mmpretrain or mmaction2 alone; needs a model that folds altogether')
    parser.add_argument('--tolerance', type=float, default=0.0,
                        help='drop singular values of what is left of a connection below this share of the '
                        'largest of I + M; 0, the default, is exact')
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
        # a second one, as a deep copy of a model may share what a backbone caches
        deployed = MODELS.build(cfg.model).eval()
        load_trained(deployed, args.checkpoint)
        switch_to_deploy(deployed.double(), args.tolerance)
        if args.tolerance:
            double, single = differences(model, deployed)
        else:
            double, single = check_equal(model, deployed)
        write = stock_config if args.stock else deployed_config
        new_cfg, state = write(cfg, deployed.float())
    except (ValueError, FileNotFoundError, DeployError) as error:
        sys.exit(f'error: {error}')
    save_state_dict(state, args.dst, dataset_meta=meta.get('dataset_meta'), deployed=True)
    config = Path(args.dst).with_suffix('.py')
    write_atomically(config, new_cfg.pretty_text)
    left = deployed.backbone.deployed
    form = {name: f'{s["channels"]} channels, ' + ('one convolution' if s['rank'] is None else
                                                   f'rank {s["rank"]}') for name, s in left.items()}
    print(f'connections left: {form or "none, all folded"}')
    print(f'logits differ by {double:.2g} of the largest in float64, by {single:.2g} in float32')
    print(f'wrote {args.dst} and {config} '
          f'({sum(v.numel() for v in state.values() if isinstance(v, torch.Tensor)) / 1e6:.2f} M values)')


if __name__ == '__main__':
    main()
