"""Build the label graph that a config asks for."""
import argparse
import os

from mmengine.config import Config, DictAction
from rich.console import Console
from rich.table import Table

KSSNET_MM_IMPORT = 'graphs'  # read by kssnet_mm: torch is left out, most of the memory and of the start-up time

import kssnet_mm  # noqa: E402,F401  registers the builders
from kssnet_mm.graphs.summary import find_builder_config, summarize  # noqa: E402
from kssnet_mm.registry import TASK_UTILS  # noqa: E402


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('config', help='its model.backbone.gcn.graph is built')
    parser.add_argument('--out', help='.npz to write; default: the file that the config names')
    parser.add_argument('--rebuild', action='store_true', help='build anew where the file exists')
    parser.add_argument('--plot', help='picture of the graph to write')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction,
                        help='override settings of the config, as in key=value')
    return parser, parser.parse_args()


def main():
    parser, args = parse_args()
    try:
        config = Config.fromfile(args.config)
    except OSError as error:
        parser.error(str(error))
    config.merge_from_dict(args.cfg_options or {})
    try:
        settings = find_builder_config(config.to_dict())
    except ValueError as error:
        parser.error(f'{args.config}: {error}')
    if settings is None:
        parser.error(f'{args.config} describes no label graph at model.backbone.gcn.graph')
    settings = dict(settings, type='LabelGraphBuilder', file=args.out or settings.get('file'))
    if settings['file'] is None:
        parser.error(f'{args.config} names no file for its graph; give --out')
    existed = os.path.exists(settings['file'])
    try:
        builder = TASK_UTILS.build(settings)
        if args.rebuild:
            graph = builder.build()
            graph.save(builder.file)
        else:
            graph = builder.load_or_build()
    except (ValueError, OSError) as error:
        # Bad input, named by the message; a traceback would only hide it.
        parser.error(str(error))
    verb = 'rebuilt' if args.rebuild else 'read' if existed else 'built'
    table = Table(title=f'{verb} {builder.file}', show_header=False, title_justify='left')
    for row in summarize(graph):
        table.add_row(*row)
    Console().print(table)
    if args.plot:
        from kssnet_mm.visualization import plot_label_graph
        print(f'drew {args.plot}: {plot_label_graph(graph, args.plot)}')


if __name__ == '__main__':
    main()
