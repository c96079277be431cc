"""Print, write and draw the labels of images or videos."""
from kssnet_mm.apis.command_line import command_parser, number_or_path, run_command


def parse_args():
    parser = command_parser(
        __doc__, options=True, usage='%(prog)s [options] CONFIG CHECKPOINT INPUT ...\n'
        '       %(prog)s [options] MODEL.onnx INPUT ...\n       %(prog)s [options] MODEL.pt2 INPUT ...')
    parser.add_argument('model', help='config file, or an exported .onnx or .pt2')
    parser.add_argument('inputs', nargs='+', metavar='checkpoint and inputs',
                        help='the checkpoint of a config; then images, or videos for a video model: files, folders or '
                        'patterns such as "photos/*.jpg"')
    parser.add_argument('--recursive', action='store_true', help='search the subfolders of folders too')
    parser.add_argument('--batch-size', type=int, default=1, help='inputs that run through the model together')
    parser.add_argument('--thr', type=number_or_path, help='threshold on probabilities: a number or a json file of one '
                        'per class (default: the model\'s)')
    parser.add_argument('--topk', type=int, help='the labels of the highest scores, at most so many; without --thr '
                        'exactly so many')
    parser.add_argument('--classes', help='file of the class names, one a line (default: the checkpoint\'s)')
    parser.add_argument('--show-dir', '--out-dir', dest='show_dir', help='draw the predictions into this folder')
    parser.add_argument('--pred-out-file', help='write the predictions to this .jsonl or .csv')
    parser.add_argument('--all-scores', action='store_true', help='write the score of every class')
    parser.add_argument('--device', help='cpu, cuda, cuda:1, ... (default: the GPU if there is one; the CPU for '
                        'exported models)')
    args = parser.parse_args()
    args.checkpoint = None
    if not args.model.lower().endswith(('.onnx', '.pt2')):
        args.checkpoint, *args.inputs = args.inputs
        if not args.inputs:
            parser.error('give the config, its checkpoint and at least one input')
    elif args.cfg_options:
        parser.error('an exported model has no config to override')
    return args


def main(args):
    import logging

    from mmengine.logging import MMLogger
    from rich.console import Console
    from rich.markup import escape

    from kssnet_mm.apis import MultiLabelInferencer, read_config
    MMLogger.get_current_instance().setLevel(logging.ERROR)  # failures are printed below
    console = Console(soft_wrap=True, highlight=False)
    model = read_config(args.model, args.cfg_options, ['model']) if args.checkpoint else args.model
    inferencer = MultiLabelInferencer(model, args.checkpoint, args.device, args.thr, args.topk, args.classes)
    found = inferencer(args.inputs, batch_size=args.batch_size, recursive=args.recursive, show_dir=args.show_dir,
                       pred_out_file=args.pred_out_file, all_scores=args.all_scores)
    for prediction in found['predictions']:
        labels = ', '.join(f'{row["label"]} {row["score"]:.3f}' for row in prediction['labels'])
        console.print(f'{prediction["id"]}: {labels or "no label above the threshold"}', markup=False)
    for failure in found['failures']:
        console.print(f'[red]error:[/red] {escape(failure["error"])}')
    if found['failures']:
        total = len(found['predictions']) + len({failure['id'] for failure in found['failures']} -
                                                {prediction['id'] for prediction in found['predictions']})
        console.print(f'{len(found["failures"])} of {total} inputs failed')
    return 1 if found['failures'] else 0


if __name__ == '__main__':
    run_command(main, parse_args())
