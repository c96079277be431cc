"""A training step (forward and backward): plain backbone, KSSNet as published and ours, in turns in one run."""
import argparse
from functools import partial

from arguments import make_parser
from nets import NETS

from kssnet_mm.apis.command_line import run_command

BASES = ('plain', 'stock')


def parse_args(argv=None) -> argparse.Namespace:
    """Of the command line, or those given."""
    return make_parser(__doc__, batch=2, rounds=10).parse_args(argv)


def measure(args: argparse.Namespace) -> dict:
    """What ``compare`` gives, with ``graph_share``."""
    import torch
    from bench_models import build_sides
    from settings import compare, make_input, precision, prepare, set_up
    from timing import graph_seconds

    from kssnet_mm.deploy.switch import Network

    def step(model):
        """Forward, loss, backward."""
        with precision(args):
            loss = torch.nn.functional.binary_cross_entropy_with_logits(model(x), targets)
        loss.backward()
        model.zero_grad(set_to_none=True)

    set_up(args)
    net, x = NETS[args.model], make_input(args)
    networks = {name: Network(model).train() for name, model in build_sides(net, args).items()}
    models = {name: prepare(network, x, args) for name, network in networks.items()}
    targets = torch.zeros(len(x), net.classes, device=args.device)
    sides = {name: partial(step, model) for name, model in models.items()}
    results = compare(sides, BASES, args)
    with precision(args):
        share = graph_seconds(networks['ours'], x, training=True) / results['seconds']['ours']
    return dict(results, graph_share=share)


def main(args):
    import torch
    from settings import show
    torch.manual_seed(0)
    show(measure(args), args.json)


if __name__ == '__main__':
    run_command(main, parse_args())
