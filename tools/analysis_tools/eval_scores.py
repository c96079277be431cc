"""Score dumped predictions again, by every protocol, without a model."""
import argparse
import json
import sys
from typing import List, Optional, Tuple

import numpy as np
from rich.console import Console
from rich.table import Table

from kssnet_mm.datasets.charades_annotations import read_classes, read_videos
from kssnet_mm.evaluation.functional import (ScoreFile, align_submission, per_class_table, read_score_file,
                                             read_submission, score_protocols, write_per_class_csv)
from kssnet_mm.files import write_atomically
from kssnet_mm.models.heads.thresholds import load_thresholds
from kssnet_mm.visualization.per_class import plot_per_class


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('file', help="what tools/test.py --out wrote, any .npz with 'scores' (n x N), or a "
                        'Charades submission .txt')
    parser.add_argument('--targets', help="an .npz with 'targets' (and 'ids' to match by), or Charades' official "
                        'csv; default: those in FILE')
    parser.add_argument('--classes', help='class list; needed with a csv: Charades_v1_classes.txt')
    parser.add_argument('--thr', default='0.5', help='threshold on probabilities, or a json of one a class')
    parser.add_argument('--topk', type=int, default=3)
    parser.add_argument('--topk-rule', choices=['mlgcn', 'exact'], default='mlgcn')
    parser.add_argument('--empty', choices=['drop', 'zero', 'error'], default='drop',
                        help='classes without positives')
    parser.add_argument('--protocol', nargs='+', help='names to report; default all')
    parser.add_argument('--out', help='write the numbers to this .json file')
    parser.add_argument('--per-class', help='write the scores of each class to this .csv file')
    parser.add_argument('--plot', help="write a picture of each class's AP")
    return parser.parse_args()


def charades_targets(csv: str, class_file: Optional[str]) -> Tuple[List[str], np.ndarray, List[str]]:
    """Ids, targets and class names; videos without any action are left out, as the official script does."""
    if class_file is None:
        raise ValueError(f'{csv} names classes by their codes: give --classes Charades_v1_classes.txt')
    classes = read_classes(class_file)
    position = {code: i for i, code in enumerate(classes)}
    videos = [video for video in read_videos(csv, classes) if video.actions]
    targets = np.zeros((len(videos), len(classes)), dtype=np.int8)
    for row, video in zip(targets, videos):
        row[[position[action.code] for action in video.actions]] = 1
    return [video.id for video in videos], targets, list(classes.values())


def load(args) -> Tuple[ScoreFile, str]:
    """Scores and targets in the same order, and a note on what was missing."""
    note = ''
    if args.targets and args.targets.endswith('.csv'):
        ids, targets, names = charades_targets(args.targets, args.classes)
        if args.file.endswith('.npz'):
            stored = read_score_file(args.file)
            if stored.ids is None:
                raise ValueError(f'{args.file} holds no ids to match with {args.targets}')
            found, scores = stored.ids, stored.scores
        else:
            found, scores = read_submission(args.file, len(names))
        scores, missing = align_submission(found, scores, ids)
        note = f'{len(ids)} labelled videos, {missing} of them missing in {args.file}'
        return ScoreFile(scores, targets, names, ids), note
    if not args.file.endswith('.npz'):
        raise ValueError(f'{args.file}: a submission text needs --targets CSV and --classes')
    content = read_score_file(args.file)
    if args.targets:
        with np.load(args.targets, allow_pickle=False) as stored:
            if 'targets' not in stored.files:
                raise ValueError(f"{args.targets} holds {stored.files}, not 'targets'")
            targets = stored['targets']
            ids = stored['ids'].tolist() if 'ids' in stored.files else None
        if ids is not None and content.ids is not None:
            content.scores, missing = align_submission(content.ids, content.scores, ids)
            note = f'{len(ids)} samples, {missing} of them missing in {args.file}'
        content.targets = targets
    if content.targets is None:
        raise ValueError(f"{args.file} holds no targets: give --targets FILE")
    return content, note


def main():
    args = parse_args()
    try:
        content, note = load(args)
        if content.scores.shape != content.targets.shape:
            raise ValueError(f'scores are {content.scores.shape}, targets {content.targets.shape}')
        try:
            thr = float(args.thr)
        except ValueError:
            thr = load_thresholds(args.thr, content.scores.shape[1]).numpy()
        values = score_protocols(content.scores, content.targets, thr=thr, topk=args.topk,
                                 topk_rule=args.topk_rule, empty=args.empty, classes=content.classes)
        unknown = [name for name in args.protocol or () if name not in values]
        if unknown:
            raise ValueError(f'--protocol {unknown} is not among {list(values)}')
        names = content.classes or [str(i) for i in range(content.scores.shape[1])]
        table = per_class_table(content.scores, content.targets, names, thr)
    except (ValueError, OSError) as error:
        sys.exit(f'error: {error}')
    values = {k: v for k, v in values.items() if not args.protocol or k in args.protocol}
    shown = Table('protocol', args.file, title=note or f'{len(content.scores)} samples')
    for name, value in values.items():
        shown.add_row(name, str(value) if isinstance(value, int) else f'{value:.4f}')
    Console().print(shown)
    if args.out:
        write_atomically(args.out, json.dumps(values, indent=1))
    if args.per_class:
        write_per_class_csv(table, args.per_class)
    if args.plot:
        plot_per_class(table, args.plot)


if __name__ == '__main__':
    main()
