"""A page for a trained model: drop an image or a video, see its labels, why, and what another graph would change."""
import argparse
import os
import sys
import tempfile

from mmengine.config import Config, DictAction


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__, usage='%(prog)s [options] CONFIG CHECKPOINT\n'
                                     '       %(prog)s [options] MODEL.onnx|MODEL.pt2')
    parser.add_argument('model', help='config file, or an exported .onnx or .pt2, which is not explained')
    parser.add_argument('checkpoint', nargs='?', help='the checkpoint of a config')
    parser.add_argument('--host', default='127.0.0.1',
                        help='address to listen at (default: 127.0.0.1, this machine alone); 0.0.0.0 lets everybody '
                        'in who can reach the machine')
    parser.add_argument('--port', type=int, help='default: the first free one from 7860 on')
    parser.add_argument('--max-size', type=int, default=200, metavar='MB', help='largest file (default: %(default)s)')
    parser.add_argument('--thr', help='threshold on probabilities: a number or a json file of one per class '
                        '(default: the model\'s)')
    parser.add_argument('--graph', help='.npz of the label graph (default: the one that the config names)')
    parser.add_argument('--classes', help='file of the class names, one a line (default: the checkpoint\'s)')
    parser.add_argument('--device', help='cpu, cuda, cuda:1, ... (default: the GPU if there is one)')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction,
                        help='override settings of the config, as in key=value')
    args = parser.parse_args()
    if args.max_size < 1:
        parser.error(f'--max-size is at least 1, got {args.max_size}')
    if args.port is not None and not 0 < args.port < 65536:
        parser.error(f'--port is from 1 to 65535, got {args.port}')
    return args


def main():
    args = parse_args()
    # after the arguments, so that --help does not wait for torch
    try:
        from kssnet_mm.webui.page import serve
    except ImportError as error:
        sys.exit(f'error: the page needs a package: pip install "kssnet_mm[webui]" ({error})')
    from kssnet_mm.apis import MultiLabelInferencer
    from kssnet_mm.webui.explorer import Explorer
    thr = args.thr
    with tempfile.TemporaryDirectory(prefix='kssnet-page-') as root:  # what visitors bring is gone with the page
        try:
            thr = float(thr) if thr is not None and not os.path.exists(thr) else thr
            model = args.model
            if args.checkpoint:
                model = Config.fromfile(model)
                model.merge_from_dict(args.cfg_options or {})
            inferencer = MultiLabelInferencer(model, args.checkpoint, args.device, thr, classes=args.classes,
                                              show_progress=False)
            name = os.path.splitext(os.path.basename(args.model))[0]
            page, url = serve(Explorer(inferencer, root, args.graph), name, args.host, args.port, args.max_size)
        except (ValueError, OSError) as error:
            sys.exit(f'error: {error}')
        print(f'The page is at {url} (Ctrl-C ends it)', flush=True)
        page.block_thread()


if __name__ == '__main__':
    main()
