"""Build the label graph that a config asks for."""
import os

from kssnet_mm.apis.command_line import command_parser, run_command


def parse_args():
    parser = command_parser(__doc__, options=True)
    parser.add_argument('config', help='its model.backbone.gcn.graph is built')
    parser.add_argument('--out', help='.npz to write; default: the file that the config names')
    parser.add_argument('--rebuild', action='store_true', help='build anew where the file exists')
    parser.add_argument('--plot', help='picture of the graph to write')
    return parser.parse_args()


def main(args):
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from kssnet_mm.apis import read_config
    from kssnet_mm.graphs.summary import PLACES, find_builder_config, summarize
    from kssnet_mm.registry import TASK_UTILS
    config = read_config(args.config, args.cfg_options)
    try:
        settings = find_builder_config(config.to_dict())
    except ValueError as error:
        raise ValueError(f'{args.config}: {error}') from error
    if settings is None:
        raise ValueError(f'{args.config} describes no label graph at {" or ".join(PLACES)}')
    settings = dict(settings, type='LabelGraphBuilder', file=args.out or settings.get('file'))
    if settings['file'] is None:
        raise ValueError(f'{args.config} names no file for its graph; give --out')
    existed = os.path.exists(settings['file'])
    builder = TASK_UTILS.build(settings)
    graph = builder.rebuild() if args.rebuild else builder.load_or_build()
    verb = 'rebuilt' if args.rebuild else 'read' if existed else 'built'
    table = Table(title=escape(f'{verb} {builder.file}'), show_header=False, title_justify='left')
    for row in summarize(graph):
        table.add_row(*map(escape, row))
    Console().print(table)
    if args.plot:
        from kssnet_mm.visualization import plot_label_graph
        print(f'drew {args.plot}: {plot_label_graph(graph, args.plot)}')


if __name__ == '__main__':
    run_command(main, parse_args())
