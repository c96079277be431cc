"""One reader a format of annotations: COCO, VOC, Charades, tables, class lists.

Data sets, label sources of graphs, and tools share them. They lie below ``graphs`` and ``datasets``, so that both
may import them; they know numpy and the standard library alone, no torch and no OpenMMLab.

A reader takes ``fault``, which is called with kind, place and message of what is wrong with a sample. It raises by
default; where it returns, as in the verify tool, the reader leaves out what is wrong and goes on. What makes a file
unreadable as a whole is raised always. A place is ``file:line`` where the format has lines.
"""
