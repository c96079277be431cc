"""Any backbone, with label embeddings injected after some of its modules."""
from typing import Dict, Optional, Sequence, Tuple

import torch
import torch.nn as nn
from mmengine.model import BaseModule

from kssnet_mm.compat import eager_before_torch_2_6, is_compiling
from kssnet_mm.registry import MODELS

from .attachment import ConnectionHook, EmbeddingSlot, feature_maps
from .constant_connection import ConstantConnection
from .dry_run import dry_run
from .fuse_norm import fuse_conv_bn
from .heads.deployed_weights import DEPLOYED
from .outside_backbones import build_backbone, load_pretrained
from .stage_checks import check_channels, check_stages


@MODELS.register_module()
class LabelGraphBackbone(BaseModule):
    """KSSNet's superimposed GCN and CNN (AAAI-20, fig. 2) around an unmodified backbone.

    The backbone runs itself. A lateral connection is applied to the output of each module named in ``stages``, by
    a forward hook. The channels of those modules are found by a dry run on small inputs when the model is built.

    Args:
        backbone: Config of any backbone of mmpretrain, mmaction2 or ours, or of one with the prefix
            ``torchvision.`` or ``timm.``.
        gcn: Config of the GCN, e.g. ``dict(type='LabelGCN', num_classes=80, graph=...)``. Its ``out_channels``
            may be left out: the k-th GCN layer then has the channels of the k-th stage, the last those of the
            backbone's last output.
        stages: Dotted names of the modules, e.g. 'layer1', 'stages.0' or 'slow_path.layer2'. The k-th takes the
            output of the k-th GCN layer. Empty: no lateral connections.
        lateral: Config of the lateral connections. ``channel_axis`` in it overrides what the dry run finds.
        pathways: How many of the backbone's last outputs the classifier joins; 2 for SlowFast.
        deployed: For deployed models, instead of gcn, stages and lateral: the stages whose connection is left, and the
            arguments of its ``ConstantConnection``.
        fuse_norm: For deployed models: fold the batch norms into the convolutions before them.
        init_cfg: As in mmengine.

    Raises:
        ValueError: A stage that no connection can follow, or channels that do not fit; says what would.

    Returns of ``forward``: the backbone's outputs followed by the last embedding, expanded (without a copy) to
    B x N x C so that views concatenated along the batch keep it.
    """

    def __init__(self,
                 backbone: dict,
                 gcn: Optional[dict] = None,
                 stages: Sequence[str] = ('layer1', 'layer2', 'layer3'),
                 lateral: dict = dict(type='LateralConnection'),
                 pathways: int = 1,
                 deployed: Optional[Dict[str, dict]] = None,
                 fuse_norm: bool = False,
                 init_cfg: Optional[dict] = None) -> None:
        super().__init__(init_cfg)
        if (gcn is None) == (deployed is None):
            raise ValueError('give gcn, or deployed for the inference form of a trained model')
        if fuse_norm and deployed is None:
            raise ValueError('fuse_norm=True is for deployed models: training needs the batch norms')
        if isinstance(stages, str):
            raise ValueError(f'stages must be a list of names, got {stages!r}: write [{stages!r}]')
        self.backbone = build_backbone(backbone)
        self.pathways, self.deployed, self.norm_fused = pathways, deployed, False
        self.register_buffer('embedding', None)
        self.gcn, self.laterals = None, nn.ModuleDict()
        self.stages: Tuple[str, ...] = ()
        self._slot, self._handles = EmbeddingSlot(), {}
        if deployed is None:
            self._build_graph_side(gcn, tuple(stages), lateral)
        else:
            for name, settings in deployed.items():
                self.connect(name, ConstantConnection(**settings), None)
        if fuse_norm:
            self.fuse_norm()

    def _build_graph_side(self, gcn: dict, stages: Tuple[str, ...], lateral: dict) -> None:
        run = dry_run(self.backbone, self.pathways)
        check_stages(self.backbone, stages, run)
        channels = [run.maps[name].channels for name in stages]
        self.gcn = MODELS.build(dict(dict(out_channels=(*channels, run.last)), **gcn))
        check_channels(type(self.backbone).__name__, stages, self.gcn.out_channels, run)
        for layer, (name, found) in enumerate(zip(stages, channels)):
            filled = dict(num_classes=self.gcn.num_classes, channels=found, channel_axis=run.maps[name].axis)
            self.connect(name, MODELS.build(dict(filled, **lateral)), layer)

    def connect(self, name: str, connection: nn.Module, layer: Optional[int]) -> None:
        """Apply a connection to the output of the module ``name``. An earlier connection there is removed."""
        self.disconnect(name)
        self.laterals[name.replace('.', '_')] = connection  # names of modules have no dots
        hook = ConnectionHook(connection, self._slot, layer)
        self._handles[name] = self.backbone.get_submodule(name).register_forward_hook(hook)
        self.stages = (*self.stages, name)

    def disconnect(self, name: str) -> None:
        """Remove the connection after the module ``name``."""
        if name in self._handles:
            self._handles.pop(name).remove()
            del self.laterals[name.replace('.', '_')]
            self.stages = tuple(stage for stage in self.stages if stage != name)

    def connection(self, name: str) -> nn.Module:
        """The connection after the module ``name``."""
        return self.laterals[name.replace('.', '_')]

    def init_weights(self) -> None:
        """Initialise all parts; load the backbone's pretrained weights and fill the graph buffers."""
        super().init_weights()
        load_pretrained(self.backbone)

    @torch.no_grad()
    def switch_to_deploy(self) -> None:
        """Drop the GCN and make the lateral connections constant, in place.

        The last embedding stays as a constant for the head. ``kssnet_mm.deploy.switch_to_deploy`` calls this method,
        then folds what can be folded and puts the embedding into the head.
        """
        if self.deployed is not None:
            return
        embeddings = self.gcn()
        for name, embedding in zip(self.stages, embeddings):
            lateral = self.connection(name)
            self.connect(name, ConstantConnection.from_factors(
                lateral.weight, torch.tanh(embedding), lateral.channel_axis), None)
        self.embedding, self.gcn = embeddings[-1].clone(), None
        self._slot.fill(None)
        self.deployed = {name: self.connection(name).settings() for name in self.stages}
        self.eval()

    def fuse_norm(self) -> None:
        """Fold the batch norms of a deployed model into the convolutions before them, in place."""
        fuse_conv_bn(self.backbone)
        self.norm_fused = True

    def train(self, mode: bool = True) -> 'LabelGraphBackbone':
        """Training mode.

        Raises:
            RuntimeError: The model is deployed.
        """
        if mode and self.deployed is not None:
            raise RuntimeError(DEPLOYED)
        return super().train(mode)

    @eager_before_torch_2_6
    def forward(self, x: torch.Tensor) -> Tuple[torch.Tensor, ...]:
        """(B, 3, H, W) or (B, 3, T, H, W) -> (outputs of the backbone ..., embedding (B, N, C)).

        A deployed model whose head is deployed too returns the backbone's outputs alone.
        """
        embeddings = None if self.gcn is None else self.gcn()
        self._slot.fill(embeddings)
        outputs = feature_maps(self.backbone(x))
        if is_compiling():
            self._slot.fill(None)  # otherwise the compiled function would have to return the embeddings
        last = self.embedding if embeddings is None else embeddings[-1]
        if last is None:
            return outputs
        last = last.unsqueeze(0).expand(outputs[-1].shape[0], *last.shape)
        # torch.compile refuses an output with a gradient whose elements share memory, hence the copy
        return (*outputs, last.contiguous() if self.training and is_compiling() else last)
