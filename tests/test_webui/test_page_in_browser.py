"""The page in a real headless Chromium, without a network: every control, two visitors, a phone's width."""
import json
import shutil
import socket
import time
import zipfile

import pytest
from PIL import Image
from tiny_models import make, picture, write_clip

from kssnet_mm.apis import MultiLabelInferencer, explain
from kssnet_mm.visualization.explanations import largest_shares
from kssnet_mm.webui.explorer import Explorer

FLAGS = ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking',
         '--disable-component-update', '--disable-sync', '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1']
HERE = ('127.0.0.1', 'localhost', '::1', '0.0.0.0', '', None)
# the explanation of a label, on a machine that is busy
PATIENCE = 60_000


@pytest.fixture(scope='module')
def chromium():
    api = pytest.importorskip('playwright.sync_api', reason='playwright is not installed')
    binary = shutil.which('chromium') or shutil.which('chromium-browser') or shutil.which('google-chrome')
    if not binary:
        pytest.skip('chromium is not installed')
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope='module')
def outside():
    """Hosts beyond this machine that the server asks for."""
    asked, ask = [], socket.getaddrinfo

    def listen(host, *rest, **named):
        if host not in HERE:
            asked.append(host)
        return ask(host, *rest, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, 'getaddrinfo', listen)
        yield asked


def open_server(folder, outside, video=False, most_mb=1, **settings):
    pytest.importorskip('gradio', reason='the extra "webui" is not installed')
    from kssnet_mm.webui.page import serve
    cfg, weights = make(folder, video, **settings)
    inferencer = MultiLabelInferencer(cfg, weights, 'cpu', show_progress=False)
    (folder / 'root').mkdir()
    blocks, url = serve(Explorer(inferencer, folder / 'root'), 'tiny *model*', most_mb=most_mb)
    return inferencer, blocks, url


@pytest.fixture(scope='module')
def server(chromium, outside, tmp_path_factory):
    folder = tmp_path_factory.mktemp('page')
    for number in range(2):
        Image.fromarray(picture(number)).save(folder / f'{number}.png')
    (folder / 'notes.txt').write_text('hello')
    (folder / 'half.png').write_bytes((folder / '0.png').read_bytes()[:60])
    (folder / 'large.png').write_bytes(bytes(1_200_000))
    inferencer, blocks, url = open_server(folder, outside)
    yield dict(folder=folder, url=url, inferencer=inferencer)
    blocks.close(verbose=False)


class Visitor:
    """A browser of its own, which keeps what went wrong."""

    def __init__(self, chromium, url, width=1280, height=900):
        self.page = chromium.new_context(viewport=dict(width=width, height=height)).new_page()
        self.page.set_default_timeout(PATIENCE)
        self.errors = []
        self.page.on('console', lambda message: message.type == 'error' and self.errors.append(message.text))
        self.page.on('pageerror', lambda error: self.errors.append(str(error)))
        self.page.on('request', lambda request: url.split('/')[2] in request.url or request.url.startswith(
            ('data:', 'blob:')) or self.errors.append(f'asked for {request.url}'))
        self.page.goto(url)
        self.page.wait_for_selector('#kss-labels')

    def drop(self, path, name=None):
        """Upload a file, and wait for its name."""
        self.page.set_input_files('#kss-file input[type=file]', str(path))
        self.page.wait_for_selector(f'#kss-message :text("{path.name}")')

    def wait(self, piece, text):
        """Until a piece of the page has a text."""
        self.page.wait_for_selector(f'#kss-{piece} :text("{text}")')

    def rows(self):
        """label -> (score, threshold, whether it is predicted), as the page shows them."""
        return {name: (float(score), float(threshold), predicted) for name, score, threshold, predicted in
                self.page.evaluate('''[...document.querySelectorAll('.kss-row')].map(row => [
                    row.querySelector('button').innerText, row.querySelector('.kss-score').firstChild.textContent,
                    row.querySelector('input').value, row.classList.contains('kss-predicted')])''')}

    def until(self, look, check):
        """What a look gives as soon as it passes; the page goes on between the looks."""
        end = time.monotonic() + PATIENCE / 1000
        while True:
            found = look()
            if check(found):
                return found
            assert time.monotonic() < end, f'it stays {found}'
            self.page.wait_for_timeout(100)

    def until_rows(self, check):
        """The rows as soon as they pass."""
        return self.until(self.rows, check)

    def download(self, button):
        """The file that a button gives."""
        with self.page.expect_download() as download:
            self.page.click(f'#kss-{button}')
        assert download.value.suggested_filename == f'0.{button}'
        return download.value.path()

    def close(self):
        self.page.context.close()
        assert self.errors == []


@pytest.fixture()
def visit(chromium, server):
    opened = []

    def enter(**size):
        opened.append(Visitor(chromium, server['url'], **size))
        return opened[-1]

    yield enter
    for visitor in opened:
        visitor.close()


def expected(server, name, threshold=0.5):
    found = server['inferencer'](str(server['folder'] / name), all_scores=True)['predictions'][0]['scores']
    return {row['label']: (round(row['score'], 2), threshold, row['score'] >= threshold) for row in found}


def close(rows, wanted):
    return rows.keys() == wanted.keys() and all(
        abs(rows[name][0] - wanted[name][0]) < 0.0051 and rows[name][1:] == wanted[name][1:] for name in wanted)


def test_from_the_file_to_the_downloads(server, visit, outside, tmp_path):
    visitor = visit()
    page = visitor.page
    assert page.title() == 'Labels of tiny *model*' and page.inner_text('h1') == 'Which labels, and why'
    visitor.drop(server['folder'] / '0.png')
    wanted = expected(server, '0.png')
    visitor.until_rows(lambda rows: close(rows, wanted))

    # a click on a label, in the list and in the graph
    page.click('.kss-name:text("tennis racket")')
    visitor.wait('why', 'tennis racket')
    page.wait_for_selector('#kss-maps img')
    shares = explain(server['inferencer'], str(server['folder'] / '0.png'), tmp_path, ['tennis racket'])
    bars = [(row['label'], f'{row["share"]:+.2f}') for row in largest_shares(shares['labels'][0]['shares']['rows'])]
    assert len(bars) >= 3 and bars == [tuple(row) for row in page.evaluate(
        """[...document.querySelectorAll('.kss-shares tbody tr')].map(
            row => [row.cells[0].innerText, row.cells[2].innerText])""")]
    page.click('#kss-graph .kss-node[data-label="0"] circle')
    visitor.wait('why', 'person')
    assert page.get_attribute('.kss-name:text("person")', 'aria-pressed') == 'true'
    page.wait_for_function('document.querySelector("#kss-maps img").naturalWidth > 400')
    page.click('button:has-text("What the lateral connections looked for")')
    page.wait_for_selector('#kss-connections img >> nth=2')

    # another graph
    page.click('#kss-again')
    visitor.wait('what-if', 'Nothing is changed yet')
    page.fill('#kss-eta input[type=number]', '0.9')
    page.keyboard.press('Tab')
    page.click('#kss-again')
    page.wait_for_selector('.kss-changes')
    before, after = (page.evaluate(f'''[...document.querySelectorAll(".kss-changes tbody tr")].map(
        row => Number(row.cells[{cell}].innerText))''') for cell in (2, 3))
    assert sorted(before) == sorted(round(row['score'], 3) for row in server['inferencer'](
        str(server['folder'] / '0.png'), all_scores=True)['predictions'][0]['scores']) and before != after

    # the downloads know of it
    found = visitor.until(lambda: json.loads(visitor.download('json').read_text()), lambda found: found['what_if'])
    assert found['id'] == '0.png' and found['what_if']['changes'] == dict(eta=.9)
    assert {'tennis racket', 'person'} <= {entry['label'] for entry in found['explanations']}
    names = zipfile.ZipFile(visitor.download('zip')).namelist()
    assert {'prediction.png', '000_person/map_person.png', '002_tennis-racket/pulls_tennis-racket.png'} <= set(names)
    assert outside == []


def test_thresholds_move_by_mouse_and_by_keyboard(server, visit):
    visitor = visit()
    page, wanted = visitor.page, expected(server, '0.png')
    visitor.drop(server['folder'] / '0.png')
    visitor.until_rows(lambda rows: close(rows, wanted))
    scores = {name: row[0] for name, row in wanted.items()}

    page.fill('#kss-threshold input[type=number]', '1')
    page.keyboard.press('Tab')
    visitor.until_rows(lambda rows: not any(row[2] for row in rows.values()))
    visitor.wait('message', 'no label is predicted')
    page.fill('#kss-threshold input[type=number]', '0')
    page.keyboard.press('Tab')
    visitor.until_rows(lambda rows: all(row[2] for row in rows.values()))
    visitor.wait('message', '4 labels are predicted')

    # a handle by the keys: End is 1, and the place of the keyboard is kept when the list is written anew
    label = max(scores, key=scores.get)
    page.focus(f'[aria-label="threshold of {label}"]')
    page.keyboard.press('End')
    rows = visitor.until_rows(lambda rows: rows[label][1:] == (1, False))
    visitor.wait('message', '3 labels are predicted')
    assert sum(row[2] for row in rows.values()) == 3
    assert page.evaluate('document.activeElement.ariaLabel') == f'threshold of {label}'
    page.keyboard.press('ArrowLeft')
    visitor.until_rows(lambda rows: rows[label][1] == 0.99)

    # a handle by the mouse, from 0 to beyond the score
    other = min(scores, key=scores.get)
    box = page.locator(f'[aria-label="threshold of {other}"]').bounding_box()
    y, left, width = box['y'] + box['height'] / 2, box['x'] + 10, box['width'] - 20
    page.mouse.move(left, y)
    page.mouse.down()
    page.mouse.move(left + width * (scores[other] + 1) / 2, y, steps=5)
    page.mouse.up()
    visitor.wait('message', '2 labels are predicted')
    rows = visitor.rows()
    assert rows[other][1:] == (pytest.approx((scores[other] + 1) / 2, abs=0.03), False)

    common = page.input_value('#kss-threshold input[type=number]')
    assert common == '0'  # what it was moved to
    page.click('#kss-reset')
    visitor.until_rows(lambda rows: close(rows, wanted))
    page.wait_for_function("document.querySelector('#kss-threshold input[type=number]').value == 0.5")


def test_the_whole_way_by_keyboard(server, visit):
    visitor = visit()
    page = visitor.page
    visitor.drop(server['folder'] / '0.png')
    page.wait_for_selector('.kss-row')
    page.wait_for_selector('#kss-maps img')
    reached = []
    page.evaluate('document.activeElement.blur()')
    for _ in range(40):
        page.keyboard.press('Tab')
        reached.append(page.evaluate('''(() => { const at = document.activeElement;
            return at.dataset.label ? `name-${at.dataset.label}` : at.dataset.position ?
                `threshold-${at.dataset.position}` : at.closest('[id^="kss-"]')?.id || at.tagName })()'''))
    for wanted in (*(f'{kind}-{i}' for kind in ('name', 'threshold') for i in range(4)), 'kss-file', 'kss-threshold',
                   'kss-reset', 'kss-maps', 'kss-graph', 'kss-lam', 'kss-tau', 'kss-eta', 'kss-drop', 'kss-again',
                   'kss-json', 'kss-zip'):
        assert wanted in reached
    page.focus('.kss-name[data-label="3"]')
    page.keyboard.press('Enter')
    visitor.wait('why', 'dog')


@pytest.mark.parametrize('name, message', [('notes.txt', 'this model predicts on images'),
                                           ('half.png', 'cannot be read as image')])
def test_wrong_and_broken_files(server, visit, name, message):
    visitor = visit()
    visitor.drop(server['folder'] / '0.png')
    visitor.page.wait_for_selector('#kss-maps img')
    visitor.page.click('#kss-file button[aria-label]')
    visitor.wait('message', 'Drop a file to begin')
    visitor.drop(server['folder'] / name)
    visitor.wait('message', message)
    text = visitor.page.inner_text('#kss-message [role=alert]')
    assert text.startswith(name) and '/' not in text.split(' (')[0]
    assert visitor.rows() == {} and not visitor.page.query_selector('#kss-maps img')  # nothing of the file before


def test_a_file_that_is_too_large(server, visit):
    visitor = visit()
    visitor.page.set_input_files('#kss-file input[type=file]', str(server['folder'] / 'large.png'))
    visitor.page.wait_for_selector(':text("exceed the maximum allowed size of 1")')
    assert 'at most 1 MB' in visitor.page.inner_text('#kss-file')
    assert visitor.rows() == {}


def test_two_visitors_at_once_keep_apart(server, visit):
    first, second = visit(), visit()
    # without waiting for each other
    for visitor, name in ((first, '0.png'), (second, '1.png')):
        visitor.page.set_input_files('#kss-file input[type=file]', str(server['folder'] / name))
    wanted = [expected(server, name) for name in ('0.png', '1.png')]
    assert not close(*wanted)
    for visitor, rows, name in ((first, wanted[0], '0.png'), (second, wanted[1], '1.png')):
        visitor.wait('message', name)
        visitor.until_rows(lambda found: close(found, rows))
    # one moves thresholds and another's graph, the other one stays as it was
    first.page.fill('#kss-threshold input[type=number]', '0')
    first.page.keyboard.press('Tab')
    first.page.fill('#kss-eta input[type=number]', '0.95')
    first.page.keyboard.press('Tab')
    first.page.click('#kss-again')
    second.page.click('.kss-name:text("dog")')
    first.page.wait_for_selector('.kss-changes')
    second.wait('why', 'dog')
    assert all(row[1:] == (0, True) for row in first.rows().values())
    assert close(second.rows(), wanted[1]) and not second.page.query_selector('.kss-changes')
    probability = server['inferencer'](str(server['folder'] / '1.png'), all_scores=True)['predictions'][0]['scores'][3]
    assert f'probability {probability["score"]:.2f}' in second.page.inner_text('#kss-why')
    assert visit().rows() == {}  # a new visit begins with nothing


def test_on_a_phone(server, visit):
    visitor = visit(width=390, height=844)
    page = visitor.page
    for step in (lambda: page.wait_for_selector('#kss-graph svg'),
                 lambda: (visitor.drop(server['folder'] / '0.png'), page.wait_for_selector('#kss-maps img')),
                 lambda: (page.click('#kss-maps .kss-picture'), page.wait_for_selector('.kss-large')),
                 lambda: (page.click('.kss-name:text("dog")'), visitor.wait('why', 'dog'))):
        step()
        assert page.evaluate('document.documentElement.scrollWidth') == 390
    page.wait_for_function('''(() => { const box = document.querySelector("#kss-why-title").getBoundingClientRect();
        return box.top > -50 && box.top < 844 })()''')  # the explanation is in sight


def test_a_video(chromium, outside, tmp_path):
    inferencer, blocks, url = open_server(tmp_path, outside, video=True)
    write_clip(tmp_path / 'clip.mp4')
    try:
        visitor = Visitor(chromium, url)
        visitor.drop(tmp_path / 'clip.mp4')
        scores = inferencer(str(tmp_path / 'clip.mp4'), all_scores=True)['predictions'][0]['scores']
        rows = visitor.until_rows(len)
        assert {name: row[0] for name, row in rows.items()} == pytest.approx(
            {row['label']: row['score'] for row in scores}, abs=0.0051)
        visitor.page.wait_for_selector('#kss-maps img')
        visitor.close()
    finally:
        blocks.close(verbose=False)


def test_a_model_without_a_graph(chromium, outside, tmp_path):
    inferencer, blocks, url = open_server(tmp_path, outside, graph=False)
    Image.fromarray(picture()).save(tmp_path / 'a.png')
    try:
        visitor = Visitor(chromium, url)
        visitor.wait('graph', 'The model has no label graph')
        assert not visitor.page.query_selector('#kss-again')
        visitor.drop(tmp_path / 'a.png')
        visitor.page.wait_for_selector('#kss-maps img')
        assert len(visitor.rows()) == 4
        visitor.close()
    finally:
        blocks.close(verbose=False)
