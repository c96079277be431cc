# What the training, the GCN, the connections and the graph are worth on 500, 2,000 and 6,000 photographs of COCO, with
# 2,000 to test. docs/experiments.md says how the files are made and how the learning rates were chosen.
title = 'coco-8k: MobileNetV2 at 128 x 128, the first two stages frozen'
protocols = ('mAP', 'wAP', 'CF1', 'OF1')
_plain, _own = 'configs/mobilenet-v2_coco-8k.py', 'configs/mobilenet-v2_coco-8k_own-data.py'
_kssnet, _shared = ('configs/kssnet_mobilenet-v2_coco-8k_own-data.py',
                    'configs/shared-weights_mobilenet-v2_coco-8k_own-data.py')
_paper = 'configs/kssnet_mobilenet-v2_coco-8k_paper.py'
_epochs = {500: 30, 2000: 15, 6000: 8}
_gcn = 'model.backbone.gcn'


def _options(number, config):
    """What the rows of so many photographs share."""
    epochs, warm_up = _epochs[number], _epochs[number] // 5
    options = {'train_dataloader.dataset.indices': number, 'train_cfg.max_epochs': epochs,
               'train_cfg.val_interval': epochs}
    if config.endswith('own-data.py'):
        options.update({'param_scheduler.0.end': warm_up, 'param_scheduler.1.begin': warm_up})
    return options


def _controls(name, config, graph):
    return [(name, config, {}), (f'{name}, A = I', config, {f'{graph}.control': 'identity'}),
            (f'{name}, labels shuffled', config, {f'{graph}.control': 'shuffle'})]


# KSSNet with the weights of its classifier and its embeddings shared over the graph of the shared weights
_both = ('KSSNet, weights shared', _kssnet, {
    'model.head.classifier': dict(
        _delete_=True, type='GraphLinearClassifier', dropout=0.5, eta=0.3, embedding=True, graph=dict(
            type='LabelGraphBuilder', preset='mlgcn', labels='data/coco-8k/classes.txt', statistical=dict(
                type='CooccurrenceGraph', estimator='conditional',
                source=dict(type='LabelTable', file='data/coco-8k/label_rows.npz'))))})
_base = [('plain', _plain, {}), ('plain, own-data training', _own, {})]
_arms = [*_base, *_controls('shared weights', _shared, 'model.head.classifier.graph'),
         *_controls('KSSNet', _kssnet, f'{_gcn}.graph'), _both]
_parts = [
    ("KSSNet, the paper's settings", _paper, {}),
    ('KSSNet, LC without GCN', _kssnet, {
        _gcn: dict(_delete_=True, type='LabelEmbedding', num_classes=80, out_channels=(96, 320, 1280), std=0.01)}),
    ('KSSNet, GCN without LC', _kssnet, {'model.backbone.stages': ()}),
]
rows = [dict(name=f'{number}, {name}', config=config, options=dict(_options(number, config), **options))
        for number, arms in ((2000, _arms + _parts), (500, _arms), (6000, [*_base, _arms[2], _arms[5]]))
        for name, config, options in arms]
