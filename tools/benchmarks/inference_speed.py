"""Inference: plain backbone, KSSNet as published, in training form and deployed, interleaved in one run."""
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

from kssnet_mm.deploy import switch_to_deploy
from kssnet_mm.deploy.fuse_norm import fuse_conv_bn
from kssnet_mm.deploy.switch import Network


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--model', choices=sorted(NETS), default='resnet101')
    parser.add_argument('--batch', type=int, default=1)
    parser.add_argument('--threads', type=int, default=torch.get_num_threads())
    parser.add_argument('--rounds', type=int, default=15)
    parser.add_argument('--tolerance', type=float, default=0.0,
                        help='of the deployed form; above 0 it drops small singular values')
    parser.add_argument('--device', default='cuda' if torch.cuda.is_available() else 'cpu')
    parser.add_argument('--fast', nargs='*', choices=['fused', 'bf16', 'compile', 'onnx'], default=[],
                        help='also time faster ways to run the deployed model')
    parser.add_argument('--json', help='write the ratios to this file')
    return parser.parse_args()


def fast_sides(deployed: torch.nn.Module, x: torch.Tensor, wanted) -> dict:
    """Ways to run the deployed model that keep its outputs (bf16: within its precision)."""
    sides = {}
    layout = torch.channels_last if x.dim() == 4 else torch.channels_last_3d
    fused = copy.deepcopy(deployed)
    fuse_conv_bn(fused)
    fused = fused.to(memory_format=layout)
    y = x.contiguous(memory_format=layout)
    if 'fused' in wanted:
        sides['fused'] = lambda: fused(y)
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
    models = {'plain': plain, 'published': published, 'training-form': kssnet, 'deployed': deployed}
    # all through the same casts, so that no side's weights lie in memory better than another's
    models = {name: Network(model.double().float()).to(args.device).eval() for name, model in models.items()}
    x = torch.randn(args.batch, *shape, device=args.device)
    sides = {name: (lambda model=model: model(x)) for name, model in models.items()}
    console = Console()
    with torch.inference_mode():
        sides.update(fast_sides(models['deployed'], x, args.fast))
        expected = models['training-form'](x)
        errors = {name: (side().float() - expected).abs().max().item() / expected.abs().max().item()
                  for name, side in sides.items() if name != 'plain'}
        with Progress(console=console, transient=True) as bar:
            task = bar.add_task(args.model, total=args.rounds)
            times = interleaved(sides, args.rounds, progress=lambda: bar.advance(task))
    where = torch.cuda.get_device_name() if args.device == 'cuda' else f'CPU, {args.threads} threads'
    table = Table('side', 'median ms', '/ plain', '/ published', 'largest difference of the logits',
                  title=f'{args.model}, input {tuple(x.shape)}, {where}, {args.rounds} rounds')
    for name in times:
        table.add_row(name, f'{1e3 * statistics.median(times[name]):.1f}',
                      f'{paired_ratio(times, name, "plain"):.3f}', f'{paired_ratio(times, name, "published"):.3f}',
                      f'{errors[name]:.1e} of the largest' if name in errors else '')
    console.print(table)
    if args.json:
        ratios = {f'{name}/{base}': paired_ratio(times, name, base)
                  for base in ('plain', 'published') for name in times if name != base}
        with open(args.json, 'w', encoding='utf-8') as file:
            json.dump(dict(ratios, model=args.model, batch=args.batch, threads=args.threads, device=where,
                           rounds=args.rounds, errors=errors), file, indent=1)


if __name__ == '__main__':
    main()
