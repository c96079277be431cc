# Control: random label embeddings.
_base_ = ['../kssnet_r101_coco.py']
model = dict(
    backbone=dict(
        gcn=dict(
            graph=dict(
                embedding=dict(_delete_=True, type='RandomEmbedding', dim=300),
                file='data/coco/label_graph_random.npz'))))
