"""Time the pass over ConceptNet's assertions against ``gzip -dc FILE | wc -l``; measure its memory."""
import argparse
import tempfile
from pathlib import Path

from assertions_file import words, write_assertions
from fresh_process import add_settings, compare

BUILD = '''
from kssnet_mm.graphs import ConceptNetGraph

def run(arguments):
    file, labels = arguments
    matrix, report = ConceptNetGraph(file=file, progress=False).build(labels)
    return dict(matches=report['matches'], entries=int(matrix.astype(bool).sum()))
'''


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--file', type=Path, help='assertions .gz; default: one is generated')
    parser.add_argument('--lines', type=int, default=5_000_000, help='of the generated file')
    args = add_settings(parser)
    with tempfile.TemporaryDirectory() as folder:
        file = args.file or Path(folder) / 'assertions.csv.gz'
        if not args.file:
            size = write_assertions(file, args.lines)
            print(f'generated {args.lines:,} lines, {size / 2**20:,.0f} MiB, '
                  f'{file.stat().st_size / 2**20:,.0f} MiB compressed', flush=True)
        run = compare(f'gzip -dc "{file}" | wc -l', BUILD, [str(file), words('en', range(args.labels))], args.repeat)
    print(f'{run["matches"]:,} matches, {run["entries"]:,} entries')


if __name__ == '__main__':
    main()
