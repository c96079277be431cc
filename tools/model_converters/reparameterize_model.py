"""Turn a trained KSSNet into its inference form: no GCN, folded or constant lateral connections."""
from pathlib import Path

from kssnet_mm.apis.command_line import command_parser, run_command


def parse_args():
    parser = command_parser(__doc__, options=True)
    parser.add_argument('config', help='config that the model was trained with')
    parser.add_argument('checkpoint', help='its checkpoint')
    parser.add_argument('dst', help='.pth to write; its config goes beside it as .py')
    parser.add_argument('--stock', action='store_true',
                        help='for mmpretrain or mmaction2 alone; needs a model that folds altogether')
    parser.add_argument('--tolerance', type=float, default=0.0,
                        help='drop singular values of what is left of a connection below this share of the '
                        'largest of I + M; 0, the default, is exact')
    parser.add_argument('--fuse-norm', action='store_true',
                        help='also fold the batch norms into the convolutions before them: faster, not for --stock')
    return parser.parse_args()


def check_destination(dst: str, config: str, checkpoint: str) -> Path:
    """The config that goes beside ``dst``, if neither would be written over what is read."""
    weights, written = Path(dst), Path(dst).with_suffix('.py')
    if weights.suffix != '.pth':
        raise ValueError(f'{dst} has to end in .pth: the config goes beside it as .py')
    for new, old in ((weights, checkpoint), (written, config)):
        if new.resolve() == Path(old).resolve():
            raise ValueError(f'{new} would be written over the one that is deployed: name another file')
    return written


def deploy(cfg, checkpoint: str, fuse_norm: bool, tolerance: float = 0.0):
    """A model of its own, in float64: a deep copy may share what a backbone caches."""
    from kssnet_mm.deploy import switch_to_deploy
    from kssnet_mm.deploy.load import build_trained, remember_labels
    model, meta = build_trained(cfg, checkpoint)
    switch_to_deploy(model.double(), tolerance, fuse_norm)
    remember_labels(model, meta)
    return model


def main(args):
    import torch

    from kssnet_mm.apis import read_config
    from kssnet_mm.converters import save_state_dict
    from kssnet_mm.deploy.configs import deployed_config, stock_config
    from kssnet_mm.deploy.load import build_trained
    from kssnet_mm.deploy.switch import connections_left
    from kssnet_mm.deploy.verify import check_equal, differences
    from kssnet_mm.utils.data_configs import test_pipeline
    from kssnet_mm.utils.io import write_atomically
    config = check_destination(args.dst, args.config, args.checkpoint)
    cfg = read_config(args.config, args.cfg_options, ['model'])
    if args.stock:
        test_pipeline(cfg)  # a config without one is refused before the work
    model, meta = build_trained(cfg, args.checkpoint)
    deployed = deploy(cfg, args.checkpoint, args.fuse_norm)
    double, single = check_equal(model, deployed)
    if args.tolerance:
        deployed = deploy(cfg, args.checkpoint, args.fuse_norm, args.tolerance)
        double, single = differences(model, deployed)
    write = stock_config if args.stock else deployed_config
    new_cfg, state = write(cfg, deployed.float())
    # a stock model is a plain one: whoever has it may train it further
    save_state_dict(state, args.dst, dataset_meta=meta.get('dataset_meta'), deployed=not args.stock)
    write_atomically(config, new_cfg.pretty_text)
    left = connections_left(deployed)
    form = {name: f'{s["channels"]} channels, ' + ('one matrix' if s['rank'] is None else
                                                   f'rank {s["rank"]}') for name, s in left.items()}
    print(f'connections left: {form or "none, all folded"}')
    print(f'logits differ by {double:.2g} of the largest in float64, by {single:.2g} in float32')
    print(f'wrote {args.dst} and {config} '
          f'({sum(v.numel() for v in state.values() if isinstance(v, torch.Tensor)) / 1e6:.2f} M values)')


if __name__ == '__main__':
    run_command(main, parse_args())
