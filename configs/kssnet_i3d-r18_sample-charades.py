# KSSNet on ResNet3d-18 and the sample videos.
_base_ = [
    '_base_/models/kssnet_i3d-r18.py', '_base_/datasets/sample_charades.py',
    '_base_/schedules/sample.py', '_base_/runtimes/video.py'
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
                        ann_file='data/sample/charades/Charades_v1_train.csv',
                        class_file='data/sample/charades/Charades_v1_classes.txt',
                        mapping_file='data/sample/charades/Charades_v1_mapping.txt',
                        object_file='data/sample/charades/Charades_v1_objectclasses.txt',
                        verb_file='data/sample/charades/Charades_v1_verbclasses.txt'),
                    estimator='mlgcn'),
                knowledge=dict(
                    type='ConceptNetGraph', file='data/sample/knowledge/conceptnet-assertions.csv.gz'),
                embedding=dict(
                    type='WordVectorEmbedding',
                    file='data/sample/knowledge/vectors.txt',
                    normalize=True),
                preset='paper_charades',
                file='data/sample/label_graph_charades.npz'))))
train_cfg = dict(max_epochs=6, val_interval=6)
auto_scale_lr = dict(base_batch_size=16)
