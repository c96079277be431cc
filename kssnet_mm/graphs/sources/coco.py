"""Labels of a COCO instances file."""
import json
import os
from typing import List, Optional, Sequence, Tuple, Union

from kssnet_mm.registry import TASK_UTILS

from ..label_graph import Matrix
from .targets import select, targets_from_sets

# The 80 categories by category id; ML-GCN's files have them in alphabetical order.
COCO_CLASSES = (
    'person', 'bicycle', 'car', 'motorcycle', 'airplane', 'bus', 'train', 'truck', 'boat',
    'traffic light', 'fire hydrant', 'stop sign', 'parking meter', 'bench', 'bird', 'cat', 'dog', 'horse',
    'sheep', 'cow', 'elephant', 'bear', 'zebra', 'giraffe', 'backpack', 'umbrella', 'handbag', 'tie',
    'suitcase', 'frisbee', 'skis', 'snowboard', 'sports ball', 'kite', 'baseball bat', 'baseball glove',
    'skateboard', 'surfboard', 'tennis racket', 'bottle', 'wine glass', 'cup', 'fork', 'knife', 'spoon',
    'bowl', 'banana', 'apple', 'sandwich', 'orange', 'broccoli', 'carrot', 'hot dog', 'pizza', 'donut',
    'cake', 'chair', 'couch', 'potted plant', 'bed', 'dining table', 'toilet', 'tv', 'laptop', 'mouse',
    'remote', 'keyboard', 'cell phone', 'microwave', 'oven', 'toaster', 'sink', 'refrigerator', 'book',
    'clock', 'vase', 'scissors', 'teddy bear', 'hair drier', 'toothbrush')


@TASK_UTILS.register_module()
class CocoLabels:
    """Which categories each image of a COCO ``instances_*.json`` holds.

    Args:
        ann_file: Path of the instances file.
        classes: Category names in any order. None: all of the file's, by category id.
        keep_unlabelled: Whether images without any of the classes count as samples.
        crowd: Whether an annotation of a crowd counts as the category's presence, as in ML-GCN.
    """

    def __init__(self, ann_file: Union[str, os.PathLike], classes: Optional[Sequence[str]] = None,
                 keep_unlabelled: bool = False, crowd: bool = True) -> None:
        self.ann_file, self.classes = ann_file, classes
        self.keep_unlabelled, self.crowd = keep_unlabelled, crowd

    def load(self) -> Tuple[List[str], Matrix]:
        """Labels (N) and targets (n x N uint8), images in the order of the file.

        Raises:
            ValueError: The file is no instances file, or an annotation names an unknown image or category.
        """
        name = os.fspath(self.ann_file)
        with open(name, encoding='utf-8') as file:
            try:
                content = json.load(file)
            except ValueError as error:
                raise ValueError(f'{name} is not json: {error}') from error
        missing = [key for key in ('images', 'annotations', 'categories')
                   if not isinstance(content, dict) or key not in content]
        if missing:
            raise ValueError(f'{name} has no {" and no ".join(missing)}; an instances file is needed')
        categories = sorted(content['categories'], key=lambda category: category['id'])
        position = {category['id']: index for index, category in enumerate(categories)}
        held = {image['id']: set() for image in content['images']}
        for annotation in content['annotations']:
            if annotation.get('iscrowd') and not self.crowd:
                continue
            try:
                held[annotation['image_id']].add(position[annotation['category_id']])
            except KeyError as error:
                raise ValueError(f'{name}: annotation {annotation.get("id")} names image or category '
                                 f'{error}, which the file does not have') from None
        labels = [category['name'] for category in categories]
        targets = targets_from_sets(list(held.values()), len(labels))
        return select(labels, targets, self.classes, self.keep_unlabelled, name)
