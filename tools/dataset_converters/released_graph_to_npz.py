"""Convert the label graphs that ML-GCN and KSSNet were released with (.pkl) to .npz."""
from kssnet_mm.annotations.class_list import read_class_list
from kssnet_mm.apis.command_line import command_parser, run_command
from kssnet_mm.graphs.presets import PRESETS
from kssnet_mm.graphs.released_pickle import ML_GCN_ORDERS, import_released


def parse_args():
    parser = command_parser(__doc__)
    parser.add_argument('graph', help='released pickle: counts (ML-GCN) or a matrix (KSSNet)')
    parser.add_argument('out', help='.npz to write')
    parser.add_argument('--labels', required=True,
                        help="'coco' or 'voc' for ML-GCN's alphabetical order, or a class list in the "
                        "file's order, as Charades_v1_classes.txt for KSSNet's")
    parser.add_argument('--embedding', help='released pickle of word vectors')
    parser.add_argument('--estimator', default='mlgcn',
                        choices=['mlgcn', 'mlgcn_paper', 'conditional', 'counts'])
    parser.add_argument('--t', type=float, default=0.4, help='conditional probability from which the mlgcn estimators keep an edge')
    parser.add_argument('--p', type=float, default=0.25, help='weight of neighbours in them')
    parser.add_argument('--preset', default='paper_coco', choices=sorted(PRESETS),
                        help='tau and eta of the adjacency')
    return parser.parse_args()


def main(args):
    try:
        labels = ML_GCN_ORDERS.get(args.labels) or read_class_list(args.labels)
    except (ValueError, OSError) as error:
        raise ValueError(f"--labels is 'coco', 'voc' or the path of a class list: {error}") from error
    graph = import_released(args.graph, labels, args.embedding, args.estimator, args.t, args.p, args.preset)
    graph.save(args.out)
    print(f'wrote {graph} to {args.out}')


if __name__ == '__main__':
    run_command(main, parse_args())
