"""Parameters, size and multiply-accumulates of a config's model, and the shares of GCN, LC and head."""
import argparse
import logging
import sys

import torch
from mmengine.config import Config, DictAction
from mmengine.registry import MODELS, init_default_scope
from rich.console import Console
from rich.table import Table

from kssnet_mm.reports.complexity import count_parts


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('config', help='config file')
    parser.add_argument('--shape', type=int, nargs='+', help='of one input: 3 448 448 for images (the default), '
                        '3 64 224 224 for video (the default)')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction,
                        help='override settings of the config, as in key=value')
    args = parser.parse_args()
    cfg = Config.fromfile(args.config)
    cfg.merge_from_dict(args.cfg_options or {})
    video = 'cls_head' in cfg.model
    shape = tuple(args.shape or ((3, 64, 224, 224) if video else (3, 448, 448)))
    if len(shape) != (4 if video else 3):
        sys.exit(f'error: --shape {shape} is not one input of this config: 3 {"T " if video else ""}H W')
    for part in (cfg.model.backbone, cfg.model.backbone.get('backbone', {})):
        if part.get('pretrained') is not None:
            part.pretrained = None  # no weights are fetched to count them
    logging.disable(logging.WARNING)
    init_default_scope(cfg.default_scope)
    model = MODELS.build(cfg.model).eval()
    rows = count_parts(model, torch.zeros(1, *shape))
    total = rows[-1]
    table = Table('part', 'parameters, M', 'state dict, MiB', 'GMACs', 'share of GMACs',
                  title=f'{args.config}, input {shape}')
    for row in rows:
        table.add_row(row.name, f'{row.parameters / 1e6:.3f}', f'{row.bytes / 2**20:.2f}', f'{row.macs / 1e9:.3f}',
                      f'{row.macs / total.macs:.2%}')
    Console().print(table)


if __name__ == '__main__':
    main()
