"""A training step (forward and backward): plain backbone, KSSNet as published and ours, interleaved."""
import argparse
import copy
import json
import statistics

import torch
from bench_models import NETS, build, publish, scope_of
from interleave import interleaved, paired_ratio
from mmengine.registry import DefaultScope
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from kssnet_mm.deploy.switch import Network


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--model', choices=sorted(NETS), default='resnet101')
    parser.add_argument('--batch', type=int, default=2)
    parser.add_argument('--threads', type=int, default=torch.get_num_threads())
    parser.add_argument('--rounds', type=int, default=10)
    parser.add_argument('--no-fold', action='store_true', help='no connection is folded into what reads it')
    parser.add_argument('--with-cp', action='store_true', help='recompute our connections in the backward pass')
    parser.add_argument('--device', default='cuda' if torch.cuda.is_available() else 'cpu')
    parser.add_argument('--json', help='write the ratios to this file')
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


def step(model: torch.nn.Module, x: torch.Tensor, targets: torch.Tensor) -> None:
    """Forward, loss, backward."""
    loss = torch.nn.functional.binary_cross_entropy_with_logits(model(x), targets)
    loss.backward()
    model.zero_grad(set_to_none=True)


def main():
    args = parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    shape = NETS[args.model][-1]
    with DefaultScope.overwrite_default_scope(scope_of(shape)):
        plain, kssnet = build(args.model, graph=False), build(args.model, graph=True, fold=not args.no_fold)
    published = publish(copy.deepcopy(kssnet))
    if args.with_cp:
        for lateral in kssnet.backbone.laterals.values():
            lateral.with_cp = True
    models = {name: Network(model).to(args.device).train()
              for name, model in dict(plain=plain, published=published, ours=kssnet).items()}
    x = torch.randn(args.batch, *shape, device=args.device)
    targets = (torch.rand(args.batch, NETS[args.model][3], device=args.device) < 0.05).float()
    memory = {name: saved_bytes(model, x) for name, model in models.items()}
    for model in models.values():
        model.zero_grad(set_to_none=True)
    sides = {name: (lambda model=model: step(model, x, targets)) for name, model in models.items()}
    console = Console()
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task(args.model, total=args.rounds)
        times = interleaved(sides, args.rounds, progress=lambda: bar.advance(task))
    where = torch.cuda.get_device_name() if args.device == 'cuda' else f'CPU, {args.threads} threads'
    added = {name: memory[name] - memory['plain'] for name in memory}
    table = Table('side', 'median ms', '/ plain', 'kept for backward, MiB', 'added / published added',
                  title=f'{args.model}, input {tuple(x.shape)}, {where}, {args.rounds} rounds')
    for name in times:
        table.add_row(name, f'{1e3 * statistics.median(times[name]):.1f}',
                      f'{paired_ratio(times, name, "plain"):.3f}', f'{memory[name] / 2**20:.1f}',
                      f'{added[name] / added["published"]:.2f}')
    console.print(table)
    if args.json:
        ratios = {f'{name}/plain': paired_ratio(times, name, 'plain') for name in times if name != 'plain'}
        ratios['memory added, ours/published'] = added['ours'] / added['published']
        with open(args.json, 'w', encoding='utf-8') as file:
            json.dump(dict(ratios, model=args.model, batch=args.batch, threads=args.threads, device=where,
                           rounds=args.rounds), file, indent=1)


if __name__ == '__main__':
    main()
