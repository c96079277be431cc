"""The model behind the page: what it gives, against the inferencer itself; and what visitors leave."""
import io
import json
import os
import zipfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image
from tiny_models import CLASSES, make, picture, write_clip

from kssnet_mm.apis import MultiLabelInferencer, explain
from kssnet_mm.webui.explorer import Explorer
from kssnet_mm.webui.files import as_json, forget, label_folder, picture_of, write_downloads
from kssnet_mm.webui.visit import move_all, select


def ready(folder, video=False, **settings):
    """(explorer, the path of an input)."""
    cfg, weights = make(folder, video, **settings)
    path = folder / ('a.mp4' if video else 'a.png')
    if video:
        write_clip(path)
    else:
        Image.fromarray(picture()).save(path)
    (folder / 'root').mkdir()
    return Explorer(MultiLabelInferencer(cfg, weights, 'cpu', show_progress=False), folder / 'root'), str(path)


@pytest.mark.parametrize('video', [False, True], ids=['image', 'video'])
def test_a_visit_has_what_the_inferencer_gives(tmp_path, video):
    explorer, path = ready(tmp_path, video)
    visit = explorer.predict(path)
    expected = explorer.inferencer(path, all_scores=True)['predictions'][0]
    assert visit.prediction.as_dict(all_scores=True) == dict(expected, id=os.path.basename(path))
    seen = Image.open(os.path.join(visit.folder, 'seen.png'))
    assert seen.size == ((5 * 240 + 4 * 6, 180) if video else (64, 48))
    if not video:
        np.testing.assert_array_equal(np.asarray(seen), picture())
    found = explorer.explain(visit)
    assert found['labels'][0]['label'] == CLASSES[visit.selected]
    assert os.path.dirname(label_folder(visit)) == visit.folder
    assert {name.split('_')[0] for name in os.listdir(label_folder(visit))} == {
        'prediction.png', 'map', 'pulls', 'connection', 'explanation.json'}


def test_what_if_is_that_of_explain_with_the_moved_thresholds(tmp_path):
    explorer, path = ready(tmp_path)
    assert explorer.settings == dict(lam=.4, tau=.02, eta=.4)
    assert sorted(map(sorted, explorer.edges)) == [['dog', 'tennis racket'], ['person', 'sports ball'],
                                                   ['sports ball', 'tennis racket']]
    visit = explorer.predict(path)
    found = explorer.what_if(visit, dict(explorer.settings, eta=.9), [('person', 'sports ball')])
    expected = explain(explorer.inferencer, path, tmp_path / 'out', ['dog'], eta=.9,
                       drop=[('person', 'sports ball')])['what_if']
    assert found == expected and found['changes'] == dict(eta=.9)
    # a threshold between the two scores of a label turns it
    row = max(found['scores'], key=lambda row: abs(row['after'] - row['before']))
    middle = (row['before'] + row['after']) / 2
    found = explorer.what_if(move_all(visit, middle), dict(explorer.settings, eta=.9), [('person', 'sports ball')])
    assert row['label'] in found['appears' if row['after'] > row['before'] else 'disappears']


def test_what_if_without_a_change_says_so(tmp_path):
    explorer, path = ready(tmp_path)
    with pytest.raises(ValueError, match='Nothing is changed yet'):
        explorer.what_if(explorer.predict(path), explorer.settings, [])


def test_visitors_at_once_do_not_see_each_others_graph(tmp_path):
    """What-if puts another adjacency into the one model: predictions of others wait for it to be put back."""
    explorer, path = ready(tmp_path)
    visit = explorer.predict(path)
    changed = dict(explorer.settings, eta=.95)
    with ThreadPoolExecutor(4) as pool:
        others = [pool.submit(explorer.predict, path) for _ in range(12)]
        what_if = [pool.submit(explorer.what_if, explorer.predict(path), changed, []) for _ in range(3)]
        others += [pool.submit(explorer.predict, path) for _ in range(12)]
        for other in others:
            np.testing.assert_array_equal(other.result().prediction.scores, visit.prediction.scores)
        after = [[row['after'] for row in found.result()['scores']] for found in what_if]
    assert after[0] == after[1] == after[2] and np.abs(after[0] - visit.prediction.scores).max() > 1e-4


def test_faults_name_the_file_and_not_where_it_lies(tmp_path):
    explorer, path = ready(tmp_path)
    (tmp_path / 'notes.txt').write_text('hello')
    (tmp_path / 'half.png').write_bytes(open(path, 'rb').read()[:60])
    for name, message in (('notes.txt', 'notes.txt: this model predicts on images'),
                          ('half.png', 'half.png: cannot be read as image')):
        with pytest.raises(ValueError) as caught:
            explorer.predict(str(tmp_path / name))
        assert str(caught.value).startswith(message) and str(tmp_path) not in str(caught.value)
    assert os.listdir(tmp_path / 'root') == []


def test_models_without_a_graph(tmp_path):
    explorer, path = ready(tmp_path, graph=False)
    assert explorer.drawing is None and explorer.settings == {} and explorer.edges == []
    assert 'no label graph' in explorer.no_graph
    assert 'shares' not in explorer.explain(explorer.predict(path))['labels'][0]


def test_without_the_graphs_file_there_is_no_what_if(tmp_path):
    cfg, weights = make(tmp_path)
    cfg.model.backbone.gcn.graph = dict(file=str(tmp_path / 'graph.npz'))
    inferencer = MultiLabelInferencer(cfg, weights, 'cpu', show_progress=False)
    explorer = Explorer(inferencer, tmp_path, tmp_path / 'none.npz')
    assert explorer.drawing is None and "the label graph 'none.npz' is not there" in explorer.no_graph
    # visitors are not told where it would lie
    path = tmp_path / 'a.png'
    Image.fromarray(picture()).save(path)
    visit = explorer.predict(str(path))
    note, = explorer.explain(visit)['notes']
    assert 'none.npz' in note and str(tmp_path) not in note + explorer.no_graph + json.dumps(as_json(visit))


def test_downloads(tmp_path):
    explorer, path = ready(tmp_path)
    visit = explorer.predict(path)
    for position in (3, 1):
        visit = select(visit, position)
        explorer.explain(visit)
    explorer.what_if(visit, dict(explorer.settings, tau=.1), [])
    visit = move_all(visit, 0.0)
    text, packed = write_downloads(visit)
    assert (os.path.basename(text), os.path.basename(packed)) == ('a.json', 'a.zip')
    found = json.loads(open(text, encoding='utf-8').read())
    assert found == as_json(visit) and found['id'] == 'a.png' and len(found['scores']) == 4
    assert [entry['label'] for entry in found['explanations']] == ['sports ball', 'dog']
    # they were explained before the thresholds moved
    assert all(entry['predicted'] and entry['threshold'] == 0 for entry in found['explanations'])
    assert found['what_if']['changes'] == dict(tau=.1)
    with zipfile.ZipFile(packed) as archive:
        names = archive.namelist()
        assert json.loads(archive.read('a.json')) == found
        for name in set(names) - {'a.json'}:
            Image.open(io.BytesIO(archive.read(name))).verify()
    stages = [f'connection_layer{n}.png' for n in (1, 2, 3)]
    assert names == ['a.json', 'prediction.png', *(f'001_sports-ball/{name}' for name in (
        *stages, 'map_sports-ball.png', 'pulls_sports-ball.png')), *(
            f'003_dog/{name}' for name in (*stages, 'map_dog.png', 'pulls_dog.png')), 'what_if/what_if.png']
    forget(visit)
    assert os.listdir(explorer.root) == [] and os.path.exists(path)


def test_what_was_seen_is_kept_small():
    assert picture_of([np.zeros((3000, 1500, 3), np.uint8)]).size == (640, 1280)
    assert picture_of([np.zeros((90, 120, 3), np.uint8)] * 2).size == (240 + 6 + 240, 180)
