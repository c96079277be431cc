"""Choose decision thresholds on a validation dump, for the heads' thr and tools/predict.py --thr."""
import json

from kssnet_mm.annotations.class_list import column_names
from kssnet_mm.apis.command_line import command_parser, run_command
from kssnet_mm.evaluation.dumps import read_dump
from kssnet_mm.evaluation.functional import precision_recall, predicted_labels, tune_thresholds
from kssnet_mm.utils.io import few, write_atomically
from kssnet_mm.utils.labels import repeated


def parse_args():
    parser = command_parser(__doc__)
    parser.add_argument('file', help='what tools/test.py --out wrote on validation data')
    parser.add_argument('out', help='.json to write')
    parser.add_argument('--objective', choices=['per_class', 'overall'], default='per_class',
                        help="maximise every class's F1, or the overall F1")
    parser.add_argument('--classes', help="class list: the names of FILE's columns where FILE has none")
    return parser.parse_args()


def main(args):
    content = read_dump(args.file)
    if content.targets is None:
        raise ValueError(f'{args.file} holds no targets')
    names = column_names(content.classes, args.classes, args.file)
    if names is None:
        raise ValueError(f'{args.file} holds no class names, by which thresholds are matched: give --classes')
    if len(names) != content.scores.shape[1]:
        raise ValueError(f'--classes has {len(names)} names for the {content.scores.shape[1]} classes of {args.file}')
    if repeated(names):
        raise ValueError(f'{args.file}: classes share a name: {few(repeated(names))}')
    thresholds = tune_thresholds(content.scores, content.targets, args.objective, content.ids)
    scores = {label: precision_recall(predicted_labels(content.scores, thr), content.targets)
              for label, thr in (('before', 0.5), ('after', thresholds))}
    content = dict(objective=args.objective, thresholds=dict(zip(names, thresholds.tolist())))
    write_atomically(args.out, json.dumps(content, indent=1, allow_nan=False))
    for name in ('CF1_macro', 'CF1', 'OF1'):
        print(f'{name}: {scores["before"][name]:.4f} at 0.5, {scores["after"][name]:.4f} tuned (same data)')
    print(f'wrote {args.out}')


if __name__ == '__main__':
    run_command(main, parse_args())
