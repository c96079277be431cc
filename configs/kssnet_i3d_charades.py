# KSSNet on Charades with the paper's backbone and settings: Inception-I3D, lam 0.6, tau 0.03, eta 0.4,
# 64 segments of one frame, GCN and LC at ten times the backbone's rate.
_base_ = [
    '_base_/models/kssnet_i3d.py', '_base_/datasets/charades_64x224.py',
    '_base_/schedules/charades_adam.py', '_base_/runtimes/video.py'
]
model = dict(
    backbone=dict(
        gcn=dict(
            graph=dict(
                type='LabelGraphBuilder',
                statistical=dict(
                    type='CooccurrenceGraph',
                    source=dict(
                        type='CharadesLabels',
                        ann_file='data/charades/Charades_v1_train.csv',
                        class_file='data/charades/Charades_v1_classes.txt',
                        mapping_file='data/charades/Charades_v1_mapping.txt',
                        object_file='data/charades/Charades_v1_objectclasses.txt',
                        verb_file='data/charades/Charades_v1_verbclasses.txt'),
                    estimator='mlgcn'),
                knowledge=dict(
                    type='ConceptNetGraph', file='data/knowledge/conceptnet-assertions-5.7.0.csv.gz'),
                embedding=dict(
                    type='WordVectorEmbedding',
                    file='data/knowledge/numberbatch-en-19.08.txt.gz',
                    normalize=True),
                preset='paper_charades',
                file='data/charades/label_graph.npz'))))
