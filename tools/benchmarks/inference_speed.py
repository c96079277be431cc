"""Inference: plain backbone, KSSNet as published, in training form and deployed, interleaved in one run."""
import argparse
import copy
import json
import statistics

import torch
from bench_models import NETS, STOCK, build, publish, scope_of, with_torch_pools
from graph_share import graph_seconds
from interleave import interleaved, paired_ratio
from mmengine.registry import DefaultScope
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from settings import add_settings, largest_batch, make_input, on_gpu, peak_memory, precision, prepare, where

from kssnet_mm.deploy import switch_to_deploy
from kssnet_mm.deploy.switch import Network
from kssnet_mm.models.fuse_norm import fuse_conv_bn


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__)
    add_settings(parser, batch=1)
    parser.add_argument('--rounds', type=int, default=15)
    parser.add_argument('--tolerance', type=float, default=0.0,
                        help='of the deployed form; above 0 it drops small singular values')
    parser.add_argument('--fast', nargs='*', choices=['fused', 'bf16', 'compile', 'onnx'], default=[],
                        help='also time faster ways to run the deployed model; onnx on a CPU only. fused: batch norms '
                        'folded, channels last, beside the plain backbone in the same form')
    args = parser.parse_args()
    if 'onnx' in args.fast and on_gpu(args):
        parser.error('--fast onnx is timed on a CPU only')
    return args


def fast_sides(deployed: torch.nn.Module, plain: torch.nn.Module, x: torch.Tensor, wanted) -> dict:
    """Ways to run the deployed model that keep its outputs (bf16: within its precision), and one for the plain one."""
    sides = {}
    layout = torch.channels_last if x.dim() == 4 else torch.channels_last_3d
    fused, plain_fused = copy.deepcopy(deployed), copy.deepcopy(plain)
    for network in (fused, plain_fused):
        fuse_conv_bn(network)
        network.to(memory_format=layout)
    y = x.contiguous(memory_format=layout)
    if 'fused' in wanted:
        sides['fused'] = lambda: fused(y)
        sides['plain-fused'] = lambda: plain_fused(y)
    if 'bf16' in wanted:
        half, z = copy.deepcopy(fused).bfloat16(), y.bfloat16()
        sides['bf16'] = lambda: half(z)
    if 'compile' in wanted:
        compiled = torch.compile(fused)
        sides['compile'] = lambda: compiled(y)
    if 'onnx' in wanted:
        sides['onnx'] = onnx_side(fused, x)
    return sides


def onnx_side(model: torch.nn.Module, x: torch.Tensor):
    """onnxruntime on the fused model."""
    import io

    import onnxruntime
    program = torch.onnx.export(model, (x, ), dynamo=True, verbose=False)
    buffer = io.BytesIO()
    program.save(buffer)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    # its threads would spin on after a call and slow whatever runs next
    options.add_session_config_entry('session.intra_op.allow_spinning', '0')
    session = onnxruntime.InferenceSession(buffer.getvalue(), options, providers=['CPUExecutionProvider'])
    name, array = session.get_inputs()[0].name, x.numpy()
    return lambda: torch.from_numpy(session.run(None, {name: array})[0])


def main():
    args = parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    shape = NETS[args.model][-1]
    with DefaultScope.overwrite_default_scope(scope_of(shape)):
        plain, kssnet = build(args.model, graph=False).eval(), build(args.model, graph=True).eval()
    published = publish(copy.deepcopy(kssnet))
    deployed = switch_to_deploy(copy.deepcopy(kssnet).double(), args.tolerance).float()
    models = {'plain': plain, STOCK: with_torch_pools(plain), 'published': published, 'training-form': kssnet,
              'deployed': deployed}
    # all through the same casts, so that no side's weights lie in memory better than another's
    networks = {name: Network(model.double().float()).eval() for name, model in models.items() if model is not None}
    models = {name: prepare(network, args, len(shape) - 1) for name, network in networks.items()}
    console = Console()
    with torch.inference_mode(), precision(args):
        batch = args.batch or largest_batch(lambda n: [model(make_input(n, args)) for model in models.values()])
        x = make_input(batch, args)
        sides = {name: (lambda model=model: model(x)) for name, model in models.items()}
        sides.update(fast_sides(networks['deployed'], networks['plain'], x, args.fast))
        expected = models['training-form'](x).float()
        errors = {name: (side().float() - expected).abs().max().item() / expected.abs().max().item()
                  for name, side in sides.items() if name != STOCK and not name.startswith('plain')}
        memory = peak_memory(sides, args)
        with Progress(console=console, transient=True) as bar:
            task = bar.add_task(args.model, total=args.rounds)
            times = interleaved(sides, args.rounds, progress=lambda: bar.advance(task))
        share = graph_seconds(networks['training-form'], x, training=False)
    share /= statistics.median(times['training-form'])
    # off by: largest difference of the logits from the training form's, relative to the largest of those
    bases = [name for name in ('plain', STOCK, 'published') if name in times]
    table = Table('side', 'median ms', 'per s', *(f'/ {base}' for base in bases), 'off by',
                  *(['peak MiB'] if memory else []),
                  title=f'{args.model}, input {tuple(x.shape)}, {where(args)}, {args.rounds} rounds')
    for name in times:
        median = statistics.median(times[name])
        table.add_row(name, f'{1e3 * median:.1f}', f'{batch / median:.1f}',
                      *(f'{paired_ratio(times, name, base):.3f}' for base in bases),
                      f'{errors[name]:.1e}' if name in errors else '', *([f'{memory[name]:.0f}'] if memory else []))
    console.print(table)
    console.print(f'GCN, lateral connections and head by themselves: {share:.1%} of the training form\'s time')
    if args.json:
        ratios = {f'{name}/{base}': paired_ratio(times, name, base)
                  for base in bases for name in times if name != base}
        medians = {f'samples per second, {name}': batch / statistics.median(times[name]) for name in times}
        with open(args.json, 'w', encoding='utf-8') as file:
            json.dump(dict(ratios, **medians, model=args.model, batch=batch, threads=args.threads,
                           device=where(args), rounds=args.rounds, errors=errors, memory=memory,
                           graph_share=share), file, indent=1)


if __name__ == '__main__':
    main()
