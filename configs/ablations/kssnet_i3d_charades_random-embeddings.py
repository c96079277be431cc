# Control: random label embeddings.
_base_ = ['../kssnet_i3d_charades.py']
model = dict(
    backbone=dict(
        gcn=dict(
            graph=dict(
                embedding=dict(_delete_=True, type='RandomEmbedding', dim=300),
                file='data/charades/label_graph_random.npz'))))
