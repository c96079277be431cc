"""Parameters, size and multiply-accumulates of a config's model, and the shares of GCN, LC and head."""
from kssnet_mm.apis.command_line import command_parser, run_command


def parse_args():
    parser = command_parser(__doc__, options=True)
    parser.add_argument('config', help='config file')
    parser.add_argument('--shape', type=int, nargs='+', help='of one input: 3 448 448 for images (the default), '
                        '3 64 224 224 for video (the default)')
    return parser.parse_args()


def main(args):
    import logging

    import torch
    from mmengine.registry import MODELS, init_default_scope
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from kssnet_mm.apis import read_config
    from kssnet_mm.reports.complexity import count_parts
    from kssnet_mm.utils.configs import without_fetched_weights
    cfg = read_config(args.config, args.cfg_options, ['model'])
    video = 'cls_head' in cfg.model
    shape = tuple(args.shape or ((3, 64, 224, 224) if video else (3, 448, 448)))
    if len(shape) != (4 if video else 3):
        raise ValueError(f'--shape {shape} is not one input of this config: 3 {"T " if video else ""}H W')
    logging.disable(logging.WARNING)
    init_default_scope(cfg.default_scope)
    model = MODELS.build(without_fetched_weights(cfg.model)).eval()  # to count them needs none
    rows = count_parts(model, torch.zeros(1, *shape))
    total = rows[-1]
    table = Table('part', 'parameters, M', 'state dict, MiB', 'GMACs', 'share of GMACs',
                  title=escape(f'{args.config}, input {shape}'))
    for row in rows:
        table.add_row(row.name, f'{row.parameters / 1e6:.3f}', f'{row.bytes / 2**20:.2f}', f'{row.macs / 1e9:.3f}',
                      f'{row.macs / total.macs:.2%}')
    Console().print(table)


if __name__ == '__main__':
    run_command(main, parse_args())
