"""Write a page and pictures that show a label graph."""
from pathlib import Path

from kssnet_mm.apis.command_line import command_parser, run_command
from kssnet_mm.graphs import LabelGraph
from kssnet_mm.visualization.label_graph_report import LAMS, TAUS, Limits, build_report


def parse_args():
    parser = command_parser(__doc__)
    parser.add_argument('graph', help='.npz that tools/build_label_graph.py wrote')
    parser.add_argument('--out-dir', help='folder to write to; default: GRAPH_report beside the graph')
    parser.add_argument('--lams', type=float, nargs='+', default=LAMS, help='values of lam to try')
    parser.add_argument('--taus', type=float, nargs='+', default=TAUS, help='values of tau to try')
    parser.add_argument('--layers', type=int, default=6, help='layers of the smoothing')
    parser.add_argument('--edges', type=int, default=Limits.edges, help='most edges to draw')
    parser.add_argument('--neighbours', type=int, default=Limits.neighbours,
                        help='most neighbours of a label in the table')
    args = parser.parse_args()
    for name in ('layers', 'edges', 'neighbours'):
        if getattr(args, name) < 1:
            parser.error(f'--{name} must be at least 1, got {getattr(args, name)}')
    return args


def main(args):
    from kssnet_mm.visualization.label_graph_html import write_report
    path = Path(args.graph)
    folder = Path(args.out_dir) if args.out_dir else path.with_name(f'{path.stem}_report')
    report = build_report(LabelGraph.load(path), args.lams, args.taus, args.layers,
                          Limits(edges=args.edges, neighbours=args.neighbours))
    for what, value in report.facts:
        print(f'{what}: {value}')
    print(f'wrote {write_report(report, folder / path.stem, f"Label graph {path.stem}")}')


if __name__ == '__main__':
    run_command(main, parse_args())
