# The paper's Charades schedule: Adam, 1e-4 and ten times that for the GCN, of which its lateral
# connections are taken as a part, weight decay 1e-4 but none on biases, batch 16. A GCN with biases,
# which the paper does not have, would decay them: mmengine's custom_keys go before bias_decay_mult.
# The paper states no number of epochs and no decay of the rate; 60 epochs at a constant rate are our
# choice.
optim_wrapper = dict(
    optimizer=dict(type='Adam', lr=1e-4, betas=(0.9, 0.999), weight_decay=1e-4),
    paramwise_cfg=dict(
        bias_decay_mult=0.0,
        custom_keys={
            'backbone.gcn': dict(lr_mult=10.0),
            'backbone.laterals': dict(lr_mult=10.0),
        }))
param_scheduler = []
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=60, val_begin=1, val_interval=1)
val_cfg = dict()
test_cfg = dict()
auto_scale_lr = dict(enable=False, base_batch_size=16)
