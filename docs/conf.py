"""The pages of this folder as a site: `make docs`. The parts of its own are in docs/site."""
import sys
from pathlib import Path

DOCS = Path(__file__).parent
sys.path[:0] = [str(DOCS / 'site'), str(DOCS.parent)]

project = html_title = 'kssnet_mm'
root_doc = 'index'
exclude_patterns = ['_build', 'site']
extensions = [
    'myst_parser', 'sphinx.ext.autodoc', 'sphinx.ext.napoleon', 'sphinx.ext.viewcode',
    'config_index', 'package_reference', 'page_index', 'source_pages'
]
html_theme = 'furo'
html_static_path = ['site/static']
html_css_files = ['wide.css']
smartquotes_action = 'De'  # dashes and ellipses: the quotes of arch='tiny' and A' stay as they are
html_show_sourcelink = html_show_copyright = False
myst_heading_anchors = 4
napoleon_use_ivar = True  # a dataclass describes its fields itself
napoleon_use_rtype = False  # 'Returns: The names: ...' is one sentence, and 'The names' no type
autodoc_typehints = 'description'
autodoc_typehints_description_target = 'documented'
autodoc_default_options = {'special-members': '__call__'}
autodoc_inherit_docstrings = False
autodoc_preserve_defaults = True
