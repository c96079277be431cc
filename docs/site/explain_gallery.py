"""Make the pictures of docs/explain_gallery.md again: explanations of two photographs and of one clip of the sample data.

The photographs are in the package scikit-image, which has to be installed: `coffee` by Rachel Michetti and `chelsea` by
Stefan van der Walt, both under CC0.
"""
import argparse
import tempfile
from pathlib import Path

from mmengine.config import Config
from PIL import Image
from skimage import data

from kssnet_mm.apis import MultiLabelInferencer, explain

# What is explained, how, and which of the pictures are kept.
PHOTOS = dict(
    coffee=dict(
        labels=['cup', 'spoon', 'dining table'],
        eta=0.0,
        pictures=['prediction', 'map_cup', 'map_spoon', 'connection_layer7', 'pulls_cup', 'what_if']),
    chelsea=dict(labels=['cat'], grad_cam=True, pictures=['map_cat', 'gradcam_cat']))
CLIP = dict(
    labels=['Carrying a cup', 'Opening a door'],
    pictures=['map_Carrying-a-cup', 'map_Opening-a-door', 'pulls_Carrying-a-cup'])
WIDTH, COLOURS, QUALITY = 900, 64, 78


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('config', help='of an image model that knows the labels of COCO')
    parser.add_argument('checkpoint')
    parser.add_argument('--size', type=int, default=224, help='side of the image that the model sees')
    parser.add_argument('--video', nargs=3, metavar=('CONFIG', 'CHECKPOINT', 'CLIP'),
                        help='a model of the sample data\'s videos, and one of them')
    parser.add_argument('--out-dir', type=Path, default=Path('docs/images/explain'))
    return parser.parse_args()


def keep(picture, out):
    """A small copy: charts as PNG of few colours, those with photographs as JPEG."""
    image = Image.open(picture).convert('RGB')
    image.thumbnail((WIDTH, 10 * WIDTH), Image.Resampling.LANCZOS)
    if picture.stem.startswith(('pulls', 'what_if')):
        image.quantize(COLOURS, dither=Image.Dither.NONE).save(out.with_suffix('.png'), optimize=True)
    else:
        image.save(out.with_suffix('.jpg'), quality=QUALITY, optimize=True)


def show(name, model, source, settings, out_dir):
    """Explain one input and keep its pictures as `NAME_PICTURE` in the folder."""
    settings = dict(settings)
    wanted = settings.pop('pictures')
    with tempfile.TemporaryDirectory() as folder:
        report(name, explain(model, source, folder, **settings))
        for picture in wanted:
            keep(Path(folder) / f'{picture}.png', out_dir / f'{name}_{picture}')


def main():
    args = parse_args()
    args.out_dir.mkdir(parents=True, exist_ok=True)
    cfg = Config.fromfile(args.config)
    for step in cfg.test_dataloader.dataset.pipeline:
        if step.type.endswith('Resize'):
            step.scale = (args.size, args.size)
    model = MultiLabelInferencer(cfg, args.checkpoint, show_progress=False)
    for name, settings in PHOTOS.items():
        # as files and PIL images are: in RGB
        show(name, model, Image.fromarray(getattr(data, name)()), settings, args.out_dir)
    if args.video:
        config, checkpoint, clip = args.video
        show('clip', MultiLabelInferencer(config, checkpoint, show_progress=False), clip, CLIP, args.out_dir)


def report(name, found):
    """The numbers that the page speaks of."""
    print(name, {row['label']: round(row['score'], 3) for row in found['prediction']['labels']}, found['notes'])
    for entry in found['labels']:
        print(f'  {entry["label"]}: probability {entry["score"]:.3f}, logit {entry["logit"]:.3f}')
        for row in entry.get('shares', {}).get('rows', [])[:5]:
            print(f'    {row["share"]:+.3f} from {row["label"]} ({row["origin"]})')


if __name__ == '__main__':
    main()
