"""A table of the configs, from the metafiles that model-index.yml names and, without one, from the first comments."""
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
    lines = []
    for line in path.read_text(encoding='utf-8').splitlines():
        if not line.startswith('#'):
            break
        lines.append(line.lstrip('# '))
    return ' '.join(lines)


def count(number, unit: float) -> str:
    return f'{number / unit:.2f}' if isinstance(number, (int, float)) else ''


class ConfigIndex(SphinxDirective):
    """`{config-index}`: the configs of trainings, then the tables of experiments."""

    has_content = True  # what a reader of the page's source sees instead

    def run(self):
        models = metafile_models()
        lines = ['| config | what it trains | data | parameters (M) | GFLOPs |', '|---|---|---|---|---|']
        configs = [path for path in sorted((ROOT / 'configs').rglob('*.py'))
                   if not {'_base_', 'tables'} & set(path.relative_to(ROOT).parts)]
        for path in configs:
            model = models.get(path, {})
            meta = model.get('Metadata') or {}
            data = ', '.join(sorted({result['Dataset'] for result in model.get('Results') or []}))
            lines.append(f'| {self.link(path)} | {first_comment(path)} | {data} '
                         f'| {count(meta.get("Parameters"), 1e6)} | {count(meta.get("FLOPs"), 1e9)} |')
        lines += ['', '| table | remark |', '|---|---|']
        lines += [f'| {self.link(path)} | {first_comment(path)} |'
                  for path in sorted((ROOT / 'configs' / 'tables').glob('*.py'))]
        return self.parse_text_to_nodes('\n'.join(lines))

    @staticmethod
    def link(path: Path) -> str:
        return f'[{path.stem}](../{path.relative_to(ROOT).as_posix()})'


def setup(app):
    app.add_directive('config-index', ConfigIndex)
    return dict(parallel_read_safe=True)
