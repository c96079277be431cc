# ML-GCN's released COCO command: SGD at 0.1, a tenth of it on the backbone, batch 16, 20 epochs, the
# norm of the gradients clipped at 10. (Its paper writes 0.01 and 100 epochs, divided by 10 every 40.)
optim_wrapper = dict(
    optimizer=dict(type='SGD', lr=0.1, momentum=0.9, weight_decay=1e-4),
    paramwise_cfg=dict(custom_keys={'backbone.backbone': dict(lr_mult=0.1)}),
    clip_grad=dict(max_norm=10))
param_scheduler = []
train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=20, val_interval=1)
val_cfg = dict()
test_cfg = dict()
auto_scale_lr = dict(enable=False, base_batch_size=16)
