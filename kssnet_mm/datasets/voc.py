"""Pascal VOC as a multi-label image data set."""
from typing import List, Sequence, Tuple

from mmpretrain.datasets import VOC

from kssnet_mm.annotations.voc import VOC_CLASSES, read_images
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
        """One dict an image: img_path, img_id, gt_score (N floats), gt_label (its ones), where."""
        classes = self.metainfo['classes']
        # One of VOC's that metainfo.classes leaves out is no fault.
        images = read_images(self.image_set_path, self.ann_prefix, {*classes, *VOC_CLASSES}, self.fault)
        data = []
        for image in images:
            score = self._target(image.objects, classes)
            label = [i for i, value in enumerate(score) if value == 1]
            data.append(dict(img_path=f'{self.img_prefix}/{image.name}.jpg', img_id=image.name, gt_score=score,
                             gt_label=label, where=image.where))
        return self.labelled(data, 'gt_label', 'images', self.image_set_path)

    def _target(self, objects: Sequence[Tuple[str, bool]], classes: Sequence[str]) -> List[float]:
        """N values of 1, 0, -1 from (name, whether it is difficult) of each object."""
        easy = {name for name, difficult in objects if not difficult}
        hard = {name for name, difficult in objects if difficult}
        return [1. if name in easy else DIFFICULT[self.difficult] if name in hard else 0. for name in classes]
