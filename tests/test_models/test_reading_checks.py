"""Necks and heads that would take label embeddings for features are refused with what to set."""
import pytest
from mmengine.registry import DefaultScope

from kssnet_mm.models.reading_checks import check_readers
from kssnet_mm.registry import MODELS

BACKBONE = dict(type='LabelGraphBackbone', backbone=dict(type='mmpretrain.ResNet', depth=18),
                gcn=dict(type='LabelGCN', num_classes=5, in_channels=7))
HEAD = dict(type='KSSNetHead', num_classes=5, in_channels=512)
STOCK = dict(type='MultiLabelLinearClsHead', num_classes=5, in_channels=512)


@pytest.mark.parametrize('parts, message', [
    (dict(head=HEAD), None),
    (dict(backbone=BACKBONE['backbone'], neck=dict(type='GlobalAveragePooling'), head=STOCK), None),
    (dict(neck=dict(type='GlobalAveragePooling'), head=HEAD), 'the neck GlobalAveragePooling .*: set neck=None'),
    (dict(head=dict(HEAD, classifier=dict(type='LinearClassifier'))),
     r'the classifier LinearClassifier does not read .* or take the backbone inside'),
    (dict(head=dict(HEAD, classifier=dict(type='GraphLinearClassifier'))), 'the classifier GraphLinearClassifier'),
    (dict(head=dict(HEAD, classifier=dict(type='GraphLinearClassifier', embedding=True))), None),
    (dict(head=dict(HEAD, classifier=dict(type='RefinedClassifier', classifier=dict(type='LinearClassifier')))),
     'the classifier RefinedClassifier'),
    (dict(head=dict(HEAD, classifier=dict(type='RefinedClassifier'))), None),
    (dict(backbone=BACKBONE['backbone'], head=dict(HEAD, classifier=dict(type='LinearClassifier'))), None),
    (dict(head=STOCK), r"the head MultiLabelLinearClsHead .*: set head=dict\(type='KSSNetHead'"),
])
def test_images(parts, message):
    with DefaultScope.overwrite_default_scope('mmpretrain'):
        model = MODELS.build(dict(dict(type='ImageClassifier', backbone=BACKBONE), **parts))
    if message is None:
        check_readers(model)
    else:
        with pytest.raises(ValueError, match=message):
            check_readers(model)


@pytest.mark.parametrize('head, message', [
    (dict(type='TSNHead'), r"the head TSNHead .*: set cls_head=dict\(type='KSSNetVideoHead'"),
    (dict(type='TRNVideoHead'), 'the head TRNVideoHead does not read'),
    (dict(type='KSSNetVideoHead', classifier=dict(type='LinearClassifier')), 'the classifier LinearClassifier'),
])
def test_videos(head, message):
    with DefaultScope.overwrite_default_scope('mmaction'):
        model = MODELS.build(dict(type='Recognizer2D', backbone=BACKBONE, cls_head=dict(
            head, num_classes=5, in_channels=512)))
    with pytest.raises(ValueError, match=message):
        check_readers(model)
