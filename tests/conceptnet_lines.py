"""A small assertions file for the tests of A_K."""
import gzip
import json

from kssnet_mm.graphs import ConceptNetGraph

LABELS = ['dog', 'cat', 'bone']


def line(relation, start, end, weight, language='en'):
    a, b = (name if name.startswith(('/', 'http')) else f'/c/{language}/{name}' for name in (start, end))
    details = json.dumps(dict(dataset='/d/x', surfaceText='[[a]] \té', weight=weight),
                         ensure_ascii=False)
    return f'/a/[/r/{relation}/,{a}/,{b}/]\t/r/{relation}\t{a}\t{b}\t{details}'


LINES = [
    line('RelatedTo', 'dog', 'cat', 1.5),
    line('IsA', '/c/en/dog/n/wn/animal', '/c/en/cat/n', 2.5),
    line('RelatedTo', 'cat', 'dog', 4),
    line('Antonym', 'dog', 'bone', 9),
    line('RelatedTo', 'dog', 'cat', 8, 'fr'),
    line('Synonym', 'dog', '/c/fr/chien', 8),
    line('Synonym', '/c/fr/os', 'bone', 8),
    line('ExternalURL', 'dog', 'http://example.org/c/en/cat', 8),
    line('RelatedTo', 'dog', 'dog', 7),
    line('RelatedTo', 'dog_house', 'cat', 6),
    line('Desires', 'dog', 'bone', 3),
]


def write(folder, lines, name='assertions.csv'):
    data = lines if isinstance(lines, bytes) else ('\n'.join(lines) + '\n').encode()
    path = folder / name
    path.write_bytes(gzip.compress(data) if name.endswith('.gz') else data)
    return path


def graph(file, **settings):
    return ConceptNetGraph(file, progress=False, **settings)
