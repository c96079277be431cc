"""Convert the label graphs that ML-GCN and KSSNet were released with (.pkl) to .npz."""
import argparse

from kssnet_mm.graphs.presets import PRESETS
from kssnet_mm.graphs.released_pickle import ML_GCN_ORDERS, import_released
from kssnet_mm.graphs.sources.class_list import read_class_list


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('graph', help='released pickle: counts (ML-GCN) or a matrix (KSSNet)')
    parser.add_argument('out', help='.npz to write')
    parser.add_argument('--labels', required=True,
                        help="'coco' or 'voc' for ML-GCN's alphabetical order, or a class list in the "
                        "file's order, as Charades_v1_classes.txt for KSSNet's")
    parser.add_argument('--embedding', help='released pickle of word vectors')
    parser.add_argument('--reading', default='mlgcn',
                        choices=['mlgcn', 'mlgcn_paper', 'conditional', 'counts'])
    parser.add_argument('--t', type=float, default=0.4, help='threshold of the mlgcn readings')
    parser.add_argument('--p', type=float, default=0.25, help='weight of neighbours in them')
    parser.add_argument('--preset', default='paper_coco', choices=sorted(PRESETS),
                        help='tau and eta of the adjacency')
    args = parser.parse_args()
    labels = ML_GCN_ORDERS.get(args.labels) or read_class_list(args.labels)
    try:
        graph = import_released(args.graph, labels, args.embedding, args.reading, args.t, args.p,
                                args.preset)
    except ValueError as error:
        parser.error(str(error))
    graph.save(args.out)
    print(f'wrote {graph} to {args.out}')


if __name__ == '__main__':
    main()
