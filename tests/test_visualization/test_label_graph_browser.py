"""The tool's page in a real headless Chromium: it renders, sorts, filters, and a node names itself."""
import shutil
from pathlib import Path

import pytest
from label_graph_cases import HOSTILE, both_priors
from run_tool import run_tool

TOOL = str(Path(__file__).resolve().parents[2] / 'tools/visualization/browse_label_graph.py')
FLAGS = ('--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--window-size=1280,1000',
         '--disable-background-networking', '--disable-component-update', '--disable-sync',
         '--host-resolver-rules=MAP * ~NOTFOUND')


@pytest.fixture()
def browser(tmp_path):
    webdriver = pytest.importorskip('selenium.webdriver', reason='selenium is not installed')
    chromium, driver = shutil.which('chromium'), shutil.which('chromedriver')
    if not (chromium and driver):
        pytest.skip('chromium or chromedriver is not installed')
    from selenium.webdriver.chrome.service import Service
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in FLAGS + (f'--user-data-dir={tmp_path / "profile"}', ):
        options.add_argument(flag)
    options.set_capability('goog:loggingPrefs', {'browser': 'ALL'})
    opened = webdriver.Chrome(options=options, service=Service(driver))
    yield opened
    opened.quit()


def column(browser, number):
    return browser.execute_script('return [...document.querySelectorAll("#neighbours tbody tr")]'
                                  '.filter(row => !row.hidden)'
                                  f'.map(row => row.cells[{number}].textContent)')


def hover(browser, element, x=0, y=0):
    from selenium.webdriver import ActionChains
    browser.execute_script('arguments[0].scrollIntoView({block: "center"})', element)
    ActionChains(browser).move_to_element_with_offset(element, x, y).perform()


def test_tool_writes_beside_the_graph_and_names_what_is_wrong(tmp_path):
    graph = tmp_path / 'graph.npz'
    both_priors().save(graph)
    assert 'isolated labels: 2 of 5' in run_tool(TOOL, graph, '--lams', '0.5', '--taus', '0.1')
    assert (tmp_path / 'graph_report/graph.html').is_file()
    for arguments, message in (([graph, '--taus', '-1'], 'got -1.0'), ([graph, '--lams', '2'], 'got 2.0'),
                               ([graph, '--edges', '0'], '--edges must be at least 1, got 0'),
                               ([tmp_path / 'missing.npz'], 'missing.npz')):
        assert message in run_tool(TOOL, *arguments, fail=True)


def test_page_in_chromium(tmp_path, browser):
    both_priors().save(tmp_path / 'graph.npz')
    run_tool(TOOL, tmp_path / 'graph.npz', '--out-dir', tmp_path / 'out')
    browser.get((tmp_path / 'out/graph.html').as_uri())
    assert browser.title == 'Label graph graph'  # no name of a label was run
    broken = browser.execute_script('return [...document.images].filter(i => !i.naturalWidth).length')
    assert broken == 0 and len(browser.find_elements('css selector', 'img')) == 4
    assert browser.execute_script('return performance.getEntriesByType("resource")'
                                  '.filter(e => !e.name.startsWith("data:")).length') == 0
    assert browser.execute_script('return document.documentElement.scrollWidth <= window.innerWidth')

    def head(number):
        return browser.find_elements('css selector', '#neighbours th button')[number]

    def click(number):
        browser.execute_script('arguments[0].scrollIntoView({block: "center"})', head(number))
        head(number).click()
        return column(browser, number)

    assert click(0)[-2:] == ['zebra', 'zebra']
    assert click(0)[:2] == ['zebra', 'zebra']
    rising = [float(text) for text in (click(4) and click(4))]
    assert rising == sorted(rising) == [0, 0, 1, 1, 2, 2]
    falling = [float(text) for text in click(5)]
    assert falling == [3, 3, 1, 1, 0, 0]
    sorted_by = browser.find_element('css selector', '#neighbours th[aria-sort]')
    assert (sorted_by.text[:5], sorted_by.get_attribute('aria-sort')) == ('A_K,i', 'descending')
    browser.find_element('css selector', '#filter').send_keys('ZEB')
    assert len(column(browser, 0)) == 4

    tip = browser.find_element('css selector', '#tip')
    assert not tip.is_displayed()
    node = browser.find_element('css selector', '.node[data-node="0"] circle')
    hover(browser, node)
    assert tip.is_displayed()
    assert tip.text.splitlines()[0] == HOSTILE and '$cash$ (both)' in tip.text
    assert 'near' in browser.find_element('css selector', '.node[data-node="2"]').get_attribute('class')
    assert browser.execute_script('return document.querySelector(".node title").textContent') == HOSTILE
    hover(browser, browser.find_element('css selector', '.node[data-node="3"] circle'))
    assert tip.text == 'apple\nno edge'

    cells = browser.find_element('css selector', '.heatmap .cells')
    side = cells.size['width'] / 5
    order = browser.execute_script('return names')
    row, other = order.index('$cash$'), order.index('zebra')
    hover(browser, cells, int((other - 2) * side), int((row - 2) * cells.size['height'] / 5))
    assert tip.text == 'row $cash$\ncolumn zebra\n1'
    assert [entry for entry in browser.get_log('browser') if entry['level'] == 'SEVERE'] == []
