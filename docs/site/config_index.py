"""A table of the configs, from the metafiles that model-index.yml names and, without one, from the first comments."""
import re
from itertools import takewhile
from pathlib import Path

import yaml
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).resolve().parents[2]


def metafile_models():
    """Config -> its entry in a metafile, in the form that mim reads."""
    index = ROOT / 'model-index.yml'
    files = yaml.safe_load(index.read_text(encoding='utf-8'))['Import'] if index.exists() else []
    entries = [yaml.safe_load((ROOT / file).read_text(encoding='utf-8')) for file in files]
    return {ROOT / model['Config']: model for entry in entries for model in entry.get('Models') or []}


def first_comment(path: Path) -> str:
    """The lines of # at the top; without any, the parts that the config is put together from."""
    text = path.read_text(encoding='utf-8')
    lines = takewhile(lambda line: line.startswith('#'), text.splitlines())
    return ' '.join(line.lstrip('# ') for line in lines) or ', '.join(re.findall(r"'(?:_base_/)?([^']+)\.py'", text))


def title(path: Path) -> str:
    """The title of a table of experiments."""
    return re.search(r"^title = '(.*)'$", path.read_text(encoding='utf-8'), re.MULTILINE)[1]


def count(number, unit: float) -> str:
    return f'{number / unit:.2f}' if isinstance(number, (int, float)) else ''


def metafile_cells(model: dict) -> str:
    """Data, parameters, FLOPs and results of a metafile's entry, as cells of a table."""
    meta, results = model.get('Metadata') or {}, model.get('Results') or []
    data = ', '.join(sorted({result['Dataset'] for result in results}))
    found = ', '.join(f'{name} {value}' for result in results for name, value in (result.get('Metrics') or {}).items())
    return f' {data} | {count(meta.get("Parameters"), 1e6)} | {count(meta.get("FLOPs"), 1e9)} | {found} |'


class ConfigIndex(SphinxDirective):
    """`{config-index}`: the configs of trainings, then the tables of experiments."""

    has_content = True  # what a reader of the page's source sees instead

    def run(self):
        models = metafile_models()
        configs = [path for path in sorted((ROOT / 'configs').rglob('*.py'))
                   if not {'_base_', 'tables'} & set(path.relative_to(ROOT).parts)]
        lines = ['| config | what it trains | data | parameters (M) | FLOPs (G) | results (%) |', '|---|---|---|---|---|---|']
        lines = lines if models else ['| config | what it trains |', '|---|---|']
        for path in configs:
            row = f'| {self.link(path)} | {first_comment(path)} |'
            if models:
                row += metafile_cells(models.get(path, {}))
            lines.append(row)
        lines += ['', '| table | what it compares |', '|---|---|']
        lines += [f'| {self.link(path)} | {title(path)}. {first_comment(path)} |'
                  for path in sorted((ROOT / 'configs' / 'tables').glob('*.py'))]
        return self.parse_text_to_nodes('\n'.join(lines))

    @staticmethod
    def link(path: Path) -> str:
        return f'[{path.stem}](../{path.relative_to(ROOT).as_posix()})'


def setup(app):
    app.add_directive('config-index', ConfigIndex)
    return dict(parallel_read_safe=True)
