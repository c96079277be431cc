"""Check KSSNet on a GPU in a few minutes: outputs against a CPU's, training, layouts, compilation, NCCL, speed.

    PYTHONPATH=. python tools/benchmarks/gpu_check.py [--json gpu.json]

It prints one line a check: ok or FAILED with numbers, or left out with the reason. The exit code is 1 if any failed.
After ``--minutes`` it starts no further check. Without a GPU it runs the same checks on the CPU, on small networks.

It needs torch, torchvision, numpy, mmengine, mmcv-lite (or mmcv), mmpretrain, mmaction2, and what these and kssnet_mm
import: addict, einops, mat4py, matplotlib, model-index, networkx, opencv-python-headless, ordered-set, packaging,
pycocotools, PyYAML, rich, scipy, simplemma, termcolor, tqdm, yapf. It needs no data, no weights and no network.
"""
import json
import time

from kssnet_mm.apis.command_line import command_parser, run_command


def parse_args():
    parser = command_parser(__doc__.splitlines()[0])
    parser.add_argument('--device', help='default: cuda, or cpu where there is none')
    parser.add_argument('--minutes', type=float, default=8, help='after these no further check is started')
    parser.add_argument('--batch', type=int, nargs=2, metavar=('IMAGES', 'CLIPS'), help='of the speed tables')
    parser.add_argument('--json', help='write the results to this file')
    return parser.parse_args()


def main(args):
    import torch
    from check_list import LeftOut, make_checks, run
    from settings import default_device

    from kssnet_mm.utils.io import write_atomically

    args.device = default_device() if args.device is None else args.device
    start, checks, done = time.monotonic(), make_checks(args), []
    gpu = torch.device(args.device).type == 'cuda'
    device = torch.cuda.get_device_name(args.device) if gpu else 'CPU, small networks'
    print(f'{device}; torch {torch.__version__}', flush=True)
    for name, check in checks.items():
        if time.monotonic() - start > 60 * args.minutes:
            def check():
                raise LeftOut(f'the {args.minutes:g} minutes are over')
        done.append(run(name, check))
        if args.json:  # after every check, so that a run that is stopped leaves what it found
            write_atomically(args.json, json.dumps(dict(device=device, torch=torch.__version__, checks=done), indent=1))
    return int(any(check['status'] == 'FAILED' for check in done))


if __name__ == '__main__':
    run_command(main, parse_args())
