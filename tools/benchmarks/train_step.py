"""A training step (forward and backward): plain backbone, KSSNet as published and ours, in turns in one run."""
import argparse

import torch
import torch.nn as nn
import torch.nn.functional as F
from bench_models import NETS, build_sides
from settings import compare, make_input, make_parser, precision, prepare, show
from timing import graph_seconds

from kssnet_mm.deploy.switch import Network

BASES = ('plain', 'stock')


def parse_args(argv=None) -> argparse.Namespace:
    """Of the command line, or those given."""
    return make_parser(__doc__, batch=2, rounds=10).parse_args(argv)


def step(model: nn.Module, x: torch.Tensor, targets: torch.Tensor, args: argparse.Namespace) -> None:
    """Forward, loss, backward."""
    with precision(args):
        loss = F.binary_cross_entropy_with_logits(model(x), targets)
    loss.backward()
    model.zero_grad(set_to_none=True)


def measure(args: argparse.Namespace) -> dict:
    """What ``compare`` gives, with ``graph_share``."""
    net, x = NETS[args.model], make_input(args)
    networks = {name: Network(model).train() for name, model in build_sides(net, args).items()}
    models = {name: prepare(network, x, args) for name, network in networks.items()}
    targets = torch.zeros(len(x), net.classes, device=args.device)
    sides = {name: (lambda model=model: step(model, x, targets, args)) for name, model in models.items()}
    results = compare(sides, BASES, args)
    with precision(args):
        share = graph_seconds(networks['ours'], x, training=True) / results['seconds']['ours']
    return dict(results, graph_share=share)


def main():
    args = parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    show(measure(args), args.json)


if __name__ == '__main__':
    main()
