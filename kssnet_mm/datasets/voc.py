"""Pascal VOC as a multi-label image data set."""
import os.path as osp
from typing import List, Sequence, Union

from mmpretrain.datasets import VOC

from kssnet_mm.annotations.class_list import class_names
from kssnet_mm.annotations.voc import DIFFICULT, read_images, targets_of
from kssnet_mm.registry import DATASETS

from .image_names import ImageNames
from .sample_policy import SamplePolicy

OFFICIAL = ('train', 'val', 'trainval', 'test')


@DATASETS.register_module()
class VOCMultiLabel(SamplePolicy, VOC):
    """mmpretrain's VOC (2007 and 2012) with a named policy for objects marked difficult.

    The target is ``gt_score`` (N,) of 1, 0 and -1, which mmpretrain's heads hand to the loss and our
    metric reads: ``MultiLabelBCELoss`` and the metric leave targets of -1 out. mmpretrain's own losses
    do not: choose another policy with them. A class with an object that is not difficult is 1 always.

    Args:
        data_root: Folder of a year, or one of the same layout, with ``JPEGImages``, ``Annotations`` and
            ``ImageSets/Main``. Images may be .jpg, .png, .bmp, ...
        split: List in ``ImageSets/Main``: train, val, trainval, test or any other.
        classes: Own names, or a class list file, in the order wanted. None: VOC's twenty.
        left_out: Names of objects that are no class here. If all classes are VOC's, the others of VOC's are left out.
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

    def __init__(self, data_root: str, split: str = 'trainval', classes: Union[str, Sequence[str], None] = None,
                 left_out: Sequence[str] = (), difficult: str = 'ignore', keep_unlabelled: bool = True,
                 **kwargs) -> None:
        if difficult not in DIFFICULT:
            raise ValueError(f'difficult must be one of {sorted(DIFFICULT)}, got {difficult!r}')
        if isinstance(left_out, str):
            raise ValueError(f'left_out must be a list of names, got {left_out!r}')
        self.difficult, self.left_out = difficult, left_out
        if classes is not None:
            names = class_names(osp.join(data_root, classes) if isinstance(classes, str) else classes)
            kwargs['metainfo'] = dict(kwargs.get('metainfo') or {}, classes=tuple(names))
        if split not in OFFICIAL and not kwargs.get('image_set_path'):
            # mmpretrain's class takes no other names of splits, but any list
            kwargs['image_set_path'] = osp.join('ImageSets', 'Main', f'{split}.txt')
            split = ''
        super().__init__(data_root=data_root, split=split, keep_unlabelled=keep_unlabelled, **kwargs)

    def load_data_list(self) -> List[dict]:
        """One dict an image: img_path, img_id, gt_score (N floats), gt_label (its ones), where."""
        classes = self.metainfo['classes']
        images = read_images(self.image_set_path, self.ann_prefix, classes, self.fault, self.left_out)
        data, files = [], ImageNames(self.img_prefix)
        for image in images:
            try:
                path = files.path(image.name)
            except ValueError as error:
                self.fault('duplicate media', image.where, str(error))
                continue
            score = [float(value) for value in targets_of(image.objects, classes, self.difficult)]
            label = [i for i, value in enumerate(score) if value == 1]
            data.append(dict(img_path=path, img_id=image.name, gt_score=score, gt_label=label, where=image.where))
        return self.labelled(data, 'gt_label', 'images', self.image_set_path)
