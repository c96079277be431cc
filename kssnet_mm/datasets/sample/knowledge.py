"""Human knowledge and word vectors about the sample data's vocabulary."""
import gzip
import itertools
import json
from pathlib import Path

import numpy as np

from . import charades, coco
from kssnet_mm.utils.io import write_atomically

DIM = 50
# Charades' classes in the words that their mapping files use.
TOPICS = {
    **{f'coco {name}': list(theme) for name, theme in coco.THEMES.items()},
    'charades kitchen': ['hold', 'cup', 'carry', 'door'],
    'charades study': ['book', 'open', 'laptop', 'hold'],
    'charades play': ['ball', 'throw', 'walk', 'hold'],
    'charades moving': ['carry', 'book', 'walk', 'door', 'open'],
}
RELATIONS = ('RelatedTo', 'AtLocation', 'UsedFor', 'HasContext')
NOISE = ('weather', 'stone', 'river', 'music', 'number', 'paper_clip', 'moon', 'idea')


def assertion(relation: str, start: str, end: str, weight: float, language: str = 'en') -> str:
    """One line in the format of ConceptNet 5's assertions."""
    a, b = (f'/c/{language}/{name.replace(" ", "_")}' for name in (start, end))
    details = json.dumps(dict(dataset='/d/sample', license='cc:by/4.0', weight=weight), sort_keys=True)
    return f'/a/[/r/{relation}/,{a}/,{b}/]\t/r/{relation}\t{a}\t{b}\t{details}'


def assertions(seed: int) -> list:
    """Lines that relate the things of a topic, among lines that do not matter."""
    rng = np.random.default_rng([seed, 101])
    lines = []
    for words in TOPICS.values():
        for start, end in itertools.combinations(words, 2):
            if rng.random() < 0.85:  # knowledge has gaps
                lines.append(assertion(str(rng.choice(RELATIONS)), start, end,
                                       round(float(rng.uniform(1, 4)), 3)))
    vocabulary = sorted({word for words in TOPICS.values() for word in words})
    for _ in range(400):
        start, end = str(rng.choice(NOISE)), str(rng.choice([*NOISE, *vocabulary]))
        language = str(rng.choice(['en', 'fr', 'de']))
        lines.append(assertion('RelatedTo', start, end, 1.0, language))
    lines.append(assertion('Antonym', 'dog', 'fork', 5.0))
    return [lines[i] for i in rng.permutation(len(lines))]


def vectors(seed: int) -> dict:
    """Word -> 50-d vector; words of one topic lie near one another."""
    rng = np.random.default_rng([seed, 102])
    topic = {name: rng.normal(size=DIM) for name in TOPICS}
    names = sorted({word for words in TOPICS.values() for word in words})
    table = {}
    for name in names:
        common = sum(topic[t] for t, words in TOPICS.items() if name in words)
        for word in name.split():
            table[word] = table.get(word, 0) + common + rng.normal(size=DIM)
    for word in NOISE:
        table[word] = rng.normal(size=DIM)
    return {word: vector / np.linalg.norm(vector) for word, vector in table.items()}


def write_knowledge(root: Path, seed: int) -> None:
    """``conceptnet-assertions.csv.gz`` and ``vectors.txt`` (GloVe's format)."""
    text = '\n'.join(assertions(seed)) + '\n'
    write_atomically(root / 'conceptnet-assertions.csv.gz', gzip.compress(text.encode(), mtime=0))
    lines = [' '.join([word, *(f'{v:.5f}' for v in vector)]) for word, vector in vectors(seed).items()]
    write_atomically(root / 'vectors.txt', ('\n'.join(lines) + '\n').encode())


assert set(charades.OBJECTS[1:]) | set(charades.VERBS) <= {w for ws in TOPICS.values() for w in ws}
