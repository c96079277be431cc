"""The fenced blocks of a page of the docs."""
import contextlib
import io
import re
import shlex

from shared_data import ROOT

FENCE = re.compile(r'^```(\w+)\n(.*?)^```$', re.MULTILINE | re.DOTALL)


def blocks(page):
    """(language, text) of each block of docs/<page>, in its order."""
    return FENCE.findall((ROOT / 'docs' / page).read_text(encoding='utf-8'))


def commands(text):
    """The words of each command of a block of bash."""
    lines = text.replace('\\\n', ' ').splitlines()
    return [shlex.split(line, comments=True) for line in lines if line.strip()]


def run_python(code, names):
    """Run a block as a cell of a notebook does; returns what it prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, 'page', 'exec'), names)
    return printed.getvalue()
