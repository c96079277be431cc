"""Pascal VOC as a multi-label image data set."""
from typing import Dict, List

from mmpretrain.datasets import VOC

from kssnet_mm.graphs.sources.voc import VOC_CLASSES, read_objects
from kssnet_mm.registry import DATASETS

from .sample_policy import SamplePolicy

# Target of a class of which an image has only objects marked difficult.
DIFFICULT = dict(ignore=-1., negative=0., positive=1.)


@DATASETS.register_module()
class VOCMultiLabel(SamplePolicy, VOC):
    """mmpretrain's VOC (2007 and 2012) with a named policy for objects marked difficult.

    The target is ``gt_score`` (N,) of 1, 0 and -1, which mmpretrain's heads hand to the loss and our
    metric reads: ``MultiLabelBCELoss`` and the metric leave targets of -1 out. mmpretrain's own losses
    do not: choose another policy with them. A class with an object that is not difficult is 1 always.

    Args:
        data_root: Folder of a year, with ``JPEGImages``, ``Annotations`` and ``ImageSets/Main``.
        split: List in ``ImageSets/Main``: train, val, trainval or test.
        difficult: What a class is whose objects in the image are all difficult: 'ignore': -1, neither
            loss nor metric counts it (VOC's own evaluation, and ML-GCN's released code when it tests);
            'positive': 1 (ML-GCN's released code when it trains); 'negative': 0 (mmpretrain's training).
        keep_unlabelled: Whether images without a positive class stay. They do by default: an image with
            difficult objects alone is a negative for all other classes, and VOC counts it.
        **kwargs: ``on_bad_media`` of :class:`SamplePolicy`, and those of mmpretrain's ``VOC``.

    Raises:
        ValueError: ``difficult`` is something else, or an annotation is missing or malformed; names the
            file.
    """

    def __init__(self, data_root: str, split: str = 'trainval', difficult: str = 'ignore',
                 keep_unlabelled: bool = True, **kwargs) -> None:
        if difficult not in DIFFICULT:
            raise ValueError(f'difficult must be one of {sorted(DIFFICULT)}, got {difficult!r}')
        self.difficult = difficult
        super().__init__(data_root=data_root, split=split, keep_unlabelled=keep_unlabelled, **kwargs)

    def load_data_list(self) -> List[dict]:
        """One dict an image: img_path, img_id, gt_score (N floats), gt_label (its ones), line."""
        data, seen = [], {}
        with open(self.image_set_path, encoding='utf-8') as file:
            lines = [(number, line.split()[0]) for number, line in enumerate(file, 1) if line.strip()]
        for number, name in lines:
            where = f'{self.image_set_path}:{number}'
            if name in seen:
                self.fault('duplicate id', where, f'{name!r} was already on line {seen[name]}')
                continue
            seen[name] = number
            try:
                score = self._target(f'{self.ann_prefix}/{name}.xml')
            except ValueError as error:
                self.fault('malformed annotation', where, str(error))
                continue
            label = [i for i, value in enumerate(score) if value == 1]
            data.append(dict(img_path=f'{self.img_prefix}/{name}.jpg', img_id=name, gt_score=score,
                             gt_label=label, line=number))
        return self.labelled(data, 'gt_label', 'images', self.image_set_path)

    def _target(self, path: str) -> List[float]:
        """N values of 1, 0, -1 from one annotation."""
        position: Dict[str, int] = {name: i for i, name in enumerate(self.metainfo['classes'])}
        score = [0.] * len(position)
        # objects that are not difficult come last, so that they win
        for name, difficult in sorted(read_objects(path), key=lambda item: not item[1]):
            if name in position:
                score[position[name]] = DIFFICULT[self.difficult] if difficult else 1.
            elif name not in VOC_CLASSES:  # one of VOC's that metainfo.classes leaves out is no fault
                self.fault('unknown label', path, f'{name!r} is not a VOC class')
        return score
