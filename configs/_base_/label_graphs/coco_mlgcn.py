# ML-GCN's graph of MS-COCO: binarised and re-weighted statistics (t = 0.4, p = 0.25), no knowledge.
label_graph = dict(
    type='LabelGraphBuilder',
    statistical=dict(
        type='CooccurrenceGraph',
        source=dict(type='CocoLabels', ann_file='data/coco/annotations/instances_train2014.json'),
        estimator='mlgcn'),
    # the mean of a label's words, as in the papers, also where the file has the phrase ('hot-dog')
    embedding=dict(type='WordVectorEmbedding', file='data/knowledge/glove.840B.300d.txt', phrases=False),
    preset='mlgcn',
    file='data/coco/label_graph_mlgcn.npz')
