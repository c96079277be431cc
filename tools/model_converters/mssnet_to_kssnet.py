"""Convert a checkpoint of the authors' released KSSNet for configs/kssnet_i3d_charades_released.py."""
from kssnet_mm.annotations.class_list import read_class_list
from kssnet_mm.apis.command_line import command_parser, run_command


def main(args):
    """The graph and the word vectors come each from its option or, without that, from the checkpoint."""
    from kssnet_mm.checkpoints import read_checkpoint
    from kssnet_mm.converters import convert_mssnet, read_graph, read_state_dict, read_vectors
    from kssnet_mm.converters.command import write_converted
    content = read_checkpoint(args.src)
    state, labels = read_state_dict(args.src, content), read_class_list(args.labels) if args.labels else None
    if labels is None and (args.graph or args.embedding):
        raise ValueError('--graph and --embedding need --labels: released files do not name their labels')
    lacking = [f'no {what} ({key}): give the released pickle with --{option}'
               for option, key, what in (('graph', 'adj_norm', 'graph'), ('embedding', 'word', 'word vectors'))
               if not getattr(args, option) and key not in content]
    if lacking:
        raise ValueError(f'{args.src} holds ' + '; and '.join(lacking))
    adjacency = read_graph(args.graph, labels) if args.graph else content['adj_norm']
    embedding = read_vectors(args.embedding) if args.embedding else content['word']
    write_converted(convert_mssnet(state, adjacency, embedding, labels, args.src), args.dst, labels)


def parse_args():
    parser = command_parser(__doc__)
    parser.add_argument('src', help='released checkpoint')
    parser.add_argument('dst', help='.pth to write')
    parser.add_argument('--graph', help='released pickle of the superimposed graph; not needed where the '
                        'checkpoint holds adj_norm')
    parser.add_argument('--embedding', help='released pickle of the word vectors; not needed where the '
                        'checkpoint holds word')
    parser.add_argument('--labels', help='class list in the order of the released files, '
                        'Charades_v1_classes.txt')
    return parser.parse_args()


if __name__ == '__main__':
    run_command(main, parse_args())
