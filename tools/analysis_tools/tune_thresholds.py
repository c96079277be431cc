"""Choose decision thresholds on a validation dump, for the heads' thr and tools/predict.py --thr."""
import argparse
import json
import sys

from kssnet_mm.evaluation.functional import (precision_recall, predicted_labels, read_score_file,
                                             tune_thresholds)
from kssnet_mm.files import write_atomically


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('file', help='what tools/test.py --out wrote on validation data')
    parser.add_argument('out', help='.json to write')
    parser.add_argument('--objective', choices=['per_class', 'overall'], default='per_class',
                        help="maximise every class's F1, or the overall F1")
    args = parser.parse_args()
    try:
        content = read_score_file(args.file)
        if content.targets is None:
            raise ValueError(f'{args.file} holds no targets')
        thresholds = tune_thresholds(content.scores, content.targets, args.objective)
    except (ValueError, OSError) as error:
        sys.exit(f'error: {error}')
    names = content.classes or [str(i) for i in range(len(thresholds))]
    scores = {label: precision_recall(predicted_labels(content.scores, thr), content.targets)
              for label, thr in (('before', 0.5), ('after', thresholds))}
    content = dict(objective=args.objective, thresholds=dict(zip(names, thresholds.tolist())))
    write_atomically(args.out, json.dumps(content, indent=1))
    for name in ('CF1_macro', 'CF1', 'OF1'):
        print(f'{name}: {scores["before"][name]:.4f} at 0.5, {scores["after"][name]:.4f} tuned (same data)')
    print(f'wrote {args.out}')


if __name__ == '__main__':
    main()
