"""Inference: plain backbone, KSSNet as published, in its training form ('ours') and deployed, in turns in one run."""
import argparse
import copy

from arguments import make_parser
from nets import NETS

from kssnet_mm.apis.command_line import run_command

BASES = ('plain', 'stock', 'published')


def parse_args(argv=None) -> argparse.Namespace:
    """Of the command line, or those given."""
    parser = make_parser(__doc__, batch=1, rounds=15)
    parser.add_argument('--fused', action='store_true',
                        help='also the deployed model (fused) and the plain one (plain-fused) with batch norms folded')
    return parser.parse_args(argv)


def measure(args: argparse.Namespace) -> dict:
    """What ``compare`` gives, with ``errors`` (largest difference of the logits from ours, relative to the largest
    of those) and ``graph_share``."""
    import torch
    from bench_models import build_sides
    from settings import compare, make_input, precision, prepare, set_up
    from timing import graph_seconds

    from kssnet_mm.deploy import switch_to_deploy
    from kssnet_mm.deploy.switch import Network
    from kssnet_mm.models.fuse_norm import fuse_conv_bn

    set_up(args)
    models = build_sides(NETS[args.model], args)
    models['deployed'] = switch_to_deploy(copy.deepcopy(models['ours']).eval().double())
    if args.fused:
        models.update({'plain-fused': copy.deepcopy(models['plain']), 'fused': copy.deepcopy(models['deployed'])})
    # all through the same casts, so that no side's weights lie in memory better than another's
    networks = {name: Network(model.double().float()).eval() for name, model in models.items()}
    for name in set(networks) & {'plain-fused', 'fused'}:
        fuse_conv_bn(networks[name])
    x = make_input(args)
    models = {name: prepare(network, x, args) for name, network in networks.items()}
    sides = {name: (lambda model=model: model(x)) for name, model in models.items()}
    with torch.inference_mode(), precision(args):
        expected = models['ours'](x).float()
        errors = {name: ((sides[name]().float() - expected).abs().max() / expected.abs().max()).item()
                  for name in ('published', 'deployed', 'fused') if name in sides}
        results = compare(sides, BASES, args)
        share = graph_seconds(networks['ours'], x, training=False) / results['seconds']['ours']
    return dict(results, errors=errors, graph_share=share)


def main(args):
    import torch
    from settings import show
    torch.manual_seed(0)
    results = measure(args)
    show(results, args.json, results['errors'])


if __name__ == '__main__':
    run_command(main, parse_args())
