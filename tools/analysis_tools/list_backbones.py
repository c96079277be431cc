"""Write docs/backbones.md from the table of backbones that lateral connections were tried on."""
import argparse
from pathlib import Path

from kssnet_mm.models.backbone_table import BACKBONES
from kssnet_mm.utils.io import write_atomically

PAGE = Path(__file__).resolve().parents[2] / 'docs' / 'backbones.md'
START = """# Backbones

A lateral connection can follow any module of any backbone that gives a feature map. Write the dotted name of the
module into `stages`:

```python
backbone=dict(
    type='LabelGraphBackbone',
    backbone=dict(type='mmpretrain.SwinTransformer', arch='tiny'),
    gcn=dict(type='LabelGCN', num_classes=80, graph=...),
    stages=('stages.0', 'stages.1', 'stages.2'))
```

The channels of the modules and of the backbone's output are found by a short run on a small input when the model is
built. `gcn.out_channels` may therefore be left out. A name that cannot be used is an error that lists names to choose
from.

A backbone may give maps of images or clips, tokens, or pooled vectors. Tokens are averaged by the classifier, a class
token among them. The connection is applied to every token, to the class token too. Where a module or a backbone gives
a tuple or list for one output (tokens and their size, branches of an HRNet), the first entry is used.

For a backbone with several pathways set `pathways` both in the `LabelGraphBackbone` and in the head's classifier.

The table lists the backbones that the tests try, each with stages that make sense and their channels; the last column
of channels is that of the backbone's output. When a model is deployed, a connection is folded into the weights of the
layers that read its output, if they are all that read it. The others stay as constant matrix products.

| backbone | config | stages | channels | output | folded when deployed |
|---|---|---|---|---|---|
"""


def row(name: str) -> str:
    """One line of the table."""
    backbone = BACKBONES[name]
    options = ', '.join(f'{key}={value!r}' for key, value in backbone.config.items()
                        if isinstance(value, (str, int, float)) and not isinstance(value, bool) and key != 'type')
    config = f"`{backbone.config['type']}`" + (f' ({options})' if options else '')
    folded = [stage for stage in backbone.stages if stage in backbone.folded]
    told = 'all' if folded == list(backbone.stages) else ', '.join(f'`{stage}`' for stage in folded) or 'none'
    stages = ', '.join(f'`{stage}`' for stage in backbone.stages)
    *channels, output = backbone.channels
    return f"| {name} | {config} | {stages} | {', '.join(map(str, channels))} | {output} | {told} |"


def page() -> str:
    """The whole page."""
    return START + '\n'.join(row(name) for name in BACKBONES) + '\n'


if __name__ == '__main__':
    argparse.ArgumentParser(description=__doc__).parse_args()
    write_atomically(PAGE, page())
    print(f'{PAGE.relative_to(PAGE.parents[1])}: {len(BACKBONES)} backbones')
