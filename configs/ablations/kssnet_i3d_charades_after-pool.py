# Beyond the paper: lateral connections after the three pools, which have a quarter or an eighth of the
# positions. Another function than the paper's; its cost and effect are in docs/experiments.md.
_base_ = ['../kssnet_i3d_charades.py']
model = dict(backbone=dict(stages=('MaxPool3d_3a_3x3', 'MaxPool3d_4a_3x3', 'MaxPool3d_5a_2x2')))
