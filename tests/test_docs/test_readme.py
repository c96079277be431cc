"""README and docs: their commands name files that exist, their links lead somewhere, and README's config builds."""
import re
import shlex

import pytest
from mmengine.registry import DefaultScope
from shared_data import ROOT

from kssnet_mm.apis import read_config
from kssnet_mm.registry import MODELS

README = ROOT / 'README.md'
PAGES = [README, *sorted((ROOT / 'docs').rglob('*.md'))]
# Every one of these folders is in the repository, so that what a command names below them has to exist.
OURS = ('tools/', 'configs/', 'tests/')
# ](target), of a page, a picture or a place, but not an address
LINK = re.compile(r'\]\((?![a-z]+:)([^)#\s]*)(#[^)\s]*)?\)')
IDS = [str(path.relative_to(ROOT)) for path in PAGES]


def blocks(path, language):
    """The fenced blocks of a page in one language."""
    return re.findall(rf'^```{language}\n(.*?)^```$', path.read_text(encoding='utf-8'), re.MULTILINE | re.DOTALL)


def commands(path):
    """The words of each command of a page, without comments."""
    for block in blocks(path, 'bash'):
        for line in block.replace('\\\n', ' ').splitlines():
            words = shlex.split(line, comments=True)
            if words:
                yield words


def anchor(heading):
    """The name that GitHub gives to a heading."""
    return re.sub(r'[^\w\- ]', '', heading.strip().lower()).replace(' ', '-')


@pytest.mark.parametrize('path', PAGES, ids=IDS)
def test_commands_name_files_that_exist(path):
    targets = set(re.findall(r'^(\w+):', (ROOT / 'Makefile').read_text(), re.MULTILINE))
    for words in commands(path):
        if words[0] == 'make':
            assert words[1] in targets, words
        for word in words:
            if word.startswith(OURS):
                assert (ROOT / word).exists(), word


@pytest.mark.parametrize('path', PAGES, ids=IDS)
def test_links_lead_to_files_and_headings(path):
    for target, place in LINK.findall(path.read_text(encoding='utf-8')):
        found = path.parent / target if target else path
        assert found.exists(), target
        if place:
            headings = re.findall(r'^#+ (.*)$', found.read_text(encoding='utf-8'), re.MULTILINE)
            assert place[1:] in map(anchor, headings), f'{target}{place}'


def test_every_page_is_in_an_index():
    for folder in ('docs', 'docs/api', 'docs/notes'):
        index = ROOT / folder / 'README.md'
        linked = {target for target, _ in LINK.findall(index.read_text(encoding='utf-8'))}
        assert {path.name for path in index.parent.glob('*.md')} - {'README.md', 'index.md'} <= linked, folder


def test_readme_runs_what_it_shows():
    shown = [' '.join(words) for words in commands(README)]
    assert 'make demo' in shown and 'make test' in shown
    assert sum(command.startswith('python tools/') for command in shown) >= 8


def test_the_config_of_readme_builds(tmp_path):
    """With the graph of the block left out, whose files are not at hand."""
    block, = blocks(README, 'python')
    (tmp_path / 'mine.py').write_text(block)
    cfg = read_config(str(tmp_path / 'mine.py'))
    assert cfg.model.backbone.gcn.pop('graph').type == 'LabelGraphBuilder'
    assert cfg.custom_imports.imports == ['kssnet_mm'] and cfg.optim_wrapper  # from the base
    with DefaultScope.overwrite_default_scope(cfg.default_scope):
        model = MODELS.build(cfg.model)
    assert model.backbone.gcn.out_channels == (256, 512, 1024, 2048) and model.neck is None
    assert tuple(model.backbone.stages) == ('layer1', 'layer2', 'layer3')
