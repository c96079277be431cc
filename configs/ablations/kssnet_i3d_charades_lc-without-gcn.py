# Control: lateral connections and classifier on free label embeddings, no GCN.
_base_ = ['../kssnet_i3d_charades.py']
model = dict(
    backbone=dict(
        gcn=dict(
            _delete_=True, type='LabelEmbedding', num_classes=157, out_channels=(192, 480, 832, 1024))))
