"""Make a project of a folder of images or videos and a table of their labels: splits and a config."""
import os
import shlex
import sys
from pathlib import Path

from kssnet_mm.apis.command_line import command_parser, run_command


def parse_args():
    parser = command_parser(__doc__)
    parser.add_argument('folder', type=Path, help='folder of the project; files that are there are never overwritten')
    media = parser.add_mutually_exclusive_group(required=True)
    media.add_argument('--images', type=Path, help='folder of the images, with or without subfolders')
    media.add_argument('--videos', type=Path, help='folder of the videos')
    parser.add_argument('--labels', type=Path, required=True, help='.csv or .json with their labels')
    parser.add_argument('--file-column', help='column of the file names (default: a usual name, else the first)')
    parser.add_argument('--label-column', help='column of the labels (default: a usual name, else columns of 0 and 1)')
    parser.add_argument('--separator', help='between the labels of a cell (default: ; or | or , as the column has it)')
    parser.add_argument('--blank', choices=['error', 'negative', 'ignore'], default='error',
                        help='what empty cells of columns of 0 and 1 are: refused, 0, or unknown (default: %(default)s)')
    parser.add_argument('--backbone', help='a name of docs/backbones.md (default: ResNet, for videos ResNet3dSlowOnly)')
    parser.add_argument('--weights', help='checkpoint that the backbone starts from, as torchvision://resnet50')
    parser.add_argument('--conceptnet', type=Path, help="ConceptNet's assertions (.csv.gz), for a graph of knowledge")
    parser.add_argument('--vectors', type=Path, help='word vectors, for the embeddings of the labels')
    parser.add_argument('--val-share', type=float, default=0.2, help='share of the files to validate on (0.2)')
    parser.add_argument('--seed', type=int, default=0, help='of the split (0)')
    parser.add_argument('--workers', type=int, default=2, help='processes that verify the files; 0: none beside (2)')
    parser.add_argument('--leave-out-broken', action='store_true', help='go on without missing or unreadable files')
    args = parser.parse_args()
    if args.separator == '':
        parser.error('--separator must not be empty')
    if args.workers < 0:
        parser.error(f'--workers must be 0 or more, got {args.workers}')
    return args


def next_commands(config: Path, media: Path, videos: bool) -> list:
    """What to run next, from where this was run."""
    tools = os.path.dirname(sys.argv[0])
    folder, epoch = config.parent, config.parent / 'work' / 'epoch_20.pth'
    scores, thresholds = folder / 'val_scores.npz', folder / 'thresholds.json'

    def command(tool, *words):
        return ' '.join(['python', shlex.quote(os.path.join(tools, tool)), *(shlex.quote(str(word)) for word in words)])

    return [
        command('analysis_tools/verify_dataset.py', config),
        command('train.py', config),
        command('test.py', config, epoch, '--out', scores) + ' && ' +
        command('analysis_tools/tune_thresholds.py', scores, thresholds),
        command('predict.py', config, epoch, media, '--thr', thresholds) + '\n' +
        command('deployment/export.py', config, epoch, folder / 'model.onnx', '--cfg-options',
                f'model.{"cls_head" if videos else "head"}.thr={thresholds}')]


def main(args):
    from kssnet_mm.apis.project import new_project
    media = args.images or args.videos
    made = new_project(args.folder, media, args.labels, args.videos is not None, args.file_column, args.label_column,
                       args.separator, args.blank, args.backbone, args.weights, args.conceptnet, args.vectors, args.val_share,
                       args.seed, args.workers, args.leave_out_broken, print)
    print(f'wrote {made.config}; go on with\n')
    for command in next_commands(made.config, media, args.videos is not None):
        print(command)


if __name__ == '__main__':
    run_command(main, parse_args())
