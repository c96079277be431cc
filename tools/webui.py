"""A page for a trained model: drop an image or a video, see its labels, why, and what another graph would change."""
import signal
import sys
import tempfile
from pathlib import Path

from kssnet_mm.apis.command_line import command_parser, number_or_path, run_command


def parse_args():
    parser = command_parser(__doc__, options=True, usage='%(prog)s [options] CONFIG CHECKPOINT\n'
                            '       %(prog)s [options] MODEL.onnx\n       %(prog)s [options] MODEL.pt2')
    parser.add_argument('model', help='config file, or an exported .onnx or .pt2, which is not explained')
    parser.add_argument('checkpoint', nargs='?', help='the checkpoint of a config')
    parser.add_argument('--host', default='127.0.0.1',
                        help='address to listen at (default: 127.0.0.1, this machine alone); 0.0.0.0 lets everybody '
                        'in who can reach the machine')
    parser.add_argument('--port', type=int, help='default: the first free one from 7860 on')
    parser.add_argument('--max-size', type=int, default=200, metavar='MB', help='largest file (default: %(default)s)')
    parser.add_argument('--thr', type=number_or_path, help='threshold on probabilities: a number or a json file of one '
                        'per class (default: the model\'s)')
    parser.add_argument('--graph', help='.npz of the label graph (default: the one that the config names)')
    parser.add_argument('--classes', help='file of the class names, one a line (default: the checkpoint\'s)')
    parser.add_argument('--device', help='cpu, cuda, cuda:1, ... (default: the GPU if there is one; the CPU for '
                        'exported models)')
    args = parser.parse_args()
    if args.max_size < 1:
        parser.error(f'--max-size is at least 1, got {args.max_size}')
    if args.port is not None and not 0 < args.port < 65536:
        parser.error(f'--port is from 1 to 65535, got {args.port}')
    exported = args.model.lower().endswith(('.onnx', '.pt2'))
    if exported == bool(args.checkpoint):
        parser.error('give a config and its checkpoint, or an exported model alone')
    if exported and args.cfg_options:
        parser.error('an exported model has no config to override')
    return args


def main(args):
    try:
        from kssnet_mm.webui.page import serve
    except ImportError as error:
        raise ImportError(f'the page needs a package: pip install "kssnet_mm[webui]" ({error})') from error
    from kssnet_mm.apis import MultiLabelInferencer, read_config
    from kssnet_mm.webui.explorer import Explorer
    model = read_config(args.model, args.cfg_options, ['model']) if args.checkpoint else args.model
    inferencer = MultiLabelInferencer(model, args.checkpoint, args.device, args.thr, classes=args.classes,
                                      show_progress=False)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # as Ctrl-C: the folder is deleted
    with tempfile.TemporaryDirectory(prefix='kssnet-page-') as root:  # what visitors bring is gone with the page
        page, url = serve(Explorer(inferencer, root, args.graph), Path(args.model).stem, args.host, args.port,
                          args.max_size)
        print(f'The page is at {url} (Ctrl-C ends it)', flush=True)
        page.block_thread()


if __name__ == '__main__':
    run_command(main, parse_args())
