"""Score dumped predictions again, by every protocol, without a model."""
from typing import List, Optional, Tuple

import numpy as np

from kssnet_mm.apis.command_line import command_parser, number_or_path, run_command
from kssnet_mm.annotations.charades import read_codes, read_videos
from kssnet_mm.annotations.class_list import column_names, read_class_list
from kssnet_mm.evaluation.dumps import read_dump
from kssnet_mm.evaluation.functional import (ScoreFile, TargetFile, match_targets, per_class_table, read_submission,
                                             read_target_file, read_thresholds, score_protocols,
                                             write_per_class_csv)
from kssnet_mm.utils.io import write_numbers

DUMPS = ('.npz', '.pkl', '.pickle')


def parse_args():
    parser = command_parser(__doc__)
    parser.add_argument('file', help="what our tools/test.py --out wrote, any .npz with 'scores' (n x N), the .pkl of "
                        "mmpretrain's tools/test.py --out or mmaction2's --dump, or a Charades submission .txt")
    parser.add_argument('--targets', help="an .npz with 'targets' (matched by its 'ids' and 'classes' where there are "
                        "any), or Charades' official csv; default: those in FILE")
    parser.add_argument('--classes', help="class list: with a csv Charades_v1_classes.txt, which it needs; else the "
                        'names of FILE\'s columns where FILE has none')
    parser.add_argument('--thr', default='0.5', help='decision threshold on probabilities, or a json of one a class')
    parser.add_argument('--topk', type=int, default=3)
    parser.add_argument('--topk-rule', choices=['mlgcn', 'exact'], default='mlgcn')
    parser.add_argument('--empty', choices=['drop', 'zero', 'error'], default='drop',
                        help='classes without positives')
    parser.add_argument('--protocol', nargs='+', help='names to report; default all')
    parser.add_argument('--out', help='write the numbers to this .json file')
    parser.add_argument('--per-class', help='write the scores of each class to this .csv file')
    parser.add_argument('--plot', help="write a picture of each class's AP")
    return parser.parse_args()


def charades_targets(csv: str, class_file: Optional[str]) -> TargetFile:
    """Videos without any action are left out, as the official script does."""
    if class_file is None:
        raise ValueError(f'{csv} names classes by their codes: give --classes Charades_v1_classes.txt')
    classes = read_codes(class_file)
    position = {code: i for i, code in enumerate(classes)}
    videos = [video for video in read_videos(csv, classes) if video.actions]
    targets = np.zeros((len(videos), len(classes)), dtype=np.int8)
    for row, video in zip(targets, videos):
        row[[position[action.code] for action in video.actions]] = 1
    return TargetFile(targets, list(classes.values()), [video.id for video in videos])


def read_scores(file: str, given: Optional[TargetFile], names: Optional[List[str]]) -> ScoreFile:
    """What FILE holds, with ``names`` for its columns where it has none."""
    if file.endswith(DUMPS):
        content = read_dump(file)
    elif given is None:
        raise ValueError(f'{file}: a submission text needs --targets CSV and --classes')
    else:
        # its columns stand in the order of the class file, which the targets have
        ids, scores = read_submission(file, given.targets.shape[1])
        content = ScoreFile(scores, None, given.classes, ids)
    content.classes = column_names(content.classes, names, file)
    if names is not None and len(names) != content.scores.shape[1]:
        raise ValueError(f'--classes has {len(names)} names for the {content.scores.shape[1]} classes of {file}')
    return content


def load(args) -> Tuple[ScoreFile, str]:
    """Scores and targets in the same order, and a note on how they were matched."""
    given, names = None, None
    charades = bool(args.targets) and args.targets.endswith('.csv')
    if charades:
        given = charades_targets(args.targets, args.classes)
    else:
        names = read_class_list(args.classes) if args.classes else None
        given = read_target_file(args.targets) if args.targets else None
    content = read_scores(args.file, given, names)
    if given is None:
        if content.targets is None:
            raise ValueError(f'{args.file} holds no targets: give --targets FILE')
        return content, ''
    if charades and content.ids is None:
        raise ValueError(f'{args.file} holds no ids to match with {args.targets}')
    try:
        matched, missing = match_targets(content, given)
    except ValueError as error:
        raise ValueError(f'{args.file} and {args.targets}: {error}') from error
    if content.ids is None or given.ids is None:
        lacking = args.file if content.ids is None else args.targets
        return matched, f'{len(matched.scores)} samples, in the order of both files: {lacking} holds no ids'
    kind = 'labelled videos' if charades else 'samples'
    return matched, f'{len(matched.scores)} {kind}, {missing} of them missing in {args.file}'


def threshold(text: str, num_classes: int, classes: Optional[List[str]]):
    """What a flag's value says of the classes."""
    try:
        return read_thresholds(number_or_path(text)).for_classes(num_classes, classes)
    except ValueError as error:
        raise ValueError(f'--thr {text}: {error}') from error


def main(args):
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table
    content, note = load(args)
    names = content.classes or [str(i) for i in range(content.scores.shape[1])]
    thr = threshold(args.thr, len(names), content.classes)
    values = score_protocols(content.scores, content.targets, thr=thr, topk=args.topk, topk_rule=args.topk_rule,
                             empty=args.empty, classes=content.classes, ids=content.ids)
    unknown = [name for name in args.protocol or () if name not in values]
    if unknown:
        raise ValueError(f'--protocol {unknown} is not among {list(values)}')
    table = per_class_table(content.scores, content.targets, names, thr)
    values = {k: v for k, v in values.items() if not args.protocol or k in args.protocol}
    shown = Table('protocol', escape(args.file), title=escape(note or f'{len(content.scores)} samples'))
    for name, value in values.items():
        shown.add_row(name, str(value) if isinstance(value, int) else f'{value:.4f}')
    Console().print(shown)
    if args.out:
        write_numbers(args.out, values)
    if args.per_class:
        write_per_class_csv(table, args.per_class)
    if args.plot:
        from kssnet_mm.visualization.per_class import plot_per_class
        plot_per_class(table, args.plot)


if __name__ == '__main__':
    run_command(main, parse_args())
