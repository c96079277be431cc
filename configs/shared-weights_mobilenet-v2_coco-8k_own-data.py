# The plain MobileNetV2 with our training for own data; its linear classifier shares its weights over the graph of
# all labelled COCO training images but the test photographs.
_base_ = ['mobilenet-v2_coco-8k_own-data.py']
model = dict(
    head=dict(
        classifier=dict(
            _delete_=True,
            type='GraphLinearClassifier',
            dropout=0.5,
            eta=0.3,
            graph=dict(
                type='LabelGraphBuilder',
                preset='mlgcn',
                statistical=dict(
                    type='CooccurrenceGraph',
                    source=dict(type='LabelTable', file='data/coco-8k/label_rows.npz'),
                    estimator='conditional'),
                labels='data/coco-8k/classes.txt'))))
