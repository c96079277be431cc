"""Convert a released ML-GCN checkpoint for configs/mlgcn_r101_coco.py."""
from kssnet_mm.annotations.class_list import read_class_list
from kssnet_mm.annotations.coco import COCO_CLASSES
from kssnet_mm.annotations.voc import VOC_CLASSES
from kssnet_mm.apis.command_line import command_parser, run_command

# Our data sets' orders, which the checkpoint is brought into: COCO's is that of the category ids.
ORDERS = dict(coco=COCO_CLASSES, voc=VOC_CLASSES)


def main(args):
    from kssnet_mm.converters import convert_mlgcn, read_state_dict, read_vectors
    from kssnet_mm.converters.command import write_converted
    from kssnet_mm.graphs.released_pickle import ML_GCN_ORDERS
    labels = ML_GCN_ORDERS.get(args.labels) or read_class_list(args.labels)
    order = ORDERS.get(args.labels, labels)
    state = convert_mlgcn(read_state_dict(args.src), read_vectors(args.embedding), labels, args.src, order)
    write_converted(state, args.dst, order)


def parse_args():
    parser = command_parser(__doc__)
    parser.add_argument('src', help='released checkpoint')
    parser.add_argument('dst', help='.pth to write')
    parser.add_argument('--embedding', required=True, help='released pickle of the word vectors')
    parser.add_argument('--labels', default='coco', help="'coco' (the default) or 'voc': names sorted in SRC, in "
                        "our data sets' order in DST; or a class list in the order of both")
    return parser.parse_args()


if __name__ == '__main__':
    run_command(main, parse_args())
