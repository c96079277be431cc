"""A training step (forward and backward): plain backbone, KSSNet as published and ours, interleaved."""
import argparse
import copy
import json
import statistics
from typing import Callable

import torch
from bench_models import NETS, STOCK, build, publish, scope_of, with_torch_pools
from graph_share import graph_seconds
from interleave import interleaved, paired_ratio
from mmengine.registry import DefaultScope
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from settings import add_settings, largest_batch, make_input, peak_memory, precision, prepare, where
from torch.utils.flop_counter import FlopCounterMode

from kssnet_mm.deploy.switch import Network


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__)
    add_settings(parser, batch=2)
    parser.add_argument('--rounds', type=int, default=10)
    parser.add_argument('--no-fold', action='store_true', help='no connection is folded into what reads it')
    parser.add_argument('--with-cp', action='store_true', help='recompute our connections in the backward pass')
    return parser.parse_args()


def saved_bytes(model: torch.nn.Module, x: torch.Tensor) -> int:
    """Bytes that the forward pass keeps for the backward pass, each storage once, parameters left out."""
    parameters = {p.untyped_storage().data_ptr() for p in [*model.parameters(), *model.buffers()]}
    storages = {}

    def pack(tensor):
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in parameters:
            # holding the tensor keeps its address from being given out again
            storages[storage.data_ptr()] = (storage.nbytes(), tensor)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        loss = model(x).square().mean()
    total = sum(size for size, _ in storages.values())
    loss.backward()
    return total


def count_flops(run: Callable[[], None]) -> int:
    """Of the convolutions and products of matrices."""
    with FlopCounterMode(display=False) as counter:
        run()
    return counter.get_total_flops()


def step(model: torch.nn.Module, x: torch.Tensor, targets: torch.Tensor, args: argparse.Namespace) -> None:
    """Forward, loss, backward."""
    with precision(args):
        loss = torch.nn.functional.binary_cross_entropy_with_logits(model(x), targets)
    loss.backward()
    model.zero_grad(set_to_none=True)


def main():
    args = parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    shape, classes = NETS[args.model][-1], NETS[args.model][3]
    with DefaultScope.overwrite_default_scope(scope_of(shape)):
        plain, kssnet = build(args.model, graph=False), build(args.model, graph=True, fold=not args.no_fold)
    published = publish(copy.deepcopy(kssnet))
    if args.with_cp:
        for lateral in kssnet.backbone.laterals.values():
            lateral.with_cp = True
    models = {'plain': plain, STOCK: with_torch_pools(plain), 'published': published, 'ours': kssnet}
    networks = {name: Network(model).train() for name, model in models.items() if model is not None}
    models = {name: prepare(network, args, len(shape) - 1) for name, network in networks.items()}

    def side(model, x):
        targets = torch.zeros(len(x), classes, device=args.device)
        return lambda: step(model, x, targets, args)

    batch = args.batch or largest_batch(lambda n: [side(model, make_input(n, args))() for model in models.values()])
    x = make_input(batch, args)
    with precision(args):
        kept = {} if args.compile else {name: saved_bytes(model, x) for name, model in models.items()}
    for model in models.values():
        model.zero_grad(set_to_none=True)
    sides = {name: side(model, x) for name, model in models.items()}
    flops = {} if args.compile else {name: count_flops(sides[name]) for name in sides}
    console = Console()
    memory = peak_memory(sides, args)
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task(args.model, total=args.rounds)
        times = interleaved(sides, args.rounds, progress=lambda: bar.advance(task))
    with precision(args):
        share = graph_seconds(networks['ours'], x, training=True) / statistics.median(times['ours'])
    added = {name: kept[name] - kept['plain'] for name in kept}
    # kept: by the forward pass for the backward pass; added: beyond the plain network's, / the published form's
    bases = [name for name in ('plain', STOCK) if name in times]
    table = Table('side', 'median ms', 'per s', *(f'/ {base}' for base in bases),
                  *(['FLOPs / plain', 'kept, MiB', 'added'] if kept else []),
                  *(['peak MiB'] if memory else []),
                  title=f'{args.model}, input {tuple(x.shape)}, {where(args)}, {args.rounds} rounds')
    for name in times:
        median = statistics.median(times[name])
        table.add_row(name, f'{1e3 * median:.1f}', f'{batch / median:.2f}',
                      *(f'{paired_ratio(times, name, base):.3f}' for base in bases),
                      *([f'{flops[name] / flops["plain"]:.3f}', f'{kept[name] / 2**20:.1f}',
                         f'{added[name] / added["published"]:.2f}'] if kept else []),
                      *([f'{memory[name]:.0f}'] if memory else []))
    console.print(table)
    console.print(f'GCN, lateral connections and head by themselves: {share:.1%} of our step')
    if args.json:
        ratios = {f'{name}/{base}': paired_ratio(times, name, base) for base in bases for name in times if name != base}
        if kept:
            ratios['memory added, ours/published'] = added['ours'] / added['published']
            ratios.update({f'FLOPs, {name}/plain': flops[name] / flops['plain'] for name in flops if name != 'plain'})
        medians = {f'samples per second, {name}': batch / statistics.median(times[name]) for name in times}
        with open(args.json, 'w', encoding='utf-8') as file:
            json.dump(dict(ratios, **medians, model=args.model, batch=batch, threads=args.threads,
                           device=where(args), rounds=args.rounds, memory=memory, graph_share=share), file, indent=1)


if __name__ == '__main__':
    main()
