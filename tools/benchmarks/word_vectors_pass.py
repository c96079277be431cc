"""Time the search for labels' vectors in a file as large as GloVe's against ``wc -l``; measure its memory."""
import argparse
import shutil
import tempfile
from pathlib import Path

import numpy as np
from assertions_file import words
from fresh_process import describe, measure, median, ratios, shell, stay_on_core

SEARCH = '''
from kssnet_mm.graphs import WordVectorEmbedding

def run(arguments):
    file, labels = arguments
    return dict(shape=WordVectorEmbedding(file).build(labels).shape)
'''
COMMON = 'person dog cat car bus cup chair table book clock'.split()


def write_vectors(path: Path, count: int, size: int, seed: int = 0) -> int:
    """Write ``count`` lines in GloVe's format, ``size`` numbers of five digits each; returns the bytes."""
    rng = np.random.default_rng(seed)
    # A few hundred vectors over and over: to print numbers takes far longer than to read them.
    values = [' '.join(f'{value:.5g}' for value in row) for row in rng.normal(scale=.4, size=(500, size))]
    with open(path, 'w', encoding='utf-8') as file:
        for begin in range(0, count, 10_000):
            names = words('en', range(begin, min(begin + 10_000, count)))
            file.writelines(f'{name} {values[k % 500]}\n' for k, name in enumerate(names, begin))
    return path.stat().st_size


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--file', type=Path, help='vectors of English words as text; default: they are generated')
    parser.add_argument('--words', type=int, default=200_000, help='of the generated file; glove.840B has 2.2 million')
    parser.add_argument('--size', type=int, default=300)
    parser.add_argument('--labels', type=int, default=300, help='words to look up')
    parser.add_argument('--repeat', type=int, default=5)
    parser.add_argument('--core', type=int, default=0, help='both sides run on this core alone')
    args = parser.parse_args()
    stay_on_core(args.core)
    temporary = Path(tempfile.mkdtemp())
    try:
        file, labels = args.file, COMMON
        if file is None:
            file = temporary / 'vectors.txt'
            write_vectors(file, args.words, args.size)
            labels = words('en', np.linspace(0, args.words - 1, args.labels))
        size = file.stat().st_size
        theirs, ours = [], []
        for _ in range(args.repeat):
            theirs.append(shell(f'wc -l "{file}"'))
            ours.append(measure(SEARCH, [str(file), labels]))
        print(f'{size / 1e6:,.0f} MB of text; {ours[-1]["shape"][0]} labels looked up')
        for name, runs in (('wc -l', theirs), ('search', ours)):
            print(f'{describe(name, runs)}; {size / 1e6 / median(runs, "seconds"):,.0f} MB/s')
        print(ratios(ours, theirs))
    finally:
        shutil.rmtree(temporary)


if __name__ == '__main__':
    main()
