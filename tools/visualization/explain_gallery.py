"""Make the pictures of docs/explain_gallery.md again: explanations of two photographs and of one clip of the sample data.

The photographs are in the package scikit-image: `coffee` (by Rachel Michetti) and `chelsea` (by Stefan van der Walt), both
under CC0.
"""
import argparse
import sys
import tempfile
from pathlib import Path

from PIL import Image

# Picture of an explanation -> its name in the gallery; what else explain() is told.
PHOTOS = dict(
    coffee=dict(labels=['cup', 'spoon', 'dining table'], drop=[('cup', 'dining table')], pictures=[
        'prediction', 'map_cup', 'map_spoon', 'map_dining-table', 'connection_layer7', 'pulls_cup', 'what_if']),
    chelsea=dict(labels=['cat'], pictures=['map_cat', 'gradcam_cat']))
WIDTH, COLOURS, QUALITY = 900, 64, 78


def keep(picture, out):
    """A small copy: charts as PNG of few colours, those with photographs as JPEG."""
    image = Image.open(picture).convert('RGB')
    image.thumbnail((WIDTH, 10 * WIDTH), Image.Resampling.LANCZOS)
    if picture.stem.startswith(('pulls', 'what_if')):
        image.quantize(COLOURS, dither=Image.Dither.NONE).save(out.with_suffix('.png'), optimize=True)
    else:
        image.save(out.with_suffix('.jpg'), quality=QUALITY, optimize=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('config', help='of an image model that knows the labels of COCO')
    parser.add_argument('checkpoint')
    parser.add_argument('--size', type=int, default=224, help='side of the image that the model sees')
    parser.add_argument('--video', nargs=3, metavar=('CONFIG', 'CHECKPOINT', 'CLIP'), help='a video model and its clip')
    parser.add_argument('--video-labels', nargs='+', help='labels of the clip (default: the predicted ones)')
    parser.add_argument('--out-dir', type=Path, default=Path('docs/images/explain'))
    args = parser.parse_args()
    try:
        from skimage import data
    except ImportError as error:
        sys.exit(f'error: the photographs are in the package scikit-image: pip install scikit-image ({error})')
    from mmengine.config import Config

    from kssnet_mm.apis import MultiLabelInferencer, explain
    args.out_dir.mkdir(parents=True, exist_ok=True)
    cfg = Config.fromfile(args.config)
    for step in cfg.test_dataloader.dataset.pipeline:
        if step.type.endswith('Resize'):
            step.scale = (args.size, args.size)
    model = MultiLabelInferencer(cfg, args.checkpoint, show_progress=False)
    with tempfile.TemporaryDirectory() as folder:
        for name, settings in PHOTOS.items():
            photograph = Path(folder) / f'{name}.png'
            Image.fromarray(getattr(data, name)()).save(photograph)
            wanted = settings['pictures']
            found = explain(model, photograph, Path(folder) / name, settings['labels'], drop=settings.get('drop', ()),
                            grad_cam=any(picture.startswith('gradcam') for picture in wanted))
            report(name, found)
            for picture in wanted:
                keep(Path(folder) / name / f'{picture}.png', args.out_dir / f'{name}_{picture}')
        if args.video:
            config, checkpoint, clip = args.video
            found = explain(MultiLabelInferencer(config, checkpoint, show_progress=False), clip, Path(folder) / 'clip',
                            args.video_labels)
            report('clip', found)
            for picture in found['pictures']:
                if picture.startswith('map'):
                    keep(Path(folder) / 'clip' / picture, args.out_dir / f'clip_{Path(picture).stem}')


def report(name, found):
    """The numbers that the page speaks of."""
    print(name, {row['label']: round(row['score'], 3) for row in found['prediction']['labels']}, found['notes'])
    for entry in found['labels']:
        print(f'  {entry["label"]}: probability {entry["score"]:.3f}, logit {entry["logit"]:.3f}')
        for row in entry.get('shares', {}).get('rows', [])[:5]:
            print(f'    {row["share"]:+.3f} from {row["label"]} ({row["origin"]})')


if __name__ == '__main__':
    main()
