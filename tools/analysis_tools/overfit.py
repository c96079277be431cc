"""See whether a config's network learns eight samples of the drawn data by heart, at the config's own rates.

From random weights and without dropout, with a graph of the eight samples' own statistics. The mAP is that of
the network in training mode, as running statistics of a few steps are far behind.
"""
from kssnet_mm.apis.command_line import command_parser, run_command


def parse_args():
    parser = command_parser(__doc__, options=True)
    parser.add_argument('config', help='config file')
    parser.add_argument('--side', type=int, default=64, help='of the images or frames')
    parser.add_argument('--length', type=float, default=1.0, help='of the label embeddings; GloVe has 5 to 6')
    parser.add_argument('--steps', type=int, default=40)
    parser.add_argument('--seed', type=int, default=0)
    return parser.parse_args()


def main(args):
    import logging

    import torch
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from kssnet_mm.apis import read_config
    from kssnet_mm.apis.overfit import SAMPLES, build, draw, learn
    cfg = read_config(args.config, args.cfg_options, ['model', 'optim_wrapper'])
    logging.disable(logging.INFO)  # a line for every parameter's rate
    torch.manual_seed(args.seed)
    x, targets = draw(cfg, args.side)
    table = Table('step', 'loss', 'mAP', title=escape(f'{args.config}, {SAMPLES} samples'))
    for step, (loss, ap) in enumerate(learn(*build(cfg, targets, args.length), x, targets, args.steps), 1):
        table.add_row(str(step), f'{loss:.2f}', f'{ap:.2f}')
    Console().print(table)


if __name__ == '__main__':
    run_command(main, parse_args())
