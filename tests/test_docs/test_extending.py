"""The examples of docs/extending.md run as they stand there and print what the page says."""
import contextlib
import io
import re

import pytest
from mmengine.registry import DefaultScope
from shared_data import ROOT

from kssnet_mm.evaluation.functional import PROTOCOLS

PAGE = ROOT / 'docs/extending.md'
BLOCK = re.compile(r'^```python\n(.*?)^```\n\n```text\n(.*?)^```$', re.MULTILINE | re.DOTALL)


def examples():
    """(heading, code, what it prints) of each part of the page that shows an output."""
    for part in PAGE.read_text(encoding='utf-8').split('\n## ')[1:]:
        found = BLOCK.search(part)
        assert found, part.splitlines()[0]
        yield pytest.param(*found.groups(), id=part.splitlines()[0])


@pytest.fixture(autouse=True)
def protocols_as_before():
    before = dict(PROTOCOLS)
    yield
    PROTOCOLS.clear()
    PROTOCOLS.update(before)


def test_the_page_shows_each_kind_of_part():
    assert [example.id for example in examples()] == [
        'A backbone', 'A source of labels for the graph', 'A loss', 'A metric protocol', 'A data set']


@pytest.mark.parametrize('code, printed', examples())
def test_an_example_prints_what_the_page_says(code, printed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    output = io.StringIO()
    # the scope of a user of mmpretrain, whatever a test before this one has left
    with contextlib.redirect_stdout(output), DefaultScope.overwrite_default_scope('mmpretrain'):
        exec(compile(code, str(PAGE), 'exec'), {'__name__': 'example'})
    assert output.getvalue() == printed
