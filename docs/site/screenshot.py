"""Make images/label_graph_coco.png again: the top of a label graph's page, with the mouse on one label.

    python tools/visualization/browse_label_graph.py coco_train2014.npz
    python docs/site/screenshot.py coco_train2014_report/coco_train2014.html docs/images/label_graph_coco.png --label cup

It needs selenium, chromium and chromium-driver.
"""
import argparse
import shutil
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('page', type=Path)
    parser.add_argument('picture', type=Path)
    parser.add_argument('--label', required=True, help='the label under the mouse')
    parser.add_argument('--size', type=int, nargs=2, default=(1100, 1600), metavar=('WIDTH', 'HEIGHT'))
    args = parser.parse_args()
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which('chromium')
    for flag in ('headless', 'no-sandbox', 'hide-scrollbars', f'window-size={args.size[0]},{args.size[1]}'):
        options.add_argument(f'--{flag}')
    browser = webdriver.Chrome(options=options, service=Service(shutil.which('chromedriver')))
    try:
        browser.get(args.page.resolve().as_uri())
        title = f'//*[name()="title" and text()="{args.label}"]/..//*[name()="circle"]'
        node = browser.find_element('xpath', title)
        webdriver.ActionChains(browser).move_to_element(node).perform()
        browser.execute_script('window.scrollTo(0, 0)')
        args.picture.write_bytes(browser.get_screenshot_as_png())
    finally:
        browser.quit()


if __name__ == '__main__':
    main()
