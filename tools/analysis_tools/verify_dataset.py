"""Check the data sets of a config: files, labels, ids, media. Ends with 1 where something is wrong."""
import json
import logging
from collections import Counter

from kssnet_mm.apis.command_line import command_parser, run_command


def parse_args():
    parser = command_parser(__doc__, options=True)
    parser.add_argument('config', help='config file')
    parser.add_argument('--split', choices=['train', 'val', 'test'], help='default: all that differ')
    parser.add_argument('--workers', type=int, default=2, help='processes that decode; 0: none beside')
    parser.add_argument('--every-frame', action='store_true',
                        help='decode all frames of videos and folders; default: the first, middle and last')
    parser.add_argument('--out', help='write what was found to this .json file')
    parser.add_argument('--show', type=int, default=50, help='faults to print a split; all are counted')
    args = parser.parse_args()
    if args.workers < 0:
        parser.error(f'--workers must not be negative, got {args.workers}')
    return args


def main(args):
    from mmengine.logging import MMLogger
    from rich.console import Console
    from rich.progress import track
    from rich.markup import escape
    from rich.table import Table

    from kssnet_mm.apis import read_config
    from kssnet_mm.datasets.verify import verify_config
    from kssnet_mm.utils.io import write_atomically
    MMLogger.get_current_instance().setLevel(logging.ERROR)
    progress = Console(stderr=True)

    def bar(items, total, text):
        return track(items, f'{text}: decoding', total=total, console=progress, transient=True)

    splits = verify_config(read_config(args.config, args.cfg_options), args.split, args.workers, bar,
                           args.every_frame)
    table = Table('split', 'samples', 'classes', 'faults', title=escape(args.config))
    for split in splits:
        for fault in split.faults[:args.show]:
            print(f'{split.name}: {fault.kind}: {fault}')
        if len(split.faults) > args.show:
            print(f'{split.name}: {len(split.faults) - args.show} more')
        kinds = Counter(fault.kind for fault in split.faults).most_common()
        table.add_row(split.name, str(split.samples), str(len(split.classes or ())),
                      '\n'.join(f'{number} {kind}' for kind, number in kinds) or 'none')
    Console().print(table)
    count = sum(len(split.faults) for split in splits)
    if args.out:
        content = dict(config=args.config, faults=count, splits={
            split.name: dict(samples=split.samples, classes=split.classes,
                             faults=[fault._asdict() for fault in split.faults])
            for split in splits})
        write_atomically(args.out, json.dumps(content, indent=1))
    return 1 if count else 0


if __name__ == '__main__':
    run_command(main, parse_args())
