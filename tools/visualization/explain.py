"""Explain a prediction of a trained model: where, by which labels, and what if the graph were another one."""
import argparse

from kssnet_mm.apis.command_line import command_parser, number_or_path, run_command


def pair(text):
    """'person:sports ball' -> its two labels."""
    labels = [part.strip() for part in text.split(':')]
    if len(labels) != 2 or not all(labels):
        raise argparse.ArgumentTypeError(f'expected LABEL:LABEL, got {text!r}')
    return labels


def parse_args():
    parser = command_parser(__doc__, options=True)
    parser.add_argument('config', help='config file')
    parser.add_argument('checkpoint', help='checkpoint file')
    parser.add_argument('input', help='one image, or one video for a video model')
    parser.add_argument('--labels', nargs='+', metavar='LABEL',
                        help='labels to explain (default: the predicted ones, at most five)')
    parser.add_argument('--out-dir', default='explanation', help='folder for the pictures and explanation.json')
    parser.add_argument('--thr', type=number_or_path, help='threshold on probabilities: a number or a json file of one '
                        'for each class (default: those of the model)')
    parser.add_argument('--graph', help='.npz of the label graph (default: the one that the config names)')
    parser.add_argument('--lam', type=float, help='what if the statistical graph had this weight?')
    parser.add_argument('--tau', type=float, help='what if the edge threshold were this?')
    parser.add_argument('--eta', type=float, help='what if neighbours had this weight against the label itself?')
    parser.add_argument('--drop-edge', type=pair, nargs='+', default=[], metavar='LABEL:LABEL',
                        help='what if there were no edges between these labels?')
    parser.add_argument('--grad-cam', nargs='?', const=True, metavar='LAYER',
                        help='draw Grad-CAM too, of this module of the backbone (default: the last feature map)')
    parser.add_argument('--classes', help='file of the class names, one a line (default: the checkpoint\'s)')
    parser.add_argument('--device', help='cpu, cuda, cuda:1, ... (default: the GPU if there is one)')
    return parser.parse_args()


def main(args):
    from kssnet_mm.apis import MultiLabelInferencer, explain, read_config
    cfg = read_config(args.config, args.cfg_options, ['model'])
    inferencer = MultiLabelInferencer(cfg, args.checkpoint, args.device, classes=args.classes)
    found = explain(inferencer, args.input, args.out_dir, args.labels, args.graph, args.lam, args.tau, args.eta,
                    args.drop_edge, bool(args.grad_cam), args.grad_cam if args.grad_cam is not True else None, args.thr)
    for entry in found['labels']:
        print(f'{entry["label"]} {entry["score"]:.3f}')
        for row in entry.get('shares', {}).get('rows', [])[:6]:
            origin = f' ({row["origin"]})' if row['origin'] not in (None, 'rest') else ''
            print(f'    {row["share"]:+.3f} from {row["label"]}{origin}')
    if found['what_if']:
        for word in ('appears', 'disappears'):
            if found['what_if'][word]:
                print(f'with the other graph {word}: {", ".join(found["what_if"][word])}')
    for note in found['notes']:
        print(f'note: {note}')
    print(f'wrote {len(found["pictures"])} pictures and explanation.json to {args.out_dir}')


if __name__ == '__main__':
    run_command(main, parse_args())
