"""Write a file in the format of ConceptNet's assertions dump, as large as asked for, always the same."""
import gzip
import os
from pathlib import Path

import numpy as np

from kssnet_mm.apis.command_line import command_parser, run_command

DETAILS = ('{"dataset": "/d/wiktionary/%s", "license": "cc:by-sa/4.0", "sources": [{"contributor": '
           '"/s/resource/wiktionary/%s", "process": "/s/process/wikiparsec/2"}], "weight": %s}')
RELATIONS = ('AtLocation', 'DerivedFrom', 'FormOf', 'IsA', 'RelatedTo', 'Synonym', 'UsedFor')
# Languages of the two ends and their share: one line in ten has English at both.
LANGUAGES = (('en', 'en', .10), ('en', 'fr', .12), ('ja', 'en', .13), ('fr', 'fr', .40), ('ja', 'ja', .25))
LATIN = tuple(a + b for a in 'bcdfglmnprstv' for b in 'aeiou')
SYLLABLES = dict(en=LATIN, fr=LATIN + ('é', 'è', 'ça'), ja=tuple('かきくけこさしすせそたちつてと山川田本日月火水木金土人'))
SENSES = ('', '', '', '/n', '/v', '/n/wn/artifact', '/n/wikt/en_1')


def words(language: str, indices) -> list:
    """Words by number: the digits of the number are syllables, so that near numbers sort together."""
    syllables, names = SYLLABLES[language], []
    for index in map(int, indices):
        parts = []
        for _ in range(3):
            index, digit = divmod(index, len(syllables))
            parts.append(syllables[digit])
        names.append(''.join(reversed(parts)) + ('' if not index else '_' + syllables[index % len(syllables)]))
    return names


def lines_of(relation: str, start: str, end: str, count: int, rng: np.random.Generator) -> str:
    """``count`` lines of one relation between two languages, in the order of their start."""
    # The third power makes hubs: the first 300 of 400,000 concepts are an end of one line in eleven.
    first, second = (rng.random((2, count))**3 * 400_000).astype(np.int64)
    ends = zip(words(start, np.sort(first)), words(end, second), rng.choice(SENSES, count),
               rng.choice(['1.0', '2.0', '2.828', '0.5'], count))
    return ''.join(f'/a/[/r/{relation}/,/c/{start}/{a}{sense}/,/c/{end}/{b}/]\t/r/{relation}\t/c/{start}/{a}{sense}\t'
                   f'/c/{end}/{b}\t{DETAILS % (end, end, weight)}\n' for a, b, sense, weight in ends)


def write_assertions(path: Path, lines: int, seed: int = 0) -> int:
    """Write ``lines`` lines to ``path`` (.gz: compressed); returns the number of bytes before that."""
    total, partial, rng = 0, path.with_name(path.name + '.part'), np.random.default_rng(seed)
    parts = [(relation, *languages) for relation in RELATIONS for languages in LANGUAGES]
    edges = np.round(np.cumsum([part[-1] for part in parts]) / len(RELATIONS) * lines).astype(int)
    with gzip.open(partial, 'wb', 6) if path.suffix == '.gz' else open(partial, 'wb') as file:
        for (relation, start, end, _), count in zip(parts, np.diff(edges, prepend=0).tolist()):
            # In pieces, whose starts are sorted each: memory stays small whatever the file's size.
            for begin in range(0, count, 100_000):
                total += file.write(lines_of(relation, start, end, min(100_000, count - begin), rng).encode())
    os.replace(partial, path)
    return total


def parse_args():
    parser = command_parser(__doc__)
    parser.add_argument('file', type=Path)
    parser.add_argument('--lines', type=int, default=5_000_000)
    return parser.parse_args()


def main(args):
    print(f'{write_assertions(args.file, args.lines):,} bytes')


if __name__ == '__main__':
    run_command(main, parse_args())
