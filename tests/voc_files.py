"""A small folder of Pascal VOC for tests."""
THING = '<object><name>{}</name><difficult>{}</difficult></object>'


def write_voc(root, images, split='trainval'):
    """Write a split and its annotations; ``images`` are lists of (class, 0 or 1 for difficult) by name."""
    for folder in ('ImageSets/Main', 'Annotations'):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / f'ImageSets/Main/{split}.txt').write_text(''.join(f'{name}\n' for name in images))
    for name, objects in images.items():
        things = ''.join(THING.format(*item) for item in objects)
        (root / f'Annotations/{name}.xml').write_text(f'<annotation>{things}</annotation>')
