_base_ = ['default.py']
default_scope = 'mmaction'
vis_backends = [dict(type='LocalVisBackend')]
visualizer = dict(type='ActionVisualizer', vis_backends=vis_backends)
