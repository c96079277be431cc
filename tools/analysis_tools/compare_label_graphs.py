"""Does a label graph pay on your data? Small classifiers on a backbone's features, one for each kind of graph."""
import logging
import os

from kssnet_mm.apis.command_line import command_parser, run_command


def parse_args():
    parser = command_parser(__doc__, options=True)
    parser.add_argument('config', nargs='?', help='config whose backbone, data and label graph are used')
    parser.add_argument('--features', help='.npz of features and labels in the place of the data of a config')
    parser.add_argument('--test', type=int, help='with --features: samples set aside for testing; default a third')
    parser.add_argument('--label-table', help='.csv, .json or .npz of labels of more samples, which need no images')
    parser.add_argument('--label-key', default='targets', help='where a json or npz table keeps the labels')
    parser.add_argument('--arms', nargs='+', help='kinds of graphs; default: all that the data allow')
    parser.add_argument('--seeds', type=int, default=5)
    parser.add_argument('--samples', type=int, help='training samples a seed draws; default all')
    parser.add_argument('--etas', type=float, nargs='+',
                        help='shares of the neighbours that are tried')
    parser.add_argument('--decays', type=float, nargs='+',
                        help='weight decays that are tried, relative to the number of features')
    parser.add_argument('--resamples', type=int, help='of the bootstrap')
    parser.add_argument('--out', help='folder of the report; default work_dirs/label_graphs/<name>')
    parser.add_argument('--cache', default='work_dirs/features', help='folder of the features')
    parser.add_argument('--batch-size', type=int, default=32, help='samples that the backbone runs at once')
    parser.add_argument('--threads', type=int, help="of torch; default torch's own choice")
    args = parser.parse_args()
    if args.config is None and args.features is None:
        parser.error('give a config, or --features FILE.npz')
    return args


def new_progress():
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
    return Progress(TextColumn('{task.description}'), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
                    console=Console(stderr=True))


def load_samples(args, cfg):
    """(training, test) feature tables."""
    from kssnet_mm.apis.features import extract_features
    from kssnet_mm.reports.graph_comparison import read_feature_table, split_table
    if args.features is not None:
        table = read_feature_table(args.features)
        return split_table(table, len(table) // 3 if args.test is None else args.test)
    with new_progress() as progress:
        bars = {split: progress.add_task(f'features, {split}', total=None) for split in ('train', 'test')}
        return extract_features(cfg, args.cache, lambda split, done, total: progress.update(
            bars[split], completed=done, total=total), batch_size=args.batch_size)


def load_knowledge(args, described, train, test):
    """What the label table and the config's label graph know, and a note about it."""
    from kssnet_mm.reports.graph_comparison.comparison import Knowledge
    from kssnet_mm.reports.graph_comparison.knowledge import priors
    from kssnet_mm.reports.graph_comparison.label_rows import label_rows
    known = priors(described, train.classes)
    note = '' if known or described is None else 'The config\'s label graph holds neither knowledge nor word vectors.'
    if not args.label_table:
        return Knowledge(None, **known), note
    names = None if train.names() is None or test.names() is None else [*train.names(), *test.names()]
    rows = label_rows(args.label_table, args.label_key, train.classes, names)
    return Knowledge(rows.targets, **known), f'{note} {rows.note}'.strip()


def main(args):
    import torch
    from mmengine.logging import MMLogger
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from kssnet_mm.apis import read_config
    from kssnet_mm.reports.graph_comparison import Settings, compare, write_report
    from kssnet_mm.reports.graph_comparison.advice import advise, narrow_range
    from kssnet_mm.reports.graph_comparison.config_lines import config_lines
    from kssnet_mm.reports.graph_comparison.knowledge import graph_in, knowledge_configs
    from kssnet_mm.reports.graph_comparison.report import arm_rows, picture_rows
    from kssnet_mm.reports.table import starting_weights
    from kssnet_mm.visualization.graph_comparison import plot_gains
    if args.threads:
        torch.set_num_threads(args.threads)
    MMLogger.get_current_instance().setLevel(logging.WARNING)  # a line for every parameter of the backbone
    cfg = None if args.config is None else read_config(
        args.config, args.cfg_options, ['model'] if args.features else ['model', 'train_dataloader', 'test_dataloader'])
    name = os.path.splitext(os.path.basename(args.features or args.config))[0]
    out = args.out or os.path.join('work_dirs/label_graphs', name)
    given = {key: getattr(args, key) for key in ('arms', 'seeds', 'samples', 'decays', 'etas', 'resamples')}
    settings = Settings(**{key: value for key, value in given.items() if value is not None})
    # before the features, so that a graph that cannot be read is said first
    described = None if cfg is None else graph_in(cfg.model)
    train, test = load_samples(args, cfg)
    knowledge, note = load_knowledge(args, described, train, test)
    with new_progress() as progress:
        bar = progress.add_task('classifiers', total=None)

        def tell(text, done, total):
            progress.update(bar, description=text, completed=done, total=total)
        found = compare(train, test, knowledge, settings, tell)
    if args.features is None and starting_weights(cfg) == 'random':
        note += (' The backbone has random weights, so that the features are poor: name a checkpoint by init_cfg of the '
                 'backbone.')
    note = ' '.join(filter(None, [note.strip(), narrow_range(found, settings.decays)]))
    title = f'Label graphs on {name}'
    arm, sentence = advise(found)
    lines = config_lines(found, arm, args.label_table, args.label_key,
                         None if args.features else cfg.model.to_dict(), knowledge_configs(described))
    write_report(out, found, title, lines, note)
    plot_gains(*picture_rows(found), os.path.join(out, 'comparison.png'),
                    f'{name}: {found.train} training samples, {found.test} test samples')
    shown = Table('arm', 'mAP', 'to A = I', '95 %', 'to plain', '95 %', 'eta by seed', title=escape(title),
                  caption=escape(note) or None)
    for row in arm_rows(found):
        shown.add_row(row[0].partition(':')[0], *row[1:])  # the page explains the names
    console = Console()
    console.print(shown)
    print(f'{sentence}\n\n{lines}\n\nwrote {out}/comparison.md, .csv and .png')


if __name__ == '__main__':
    run_command(main, parse_args())
