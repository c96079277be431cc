# KSSNet on Charades. The paper's backbone is Inception-I3D; until it is here this is I3D ResNet-50.
_base_ = ['kssnet_i3d-r50_charades.py']
