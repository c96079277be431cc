"""Time the pass over ConceptNet's assertions against ``gzip -dc FILE | wc -l``; measure its memory."""
import argparse
import shutil
import tempfile
from pathlib import Path

from assertions_file import words, write_assertions
from fresh_process import describe, measure, ratios, shell, stay_on_core

BUILD = '''
from kssnet_mm.graphs import ConceptNetGraph

def run(arguments):
    settings, labels = arguments
    matrix, report = ConceptNetGraph(progress=False, **settings).build(labels)
    return dict(lines=report['lines'], matches=report['matches'], entries=int(matrix.astype(bool).sum()))
'''


def build(labels: list, **settings) -> dict:
    """One build in a fresh process."""
    return measure(BUILD, [settings, labels])


def found(run: dict) -> str:
    return f'{run["matches"]:,} matches, {run["entries"]:,} entries'


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--file', type=Path, help='assertions .gz; default: one is generated')
    parser.add_argument('--lines', type=int, default=5_000_000, help='of the generated file')
    parser.add_argument('--labels', type=int, default=300)
    parser.add_argument('--repeat', type=int, default=5)
    parser.add_argument('--core', type=int, default=0, help='both sides run on this core alone')
    args = parser.parse_args()
    stay_on_core(args.core)
    temporary = Path(tempfile.mkdtemp())
    try:
        file = args.file
        if file is None:
            file = temporary / 'assertions.csv.gz'
            size = write_assertions(file, args.lines)
            print(f'generated {args.lines:,} lines, {size / 2**20:,.0f} MiB, '
                  f'{file.stat().st_size / 2**20:,.0f} MiB compressed', flush=True)
        labels = words('en', range(args.labels))
        theirs, ours = [], []
        for _ in range(args.repeat):
            theirs.append(shell(f'gzip -dc "{file}" | wc -l'))
            ours.append(build(labels, file=str(file)))
        print(describe('gzip -dc | wc -l', theirs))
        print(f'{describe("pass", ours)}; {found(ours[-1])}')
        print(ratios(ours, theirs))
    finally:
        shutil.rmtree(temporary)


if __name__ == '__main__':
    main()
