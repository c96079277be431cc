# KSSNet with our training for own data.
_base_ = ['_base_/models/kssnet_mobilenet-v2_coco-8k.py', '_base_/coco-8k_own-data.py']
graph_file = 'data/coco-8k/label_graph_rows.npz'
model = dict(
    backbone=dict(gcn=dict(last_std=0.01, graph=dict(statistical=dict(estimator='conditional'), file=graph_file))),
    # the backbone comes first and builds the file, which holds the frequencies
    head=dict(classifier=dict(prior=graph_file)))
