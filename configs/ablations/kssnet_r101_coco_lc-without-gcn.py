# Control: lateral connections and classifier on free label embeddings, no GCN.
_base_ = ['../kssnet_r101_coco.py']
model = dict(
    backbone=dict(
        gcn=dict(
            _delete_=True, type='LabelEmbedding', num_classes=80, out_channels=(256, 512, 1024, 2048))))
