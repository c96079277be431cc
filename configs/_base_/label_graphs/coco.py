# The label graph of MS-COCO with the paper's settings: lam 0.4, tau 0.02, eta 0.4.
label_graph = dict(
    type='LabelGraphBuilder',
    statistical=dict(
        type='CooccurrenceGraph',
        source=dict(type='CocoLabels', ann_file='data/coco/annotations/instances_train2014.json'),
        estimator='mlgcn'),
    knowledge=dict(
        type='ConceptNetGraph', file='data/knowledge/conceptnet-assertions-5.7.0.csv.gz'),
    # the mean of a label's words, as in the papers, also where the file has the phrase ('hot-dog')
    embedding=dict(type='WordVectorEmbedding', file='data/knowledge/glove.840B.300d.txt', phrases=False),
    preset='paper_coco',
    file='data/coco/label_graph.npz')
