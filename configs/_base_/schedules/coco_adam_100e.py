# The paper's COCO schedule: Adam, 0.01, weight decay 1e-4, batch 80, 100 epochs. None of it is on biases, which the
# paper says of Charades alone.
optim_wrapper = dict(
    optimizer=dict(type='Adam', lr=0.01, betas=(0.9, 0.999), weight_decay=1e-4),
    paramwise_cfg=dict(bias_decay_mult=0.0))
param_scheduler = []
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=100, val_interval=1)
val_cfg = dict()
test_cfg = dict()
auto_scale_lr = dict(enable=False, base_batch_size=80)
