"""Pieces of the page: their numbers, and that no name is read as html."""
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from tiny_models import CLASSES, make_graph

from kssnet_mm.apis.prediction import Prediction
from kssnet_mm.visualization.label_graph_network import drawing_of
from kssnet_mm.webui.fragments import (found_text, label_html, labels_html, message_html, network_html, pictures_html,
                                       sentence, what_if_html)
from kssnet_mm.webui.visit import Visit

HOSTILE = '<script>alert("x")</script> & \'q\''
SCORES = np.array([0.25, 0.875, 0.5], dtype=np.float32)


def visit(thresholds=(0.5, 0.5, 0.625)):
    limits = None if thresholds is None else np.float32(thresholds)
    return Visit('a.png', '', Prediction('a.png', ['dog', HOSTILE, 'cat'], SCORES, limits, [1]), 1)


def parsed(text):
    """The piece as a tree; elements without an end are given one."""
    for name in ('input', 'img'):
        parts = text.split(f'<{name} ')
        text = parts[0] + ''.join(f'<{name} ' + part.replace('>', '/>', 1) for part in parts[1:])
    return ElementTree.fromstring(f'<div>{text}</div>')


def has(element, name):
    return name in element.get('class', '').split()


def test_rows_have_the_bar_the_mark_and_what_is_predicted():
    tree = parsed(labels_html(visit()))
    rows = tree.findall('.//li')
    assert [row.find('button').text for row in rows] == [HOSTILE, 'cat', 'dog']
    assert [row.find("span/span[@class='kss-bar']").get('style') for row in rows] == [
        'width:87.50%', 'width:50.00%', 'width:25.00%']
    assert [row.find('.//input').get('value') for row in rows] == ['0.5', '0.625', '0.5']
    assert [row.find('.//input').get('data-position') for row in rows] == ['1', '2', '0']
    assert [has(row, 'kss-predicted') for row in rows] == [True, False, False]
    assert [row.find('button').get('aria-pressed') for row in rows] == ['true', 'false', 'false']
    assert rows[0].find('button').get('aria-label') == f'{HOSTILE}: 0.88, predicted'
    assert '<script' not in labels_html(visit())


def test_a_model_without_thresholds_has_no_marks():
    assert not parsed(labels_html(visit(None))).findall('.//input')


def test_of_many_labels_it_says_how_many_are_left_out():
    scores = np.linspace(0, 1, 20, dtype=np.float32)
    names = [f'label {i}' for i in range(20)]
    many = Visit('a', '', Prediction('a', names, scores, np.ones(20, np.float32), [19]), 19)
    text = labels_html(many)
    assert text.count('<li ') == 12 and '8 more labels.' in text
    assert labels_html(many, every=True).count('<li ') == 20


def test_words():
    assert found_text(visit()) == 'a.png: 1 label is predicted.'
    nothing = replace(visit(), prediction=replace(visit().prediction, labels=[]))
    assert found_text(nothing) == 'a.png: no label is predicted.'
    assert 'role="alert"' in message_html('x', True) and 'role="status"' in message_html('x')
    assert parsed(message_html(HOSTILE)).find('p').text == HOSTILE
    assert 'The labels appear here' in labels_html(Visit())
    assert [sentence(text) for text in ('no file', 'Is it?', '')] == ['No file.', 'Is it?', '.']


def explanation(exact=True):
    rows = [dict(label='dog', share=2.0, origin='itself'), dict(label=HOSTILE, share=-1.0, origin='both'),
            dict(label='far', share=0.001, origin='knowledge'), dict(label='near', share=0.5, origin=None),
            dict(label='linear layer and bias', share=-4.0, origin='rest')]
    entry = dict(label='dog', score=0.73, logit=1.0, threshold=0.5, predicted=True,
                 shares=dict(exact=exact, rows=rows))
    return dict(labels=[entry], notes=['the origin of <b>edges</b> is unknown'])


def test_shares_are_bars_on_one_scale():
    tree = parsed(label_html(explanation()))
    found = [(row.find('th').text, row.find('td/span').get('style').split('width:')[1], row.findall('td')[1].text)
             for row in tree.findall('.//table/tr')]
    assert found == [('dog', '25.00%;left:50%', '+2.00'), ('near', '6.25%;left:50%', '+0.50'),
                     (HOSTILE, '12.50%;right:50%', '-1.00'), ('1 more label', '0.01%;left:50%', '+0.00'),
                     ('linear layer and bias', '50.00%;right:50%', '-4.00')]
    text = label_html(explanation())
    assert 'add up to the logit.' in text and 'the label itself' in text and 'edge from both' in text
    assert 'edge from knowledge' not in text  # its only bar is summed up
    assert 'The origin of &lt;b&gt;edges&lt;/b&gt; is unknown.' in text
    assert 'need not add up' in label_html(explanation(exact=False))


def test_a_model_without_a_graph_has_no_bars():
    found = explanation()
    del found['labels'][0]['shares']
    assert 'kss-shares' not in label_html(found) and 'probability 0.73' in label_html(found)


def test_what_if_shows_the_largest_changes_first():
    rows = [dict(label=name, before=before, after=after, threshold=0.5)
            for name, before, after in (('dog', .2, .3), (HOSTILE, .6, .1), ('cat', .25, .25))]
    tree = parsed(what_if_html(dict(scores=rows, appears=[], disappears=[HOSTILE]), most=2))
    assert [row.find('th').text for row in tree.findall('.//table/tr')] == [HOSTILE, 'dog']
    styles = [row.find('td/span').get('style') for row in tree.findall('.//table/tr')]
    assert styles == ['left:10.00%;width:50.00%', 'left:20.00%;width:10.00%']
    assert tree.find('p/strong').text == HOSTILE and 'No longer predicted' in tree.find('p').text
    assert '2 largest changes of 3 labels' in ''.join(tree.itertext())
    same = what_if_html(dict(scores=rows, appears=[], disappears=[]))
    assert 'The same labels are predicted' in same and 'largest changes' not in same


def test_the_network_marks_the_selected_label_its_edges_and_the_predicted(tmp_path):
    graph = make_graph(tmp_path / 'graph.npz')  # person - ball - racket - dog
    tree = parsed(network_html(drawing_of(graph), 0, [1, 3]))
    nodes = {node.find('title').text: node for node in tree.iter('g')}
    assert sorted(nodes) == sorted(CLASSES)
    assert {name for name, node in nodes.items() if has(node, 'kss-predicted')} == {'sports ball', 'dog'}
    assert {name for name, node in nodes.items() if has(node, 'kss-near')} == {'person', 'sports ball'}
    assert nodes['dog'].get('data-label') == '3'
    near = [line.find('title').text for line in tree.iter('line') if has(line, 'kss-near')]
    assert len(near) == 1 and near[0].startswith('person – sports ball: ') and near[0].endswith('(statistics)')
    assert has(tree.find('.//svg'), 'kss-picking')
    assert not has(parsed(network_html(drawing_of(graph))).find('.//svg'), 'kss-picking')


def test_pictures_are_in_the_page(tmp_path):
    Image.new('RGB', (3, 2), 'red').save(tmp_path / 'a.png')
    tree = parsed(pictures_html([str(tmp_path / 'a.png')], HOSTILE))
    assert tree.find('button/img').get('src').startswith('data:image/png;base64,iVBOR')
    assert tree.find('button').get('aria-label').startswith(HOSTILE) and tree.find('p').text == HOSTILE
    assert pictures_html([], 'x').strip() == ''


@pytest.mark.parametrize('name', ['page.css', 'page.js', 'labels.html'])
def test_what_the_page_needs_is_installed_with_the_package(name):
    from setuptools import find_packages
    from shared_data import ROOT

    from kssnet_mm.webui.fragments import read_text
    assert read_text(name)
    assert 'kssnet_mm.webui' in find_packages(str(ROOT), include=['kssnet_mm.*'])
    assert f"'**/*.{name.split('.')[1]}'" in (ROOT / 'setup.py').read_text()
