"""Convert a checkpoint of the authors' released KSSNet for configs/kssnet_i3d_charades_released.py."""
import argparse
import sys

import torch

from kssnet_mm.converters import convert_mssnet, read_state_dict, save_state_dict
from kssnet_mm.converters.state_dicts import read_checkpoint
from kssnet_mm.graphs.released_pickle import import_released
from kssnet_mm.graphs.sources.class_list import read_class_list
from kssnet_mm.graphs.superimpose import normalize_symmetric


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('src', help='released checkpoint')
    parser.add_argument('dst', help='.pth to write')
    parser.add_argument('--graph', help='released pickle of the superimposed graph; not needed where the '
                        'checkpoint holds adj_norm')
    parser.add_argument('--embedding', help='released pickle of the word vectors; not needed where the '
                        'checkpoint holds word')
    parser.add_argument('--labels', help='class list in the order of the released files, '
                        'Charades_v1_classes.txt')
    args = parser.parse_args()
    try:
        content = read_checkpoint(args.src)
        state = read_state_dict(args.src, content)
        labels = read_class_list(args.labels) if args.labels else None
        if args.graph and args.embedding:
            if labels is None:
                raise ValueError('--graph and --embedding need --labels: released files do not name '
                                 'their labels')
            graph = import_released(args.graph, labels, args.embedding, preset='released_charades')
            adjacency = torch.from_numpy(normalize_symmetric(graph.adjacency)).float()
            embedding = torch.from_numpy(graph.embedding).float()
        elif 'adj_norm' in content and 'word' in content:
            adjacency, embedding = content['adj_norm'], content['word']
        else:
            raise ValueError(f'{args.src} holds no graph and no word vectors: give the released pickles '
                             'with --graph and --embedding')
        out = convert_mssnet(state, adjacency, embedding, labels, args.src)
    except (ValueError, FileNotFoundError) as error:
        sys.exit(f'error: {error}')
    save_state_dict(out, args.dst, classes=labels)
    print(f'wrote {len(out)} tensors to {args.dst}')


if __name__ == '__main__':
    main()
