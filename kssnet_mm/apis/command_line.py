"""What all tools share: their common flags, and how an error of the user ends.

This module imports neither torch nor the frameworks, and a tool imports them after it has read its arguments, so
that ``--help`` answers at once.
"""
import argparse
import re
import sys
import traceback
from pathlib import Path
from typing import Callable, Optional, Union

from mmengine.config import DictAction

ROOT = str(Path(__file__).resolve().parents[1])
# Errors that say in a sentence what the user can do, where our own source raises them.
SENTENCES = (ValueError, RuntimeError, ImportError, KeyError, FloatingPointError)
# mmengine raises these while it looks up and calls what a config names.
BUILDING = ('mmengine/registry/build_functions.py', 'mmengine/config/lazy.py')


class Options(DictAction):
    """``--cfg-options``, with a sentence where a word has no ``=``."""

    def __call__(self, parser, namespace, values, option_string=None):
        wrong = [value for value in values if '=' not in value]
        if wrong:
            parser.error(f'{option_string} takes KEY=VALUE, got {wrong[0]!r}')
        super().__call__(parser, namespace, values, option_string)


def command_parser(description: str, options: bool = False, **settings) -> argparse.ArgumentParser:
    """A parser with ``--debug``, and with ``--cfg-options`` where a tool takes a config."""
    parser = argparse.ArgumentParser(description=description, **settings)
    if options:
        parser.add_argument('--cfg-options', nargs='+', action=Options, metavar='KEY=VALUE',
                            help='override settings of the config')
    parser.add_argument('--debug', action='store_true', help='show the whole traceback of an error')
    return parser


def number_or_path(text: str) -> Union[float, str]:
    """The value of a flag such as ``--thr``: a number where it reads as one, else a path."""
    try:
        return float(text)
    except ValueError:
        return text


def run_command(work: Callable[[argparse.Namespace], Optional[int]], args: argparse.Namespace) -> None:
    """Run a tool, whose exit code is what ``work`` returns.

    An error of the user ends in its sentence on the standard error and exit code 2; ``--debug`` shows where it was
    raised. Any other error is a fault of the program and keeps its traceback.
    """
    if hasattr(sys.stdout, 'reconfigure'):  # names of files may hold what the terminal's encoding does not
        sys.stdout.reconfigure(errors='backslashreplace')
    try:
        code = work(args)
    except Exception as error:
        sentence = None if args.debug else sentence_of(error)
        if sentence is None:
            raise
        print(f'error: {sentence}', file=sys.stderr)
        sys.exit(2)
    if code is not None:
        sys.exit(code)


def sentence_of(error: BaseException) -> Optional[str]:
    """What to tell the user instead of a traceback; None where the error is a fault of the program.

    Errors of the user are those that a ``raise`` in our own source raises, here or in a loader's worker, those of
    the operating system, and those of mmengine about what a config names.
    """
    if isinstance(error, OSError):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    place, line = (frames[-1].filename, frames[-1].line or '') if frames else ('', '')
    if place.replace('\\', '/').endswith(BUILDING):
        return str(error.args[0] if error.args else error).split(' More details ')[0]
    if isinstance(error, SENTENCES):
        if _is_ours(place) and line.startswith('raise'):
            return str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
        return _sentence_of_worker(str(error))
    return None


def _is_ours(place: str) -> bool:
    return place.startswith((ROOT, str(Path(sys.argv[0]).resolve())))


def _sentence_of_worker(text: str) -> Optional[str]:
    """torch raises the error of a loader's worker again, with its traceback as the text."""
    if not text.startswith('Caught '):
        return None
    trace, _, said = text.strip().rpartition('\n')
    frames = re.findall(r'File "(.*)", line \d+, in .*\n\s*(.*)', trace)
    kind, _, sentence = said.partition(': ')
    ours = frames and _is_ours(frames[-1][0]) and frames[-1][1].startswith('raise')
    return sentence if ours or kind.endswith('OSError') else None
