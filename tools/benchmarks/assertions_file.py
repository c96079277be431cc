"""Write a file in the format of ConceptNet's assertions dump, as large as asked for, always the same."""
import argparse
import gzip
import os
from pathlib import Path

import numpy as np

# The rest of the json, by where an assertion comes from.
WIKTIONARY = ('"dataset": "/d/wiktionary/%s", "license": "cc:by-sa/4.0", "sources": [{"contributor": '
              '"/s/resource/wiktionary/%s", "process": "/s/process/wikiparsec/2"}], "weight": 1.0')
OMCS = ('"dataset": "/d/conceptnet/4/en", "license": "cc:by/4.0", "sources": [{"activity": '
        '"/s/activity/omcs/omcs1_possibly_free_text", "contributor": "/s/contributor/omcs/user%d"}], '
        '"surfaceEnd": "a %s", "surfaceStart": "%s", "surfaceText": "[[%s]] is near [[a %s]]", '
        '"weight": %s')
URL = ('"dataset": "/d/dbpedia/%s", "license": "cc:by-sa/4.0", "sources": [{"process": '
       '"/s/process/wikiparsec/2"}], "weight": 1.0')
# Each relation's share of the lines: an estimate of the dump's.
RELATIONS = (('Antonym', .01), ('AtLocation', .01), ('DerivedFrom', .05),
             ('EtymologicallyRelatedTo', .05), ('ExternalURL', .24), ('FormOf', .24),
             ('HasContext', .06), ('IsA', .06), ('RelatedTo', .12), ('Synonym', .15), ('UsedFor', .01))
# Languages of the two ends and their share; one line in ten has English at both.
LANGUAGES = (('en', 'en', .10), ('en', 'fr', .06), ('de', 'en', .06), ('ja', 'en', .05),
             ('fr', 'fr', .24), ('la', 'la', .12), ('ru', 'ru', .08), ('ja', 'ja', .08),
             ('de', 'de', .11), ('es', 'es', .10))
LATIN = tuple(a + b for a in 'b c d f g l m n p r s t v'.split() for b in 'a e i o u'.split())
SCRIPTS = dict(ru=tuple(a + b for a in 'бвгдлмнпрст' for b in 'аеиоу'),
               ja=tuple('かきくけこさしすせそたちつてと山川田本日月火水木金土人大中小上下学校テスト'),
               fr=LATIN + ('é', 'è', 'ça'), de=LATIN + ('ü', 'ö', 'sch'))
SENSES = ('', '', '', '/n', '/v', '/n/wn/artifact', '/n/wikt/en_1')
VOCABULARY = {'en': 400_000}


def words(language: str, indices) -> list:
    """Words by number: the digits of the number are syllables, so that near numbers sort together."""
    syllables = SCRIPTS.get(language, LATIN)
    base, names = len(syllables), []
    for index in map(int, indices):
        parts = []
        for _ in range(2 if language == 'ja' else 3):
            index, digit = divmod(index, base)
            parts.append(syllables[digit])
        names.append(''.join(reversed(parts)) + ('' if not index else '_' + syllables[index % base]))
    return names


def lines_of(relation: str, start: str, end: str, count: int, rng: np.random.Generator) -> list:
    """``count`` lines of one relation between two languages, in the order of their start."""
    # The third power makes hubs: the first 300 of 400,000 concepts are an end of one line in eleven.
    first, second = ((rng.random(count)**3 * VOCABULARY.get(language, 150_000)).astype(np.int64)
                     for language in (start, end))
    first, second = words(start, np.sort(first)), words(end, second)
    senses = rng.integers(0, len(SENSES), count).tolist()
    weights = np.round(rng.choice([1, 2, 2.828, .5, 3.464], count), 3).tolist()
    lines = []
    for number, (a, b, sense, weight) in enumerate(zip(first, second, senses, weights)):
        a, b = f'/c/{start}/{a}{SENSES[sense]}', f'/c/{end}/{b}'
        if relation == 'ExternalURL':
            b, details = f'http://{end}.dbpedia.org/resource/{b[6:].title()}', URL % start
        elif start == end == 'en' and relation in ('AtLocation', 'UsedFor', 'IsA', 'RelatedTo'):
            name = b[6:].replace('_', ' ')
            details = OMCS % (number % 977, name, a[6:], a[6:], name, weight)
        else:
            details = WIKTIONARY % (end, end)
        lines.append(f'/a/[/r/{relation}/,{a}/,{b}/]\t/r/{relation}\t{a}\t{b}\t{{{details}}}\n')
    return lines


def write_assertions(path: Path, lines: int, seed: int = 0) -> int:
    """Write ``lines`` lines to ``path`` (.gz: compressed); returns the number of bytes before that."""
    total, partial = 0, path.with_name(path.name + '.part')
    rng = np.random.default_rng(seed)
    pairs = [(r, a, b, share * part) for r, share in RELATIONS for a, b, part in LANGUAGES]
    # ExternalURL's lines have one end: what they lack in English is made up by the others.
    english = .10 / (1 - .24)
    shares = np.array([s if r == 'ExternalURL' or not a == b == 'en' else s / .10 * english
                       for r, a, b, s in pairs])
    edges = np.round(np.cumsum(shares / shares.sum()) * lines).astype(np.int64)
    counts = np.diff(edges, prepend=0)
    opener = gzip.open(partial, 'wb', 6) if path.suffix == '.gz' else open(partial, 'wb')
    with opener as file:
        for (relation, start, end, _), count in zip(pairs, counts.tolist()):
            # In pieces, whose starts are sorted each: memory stays small whatever the file's size.
            for begin in range(0, count, 100_000):
                block = lines_of(relation, start, end, min(100_000, count - begin), rng)
                data = ''.join(block).encode()
                total += len(data)
                file.write(data)
    os.replace(partial, path)
    return total


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('file', type=Path)
    parser.add_argument('--lines', type=int, default=5_000_000)
    args = parser.parse_args()
    print(f'{write_assertions(args.file, args.lines):,} bytes')


if __name__ == '__main__':
    main()
