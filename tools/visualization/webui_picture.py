"""Take the picture of the page that the documentation shows: one input, explained, in a headless Chromium."""
import argparse
import io
import shutil
import sys
import tempfile

FLAGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync']
# Seconds for the explanation of an input.
PATIENCE = 120


def parse_args():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('config', help='config file')
    parser.add_argument('checkpoint', help='checkpoint file')
    parser.add_argument('input', help='one image, or one video for a video model')
    parser.add_argument('--out', default='docs/images/webui.png', help='the picture to write')
    parser.add_argument('--thr', type=float, help='threshold on probabilities (default: the model\'s)')
    parser.add_argument('--label', help='the label to explain (default: the first)')
    parser.add_argument('--width', type=int, default=1100, help='of the window, in pixels')
    return parser.parse_args()


def take(url, args):
    """The page as a png, from its top to the end of the label graph."""
    from playwright.sync_api import sync_playwright
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which('chromium'), args=FLAGS)
        page = browser.new_page(viewport=dict(width=args.width, height=900), color_scheme='light')
        page.set_default_timeout(1000 * PATIENCE)
        page.goto(url)
        page.set_input_files('#kss-file input[type=file]', args.input)
        page.wait_for_selector('#kss-maps img')
        if args.label:
            page.click(f'.kss-name:text-is("{args.label}")')
            page.wait_for_selector(f'#kss-why strong:text-is("{args.label}")')
        page.mouse.move(0, 0)
        graph = page.locator('#kss-graph').bounding_box()
        taken = page.screenshot(full_page=True, clip=dict(x=0, y=0, width=args.width,
                                                          height=graph['y'] + graph['height'] + 16))
        browser.close()
    return taken


def main():
    args = parse_args()
    # after the arguments, so that --help does not wait for torch
    from PIL import Image

    from kssnet_mm.apis import MultiLabelInferencer
    from kssnet_mm.utils.io import whole_file
    from kssnet_mm.webui.explorer import Explorer
    from kssnet_mm.webui.page import serve
    if not shutil.which('chromium'):
        sys.exit('error: chromium is not installed')
    with tempfile.TemporaryDirectory() as root:
        inferencer = MultiLabelInferencer(args.config, args.checkpoint, thr=args.thr, show_progress=False)
        blocks, url = serve(Explorer(inferencer, root), args.config.split('/')[-1].rsplit('.', 1)[0])
        try:
            picture = Image.open(io.BytesIO(take(url, args))).convert('RGB')
        finally:
            blocks.close(verbose=False)
    with whole_file(args.out) as temporary:
        picture.quantize(256, kmeans=3, dither=Image.Dither.NONE).save(temporary, format='png', optimize=True)


if __name__ == '__main__':
    main()
