"""Write the table of docs/backbones.md from the list of backbones that lateral connections were tried on."""
from pathlib import Path

from kssnet_mm.apis.command_line import command_parser, run_command
from kssnet_mm.models.backbone_table import BACKBONES
from kssnet_mm.utils.io import write_atomically

PAGE = Path(__file__).resolve().parents[2] / 'docs' / 'backbones.md'
HEAD = '| backbone | config | stages | channels | output | folded when deployed |\n|---|---|---|---|---|---|\n'


def row(name: str) -> str:
    """One line of the table."""
    backbone = BACKBONES[name]
    settings = {key: value for key, value in backbone.config.items() if key != 'type'}
    shown = [f'{key}={value!r}' for key, value in settings.items()
             if isinstance(value, (str, int, float)) and not isinstance(value, bool)]
    options = ', '.join(shown + ['...'] * (len(shown) < len(settings)))
    config = f"`{backbone.config['type']}`" + (f' ({options})' if options else '')
    folded = [stage for stage in backbone.stages if stage in backbone.folded]
    told = 'all' if folded == list(backbone.stages) else ', '.join(f'`{stage}`' for stage in folded) or 'none'
    stages = ', '.join(f'`{stage}`' for stage in backbone.stages)
    *channels, output = backbone.channels
    return f"| {name} | {config} | {stages} | {', '.join(map(str, channels))} | {output} | {told} |"


def page() -> str:
    """The page with its table, which is the last thing on it, written anew."""
    prose = PAGE.read_text(encoding='utf-8').partition(HEAD)[0]
    return prose + HEAD + '\n'.join(row(name) for name in BACKBONES) + '\n'


def main(args):
    write_atomically(PAGE, page())
    print(f'{PAGE.relative_to(PAGE.parents[1])}: {len(BACKBONES)} backbones')


if __name__ == '__main__':
    run_command(main, command_parser(__doc__).parse_args())
