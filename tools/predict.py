"""Print and draw the labels of images or videos."""
import argparse
import os.path as osp
import sys

from mmengine.config import Config, DictAction
from mmengine.utils import mkdir_or_exist
from rich.console import Console
from rich.markup import escape
from rich.progress import track

from kssnet_mm.apis import MultiLabelInferencer
from kssnet_mm.apis.drawing import draw_prediction


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('config', help='config file')
    parser.add_argument('checkpoint', help='checkpoint file')
    parser.add_argument('inputs', nargs='+', help='images, or videos for a video config')
    parser.add_argument('--thr', help='threshold on probabilities: a number or a json file of one '
                        'per class (default: the head\'s)')
    parser.add_argument('--out-dir', help='draw the predictions into this folder')
    parser.add_argument('--device', help='cpu, cuda, cuda:1, ... (default: the GPU if there is one)')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction,
                        help='override settings of the config, as in key=value')
    return parser.parse_args()


def threshold(text):
    """A flag's value: a number where it reads as one, else a path."""
    try:
        return None if text is None else float(text)
    except ValueError:
        return text


def picture_name(path: str, inputs: list) -> str:
    """The file's name as .png; with its ending where another input has the same name, or with a number."""
    stems = [osp.splitext(osp.basename(other))[0] for other in inputs]
    name = osp.splitext(osp.basename(path))[0]
    if stems.count(name) == 1:
        return f'{name}.png'
    same = [other for other in inputs if osp.basename(other) == osp.basename(path)]
    number = f'_{same.index(path)}' if len(same) > 1 else ''
    return f'{osp.basename(path)}{number}.png'


def main():
    args = parse_args()
    cfg = Config.fromfile(args.config)
    cfg.merge_from_dict(args.cfg_options or {})
    try:
        inferencer = MultiLabelInferencer(cfg, args.checkpoint, threshold(args.thr), args.device)
    except (ValueError, FileNotFoundError) as error:
        sys.exit(f'error: {error}')
    console, failed = Console(soft_wrap=True, highlight=False), 0
    if args.out_dir:
        mkdir_or_exist(args.out_dir)
    for path in track(args.inputs, 'predicting', console=Console(stderr=True), transient=True):
        try:
            prediction = inferencer(path)
        except (ValueError, FileNotFoundError) as error:
            failed += 1
            console.print(f'[red]error:[/red] {escape(str(error))}')
            continue
        found = ', '.join(f'{prediction.classes[i]} {prediction.scores[i]:.3f}'
                          for i in prediction.labels) or 'no label above the threshold'
        console.print(f'{path}: {found}', markup=False)
        if args.out_dir:
            draw_prediction(prediction, osp.join(args.out_dir, picture_name(path, args.inputs)))
    if failed:
        console.print(f'{failed} of {len(args.inputs)} inputs could not be read')
        sys.exit(1)


if __name__ == '__main__':
    main()
