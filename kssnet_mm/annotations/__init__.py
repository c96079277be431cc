"""One reader for each format of annotations: COCO, VOC, Charades, tables, class lists.

Data sets, label sources and tools share these readers. They need numpy and the standard library, but neither torch
nor OpenMMLab.

A reader has an argument ``fault``: a function that is called with the kind, the place and a message if something is
wrong with a sample. The default raises a ValueError. If the function returns, as in the verify tool, the reader leaves
the sample or label out and goes on. A file that cannot be read as a whole is always an error. A place is ``file:line``
if the format has lines.
"""
