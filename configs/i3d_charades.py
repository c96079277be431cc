# The plain backbone of kssnet_i3d_charades.py.
_base_ = ['i3d-r50_charades.py']
