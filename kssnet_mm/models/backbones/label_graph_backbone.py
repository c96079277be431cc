"""Any staged CNN backbone with label embeddings injected between its stages."""
from typing import Dict, List, Optional, Sequence, Tuple

import torch
import torch.nn as nn
from mmengine.model import BaseModule, initialize

from kssnet_mm.compat import is_compiling
from kssnet_mm.models.folding import fold_into_convolution, foldable
from kssnet_mm.models.fuse_norm import fuse_conv_bn
from kssnet_mm.models.necks.constant_connection import ConstantConnection
from kssnet_mm.models.necks.position_map import maps_in_pieces
from kssnet_mm.models.weight_replacement import call_with_weights, refuse_recomputation, takes_weight
from kssnet_mm.registry import MODELS

from .stages import output_stages, run_stage, runs_plainly, stage_channels, stage_names


@MODELS.register_module()
class LabelGraphBackbone(BaseModule):
    """KSSNet's superimposed GCN and CNN (AAAI-20, fig. 2).

    It builds an unmodified backbone and runs its stages one by one, with a lateral connection after
    those named. Composition is chosen over forward hooks (a deep copy or an EMA of a model with
    closure hooks silently runs the ORIGINAL's modules), over subclassing (one subclass per backbone,
    and ``frozen_stages`` or ``norm_eval`` of the backbone would reach into our modules) and over
    replacing layers (which renames the backbone's weights). Embeddings are a local variable of
    ``forward``: nothing is kept between calls, so that DDP, EMA, AMP, checkpointing, torch.compile
    and export all work. Backbones with several pathways (SlowFast) have no such chain of stages.

    Args:
        backbone: Config of the CNN, e.g. ``dict(type='mmpretrain.ResNet', depth=101,
            init_cfg=dict(type='Pretrained', checkpoint=..., prefix='backbone'))``.
        gcn: Config of the GCN, e.g. ``dict(type='LabelGCN', ...)``.
        stages: Names of the stages after which a lateral connection stands; the k-th takes the
            output of the k-th GCN layer, so both must have the same number of channels. Empty: no LC.
        lateral: Config of the lateral connections.
        fold: Put a connection into the weights of the convolutions that read it, anew in every step,
            where nothing else reads it (between the stages of a ResNet): conv(y) = (W (I + M)) x. The
            outputs and gradients are the same, but the products are as large as the weights, not as the
            feature maps, and y need not be kept. Not for parameters that are sharded (FSDP).
        deployed: For models that were deployed: the stages with a connection left and the arguments
            of its ``ConstantConnection``; the rest is folded. Takes the place of gcn and lateral.
        fuse_norm: Of deployed models: the batch norms are folded into the convolutions before them.
        init_cfg: As in mmengine. Weights of a whole classifier with keys ``backbone.*`` also load
            here without a prefix.

    Returns of ``forward``: the backbone's outputs followed by the last embedding, expanded (without
    a copy) to B x N x C so that views concatenated along the batch keep it.
    """

    def __init__(self,
                 backbone: dict,
                 gcn: Optional[dict] = None,
                 stages: Sequence[str] = ('layer1', 'layer2', 'layer3'),
                 lateral: dict = dict(type='LateralConnection'),
                 fold: bool = False,
                 deployed: Optional[Dict[str, dict]] = None,
                 fuse_norm: bool = False,
                 init_cfg: Optional[dict] = None) -> None:
        super().__init__(init_cfg)
        if (gcn is None) == (deployed is None):
            raise ValueError('give gcn, or deployed for the inference form of a trained model')
        if fuse_norm and deployed is None:
            raise ValueError('fuse_norm=True is for deployed models: training needs the batch norms')
        self.backbone = MODELS.build(backbone)
        self.gcn = None if gcn is None else MODELS.build(gcn)
        self.stages = tuple(stages if deployed is None else deployed)
        self.deployed, self.norm_fused = deployed, False
        self.register_buffer('embedding', None)
        names = stage_names(self.backbone)
        outputs = output_stages(self.backbone)
        self._check_stages(names)
        self._output_names = outputs
        self._chain = names[:max(names.index(name) for name in outputs) + 1]
        behind = [name for name in self.stages if name not in self._chain]
        if behind:
            raise ValueError(f'the stages {behind} come after {self._chain[-1]!r}, the last output of the backbone: '
                             "take them out of stages, or set the backbone's out_indices")
        # Chosen once here: torch.compile cannot look through singledispatch.
        self._run_stage = run_stage.dispatch(type(self.backbone))
        self.laterals = nn.ModuleDict()
        # stages whose connection the next one can apply to its input, piece by piece, and that one
        mapping = getattr(self.backbone, 'map_stages', ())
        self._mapped_by = {name: after for name, after in zip(self._chain, self._chain[1:])
                           if after in mapping and name not in outputs}
        # stage -> the stage before it, whose connection is folded into these convolutions of it
        self.folded: Dict[str, Tuple[str, Tuple[str, ...]]] = {}
        if deployed is not None:
            for name, settings in deployed.items():
                self.laterals[name] = ConstantConnection(**settings)
            if fuse_norm:
                self.fuse_norm()
            return
        for name, channels in zip(self.stages, self.gcn.out_channels):
            self.laterals[name] = MODELS.build(
                dict(num_classes=self.gcn.num_classes, channels=channels, **lateral))
            if fold:
                self._prepare_fold(name, channels)

    def _prepare_fold(self, name: str, channels: int) -> None:
        """Find the convolutions that the connection after ``name`` can be folded into in training."""
        if not hasattr(self.laterals[name], 'fold'):
            raise ValueError(f'fold=True needs connections that can fold, which a '
                             f'{type(self.laterals[name]).__name__} cannot: set fold=False')
        generator = torch.Generator().manual_seed(0)
        readers = self._readers(name, torch.randn(channels, channels, generator=generator))
        if readers and runs_plainly(self.backbone):
            reading = self._chain[self._chain.index(name) + 1]
            self.folded[reading] = (name, tuple(readers))
            for reader in readers:
                getattr(self.backbone, reading).get_submodule(reader).register_forward_pre_hook(
                    refuse_recomputation)

    def _check_stages(self, names: Tuple[str, ...]) -> None:
        kind = type(self.backbone).__name__
        unknown = [name for name in self.stages if name not in names]
        if unknown:
            raise ValueError(f'{kind} has no stage {unknown}; its stages are {list(names)}')
        if self.gcn is None:
            return
        if len(set(self.stages)) != len(self.stages):
            raise ValueError(f'a stage is named twice in stages={list(self.stages)}')
        if len(self.stages) > len(self.gcn.out_channels):
            raise ValueError(f'{len(self.stages)} stages {list(self.stages)} need as many GCN '
                             f'layers, but out_channels={list(self.gcn.out_channels)}')
        for name, channels in zip(self.stages, self.gcn.out_channels):
            found = stage_channels(self.backbone, name)
            if found != channels:
                raise ValueError(f'stage {name!r} of {kind} has {found} channels, but its GCN layer '
                                 f'gives {channels}: set out_channels to match the stages')

    def init_weights(self) -> None:
        """Initialise all parts; load the backbone's pretrained weights and fill the graph buffers."""
        super().init_weights()
        init_cfg = getattr(self.backbone, 'init_cfg', None)
        if isinstance(init_cfg, dict) and init_cfg.get('type') == 'Pretrained':
            # mmaction's 3D backbones override init_weights and never look at init_cfg.
            initialize(self.backbone, init_cfg)

    @torch.no_grad()
    def switch_to_deploy(self, tolerance: float = 0.0) -> None:
        """Drop the GCN and make the lateral connections constant, in place.

        A connection whose only readers are convolutions is folded into their weights; any other
        becomes a ``ConstantConnection``. The last embedding stays as a constant for the head, until
        ``kssnet_mm.deploy.switch_to_deploy`` puts it into the head too.

        Args:
            tolerance: Of ``ConstantConnection.from_factors``.
        """
        if self.deployed is not None:
            return
        embeddings = self.gcn()
        left = {}
        for name, embedding in zip(self.stages, embeddings):
            lateral = self.laterals[name]
            if self._fold(name, lateral.matrix(embedding)):
                del self.laterals[name]
                continue
            self.laterals[name] = ConstantConnection.from_factors(
                lateral.weight, torch.tanh(embedding), tolerance)
            left[name] = self.laterals[name].settings()
        self.embedding = embeddings[-1].clone()
        self.gcn, self.stages, self.deployed, self.folded = None, tuple(left), left, {}
        self.eval()

    def fuse_norm(self) -> None:
        """Fold the batch norms of a deployed model into the convolutions before them, in place."""
        fuse_conv_bn(self.backbone)
        self.norm_fused = True

    def _fold(self, name: str, matrix: torch.Tensor) -> bool:
        """Fold M into the stage after ``name``, if that gives the same outputs."""
        readers = self._readers(name, matrix)
        for reader in readers or ():
            stage = getattr(self.backbone, self._chain[self._chain.index(name) + 1])
            fold_into_convolution(stage.get_submodule(reader), matrix)
        return readers is not None

    def _readers(self, name: str, matrix: torch.Tensor) -> Optional[List[str]]:
        """Convolutions of the stage after ``name`` that M can be folded into, None where it cannot."""
        position = self._chain.index(name) + 1
        if name in self._output_names or position == len(self._chain):
            return None  # the output itself is asked for
        stage = getattr(self.backbone, self._chain[position], None)
        if not isinstance(stage, nn.Module):
            return None
        convolutions = [m for m in self.backbone.modules() if isinstance(m, (nn.Conv2d, nn.Conv3d))]
        return foldable(stage, matrix, 2 if isinstance(convolutions[0], nn.Conv2d) else 3)

    def fold_weights(self, by_stage: Dict[str, torch.Tensor]) -> Dict[str, Dict[str, torch.Tensor]]:
        """stage -> folded weights of its convolutions; the connections that they hold leave ``by_stage``."""
        weights = {}
        for name, (before, readers) in self.folded.items():
            stage = getattr(self.backbone, name)
            if all(takes_weight(stage, reader) for reader in readers):
                lateral, embedding = self.laterals[before], by_stage.pop(before)
                weights[name] = {reader: lateral.fold(stage.get_submodule(reader).weight, embedding)
                                 for reader in readers}
            elif not is_compiling():
                for reader in readers:
                    stage.get_submodule(reader).weight_replaced = False
        return weights

    def train(self, mode: bool = True) -> 'LabelGraphBackbone':
        """Training mode.

        Raises:
            RuntimeError: The model is deployed.
        """
        if mode and self.deployed is not None:
            raise RuntimeError('a deployed model has no label graph left to train: train on from the '
                               'checkpoint that it was made from')
        return super().train(mode)

    def forward(self, x: torch.Tensor) -> Tuple[torch.Tensor, ...]:
        """(B, 3, H, W) or (B, 3, T, H, W) -> (feature maps ..., embedding (B, N, C)).

        A deployed model whose head is deployed too returns the feature maps alone.
        """
        embeddings = () if self.gcn is None else self.gcn()
        by_stage = dict(zip(self.stages, embeddings or (None, ) * len(self.stages)))
        folded = self.fold_weights(by_stage)
        outputs, waiting = [], None
        for name in self._chain:
            if name in folded:
                x = call_with_weights(getattr(self.backbone, name), folded[name], x)
            elif waiting is not None:
                x, waiting = self.backbone.run_stage(name, x, waiting), None
            else:
                x = self._run_stage(self.backbone, name, x)
            if name in by_stage:
                lateral, embedding = self.laterals[name], by_stage[name]
                if name in self._mapped_by and maps_in_pieces(
                        lateral, getattr(self.backbone, name), getattr(self.backbone, self._mapped_by[name])):
                    # the output of the stage before is this connection's alone, unless gradients need it
                    waiting = lateral.position_map(embedding, overwrite=not torch.is_grad_enabled())
                else:
                    x = lateral(x, embedding)
            if name in self._output_names:
                outputs.append(x)
        last = embeddings[-1] if embeddings else self.embedding
        if last is None:
            return tuple(outputs)
        last = last.unsqueeze(0).expand(x.shape[0], *last.shape)
        # compiled, an output with a gradient must not lie on itself; a compiled head needs no copy of it
        return (*outputs, last.contiguous() if self.training and is_compiling() else last)
