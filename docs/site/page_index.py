"""The site's contents, taken from the pages' own indexes, so that a page is listed in one place."""
import re
from pathlib import Path

from sphinx.util.docutils import SphinxDirective

SECTION = re.compile(r'^#+ (.*)$', re.MULTILINE)
PAGE = re.compile(r'^\| *\[[^\]]*\]\(([^):#]+)\.md\)', re.MULTILINE)


class PageIndex(SphinxDirective):
    """`{page-index} README.md notes/README.md`: a table of contents for each section with pages.

    A section's pages are the links in the first column of its tables. The index itself comes first.
    """

    required_arguments = 1
    final_argument_whitespace = True

    def run(self):
        contents = []
        for index in self.arguments[0].split():
            path = Path(self.env.srcdir) / index
            self.env.note_dependency(str(path))
            text = path.read_text(encoding='utf-8')
            pages = [Path(index).with_suffix('').as_posix()]
            headings = list(SECTION.finditer(text)) + [None]
            for heading, following in zip(headings, headings[1:]):
                part = text[heading.end():following.start() if following else None]
                pages += [(Path(index).parent / page).as_posix() for page in PAGE.findall(part)]
                if len(pages) > 1:
                    contents.append('\n'.join(['```{toctree}', ':hidden:', f':caption: {heading[1]}', '', *pages, '```']))
                    pages = []
        return self.parse_text_to_nodes('\n\n'.join(contents))


def setup(app):
    app.add_directive('page-index', PageIndex)
    return dict(parallel_read_safe=True)
