"""Backbones of torchvision and timm, which are in no registry and are named by a prefix, as in mmaction2."""
import torch.nn as nn
from mmengine.model import initialize

from kssnet_mm.registry import MODELS
from kssnet_mm.utils.configs import pretrained_inits

CLASSIFIERS = ('fc', 'classifier', 'head', 'heads')


def build_backbone(cfg: dict) -> nn.Module:
    """Build a backbone from its config.

    Args:
        cfg: ``type`` is a name in the registries of OpenMMLab, or ``torchvision.NAME`` or ``timm.NAME`` for a
            model of those packages, which is built without its classifier and gives pooled features (B, C).
            The other entries are the arguments. Its weights, random or pretrained, are those of its package.

    Raises:
        ImportError: The package of a prefix is missing.
    """
    name = cfg['type']
    if not isinstance(name, str) or not name.startswith(('torchvision.', 'timm.')):
        return MODELS.build(cfg)
    package, name = name.split('.', 1)
    arguments = {key: value for key, value in cfg.items() if key != 'type'}
    if package == 'timm':
        try:
            import timm
        except ImportError as error:
            raise ImportError(f'the backbone timm.{name} needs the package timm: pip install timm') from error
        model = timm.create_model(name, num_classes=0, **arguments)
    else:
        import torchvision
        model = torchvision.models.get_model(name, **arguments)
        for classifier in CLASSIFIERS:
            if isinstance(getattr(model, classifier, None), nn.Module):
                setattr(model, classifier, nn.Identity())
    # Both packages initialise or load what they build. Many models of timm have an init_weights() that mmengine would
    # call, which puts random weights into the place of the pretrained ones.
    model.is_init = True
    return model


def load_pretrained(backbone: nn.Module) -> None:
    """Load the weights that a backbone's ``init_cfg`` names; to be called after its ``init_weights``.

    mmaction2's 3D backbones override ``init_weights`` and ignore ``init_cfg``.
    """
    for init_cfg in pretrained_inits(getattr(backbone, 'init_cfg', None)):
        initialize(backbone, init_cfg)
