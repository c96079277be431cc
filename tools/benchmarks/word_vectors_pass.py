"""Time the search for labels' vectors in a file as large as GloVe's against ``wc -l``; measure its memory."""
import argparse
import tempfile
from pathlib import Path

import numpy as np
from assertions_file import words
from fresh_process import add_settings, compare

SEARCH = '''
from kssnet_mm.graphs import WordVectorEmbedding

def run(arguments):
    file, labels = arguments
    return dict(shape=WordVectorEmbedding(file).build(labels).shape)
'''
COMMON = 'person dog cat car bus cup chair table book clock'.split()


def write_vectors(path: Path, count: int, size: int) -> None:
    """Write ``count`` lines in GloVe's format, ``size`` numbers of five digits each."""
    # A few hundred vectors over and over: to print numbers takes far longer than to read them.
    rows = np.random.default_rng(0).normal(scale=.4, size=(500, size))
    values = [' '.join(f'{value:.5g}' for value in row) for row in rows]
    with open(path, 'w', encoding='utf-8') as file:
        file.writelines(f'{name} {values[k % 500]}\n' for k, name in enumerate(words('en', range(count))))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--file', type=Path, help='vectors of English words as text; default: they are generated')
    parser.add_argument('--words', type=int, default=200_000, help='of the generated file; glove.840B has 2.2 million')
    parser.add_argument('--size', type=int, default=300)
    args = add_settings(parser)
    with tempfile.TemporaryDirectory() as folder:
        file, labels = args.file or Path(folder) / 'vectors.txt', COMMON
        if not args.file:
            write_vectors(file, args.words, args.size)
            labels = words('en', np.linspace(0, args.words - 1, args.labels))
        size = file.stat().st_size / 1e6
        run = compare(f'wc -l "{file}"', SEARCH, [str(file), labels], args.repeat)
    print(f'{run["shape"][0]} labels looked up in {size:,.0f} MB of text, {size / run["seconds"]:,.0f} MB/s')


if __name__ == '__main__':
    main()
