"""Convert the label graphs that ML-GCN and KSSNet were released with (.pkl) to .npz."""
import argparse

KSSNET_MM_IMPORT = 'graphs'  # read by kssnet_mm: torch is left out, most of the memory and of the start-up time

from kssnet_mm.annotations.class_list import read_class_list  # noqa: E402
from kssnet_mm.graphs.presets import PRESETS  # noqa: E402
from kssnet_mm.graphs.released_pickle import ML_GCN_ORDERS, import_released  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__)
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
    args = parser.parse_args()
    try:
        labels = ML_GCN_ORDERS.get(args.labels) or read_class_list(args.labels)
    except (ValueError, OSError) as error:
        parser.error(f"--labels is 'coco', 'voc' or the path of a class list: {error}")
    try:
        graph = import_released(args.graph, labels, args.embedding, args.estimator, args.t, args.p, args.preset)
        graph.save(args.out)
    except (ValueError, OSError) as error:
        # Bad input, named by the message; a traceback would only hide it.
        parser.error(str(error))
    print(f'wrote {graph} to {args.out}')


if __name__ == '__main__':
    main()
