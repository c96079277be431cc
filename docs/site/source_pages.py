"""Links to files of the repository that are no pages lead to pages that show their text."""
from pathlib import Path

from docutils import nodes
from pygments.lexers import get_lexer_for_filename
from pygments.util import ClassNotFound
from sphinx import addnodes
from sphinx.transforms import SphinxTransform

ROOT = Path(__file__).resolve().parents[2]


def page_name(path: Path) -> str:
    return f'source/{path.relative_to(ROOT).as_posix()}'


class SourceLinks(SphinxTransform):
    """Replaces such links. A path is relative to its page, or to the root of the repository as in README.md."""

    default_priority = 200  # before Sphinx takes the files for downloads

    def apply(self, **kwargs) -> None:
        for node in list(self.document.findall()):
            if isinstance(node, (addnodes.download_reference, addnodes.pending_xref)) and node['reftype'] == 'myst':
                found = self.source_file(node['reftarget'])
                if found:
                    self.env.source_pages = getattr(self.env, 'source_pages', set()) | {str(found)}
                    address = self.app.builder.get_relative_uri(self.env.docname, page_name(found))
                    node.replace_self(nodes.reference('', '', *node.children, refuri=address, internal=True))

    def source_file(self, target: str):
        for folder in (Path(self.env.doc2path(self.env.docname)).parent, ROOT):
            path = (folder / target).resolve()
            if path.is_file() and ROOT in path.parents and (path.suffix != '.md' or ROOT / 'docs' not in path.parents):
                return path
        return None


def source_pages(app):
    """Name, title and text, and template of each page."""
    for path in map(Path, sorted(getattr(app.env, 'source_pages', ()))):
        text, name = path.read_text(encoding='utf-8'), path.relative_to(ROOT).as_posix()
        try:
            language = get_lexer_for_filename(path.name).aliases[0]
        except ClassNotFound:
            language = 'text'
        code = app.builder.highlighter.highlight_block(text, language)
        yield page_name(path), dict(title=name, body=f'<h1>{name}</h1>{code}'), 'page.html'


def setup(app):
    app.add_transform(SourceLinks)
    app.connect('html-collect-pages', source_pages)
    return dict(parallel_read_safe=False)
