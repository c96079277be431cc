"""Labels with scores for one image or video, from a config and a checkpoint."""
import os.path as osp
from dataclasses import dataclass
from typing import List, Optional, Sequence

import numpy as np
import torch
from mmengine.config import Config
from mmengine.dataset import Compose, pseudo_collate
from mmengine.registry import MODELS, init_default_scope

from kssnet_mm.datasets.image_files import check_size, whole_images
from kssnet_mm.datasets.video import VIDEO_ENDINGS
from kssnet_mm.deploy.switch import head_of
from kssnet_mm.models.loading import load_trained
from kssnet_mm.registration import register_all_modules

IMAGE_ENDINGS = ('.jpg', '.jpeg', '.png', '.bmp', '.webp', '.tif', '.tiff')


@dataclass
class Prediction:
    """What a model says of one file.

    Attributes:
        path: The file.
        classes: N class names.
        scores: Probabilities (N,), float32.
        labels: Indices of the predicted labels, highest score first.
    """
    path: str
    classes: Sequence[str]
    scores: np.ndarray
    labels: List[int]


class MultiLabelInferencer:
    """Predict labels of images or videos, whichever the config is for.

    Args:
        config: A config or its path; its test pipeline and model are used.
        checkpoint: A checkpoint that was trained with it.
        thr: Decision threshold on probabilities instead of the head's: a number, or a json file, which is
            matched by class name.
        device: Where to run; default the GPU if there is one.
    """

    def __init__(self,
                 config,
                 checkpoint: str,
                 thr=None,
                 device: Optional[str] = None) -> None:
        register_all_modules()  # a program that asked for graphs alone may go on to predict
        cfg = Config.fromfile(config) if isinstance(config, str) else config
        init_default_scope(cfg.get('default_scope', 'mmengine'))
        self.is_video = 'cls_head' in cfg.model
        self.device = device or ('cuda' if torch.cuda.is_available() else 'cpu')
        self.model = MODELS.build(cfg.model)
        meta = load_trained(self.model, checkpoint)
        self.model.to(self.device)
        self.model.eval()
        self.classes = (meta.get('dataset_meta') or {}).get('classes')
        if self.classes is None:
            raise ValueError(f'{checkpoint} holds no class names (meta.dataset_meta.classes): it was '
                             'not written by a runner')
        if thr is not None:
            head_of(self.model).set_thresholds(thr, self.classes)
        self.pipeline = Compose(cfg.test_dataloader.dataset.pipeline)

    def __call__(self, path: str) -> Prediction:
        """Predict one file.

        Raises:
            ValueError: The file is of the other kind, or cannot be read; names it.
            FileNotFoundError: There is no such file.
        """
        sample = self._read(path)
        with torch.no_grad():
            result = self.model.test_step(pseudo_collate([sample]))[0]
        score = result.pred_score if 'pred_score' in result else result.pred_scores.item
        label = result.pred_label if 'pred_label' in result else result.pred_labels.item
        scores = score.float().cpu().numpy().reshape(-1)
        labels = sorted(label.cpu().tolist(), key=lambda i: -scores[i])
        return Prediction(path, self.classes, scores, labels)

    def _read(self, path: str):
        if not osp.isfile(path):
            raise FileNotFoundError(f'{path}: no such file')
        kind = 'video' if self.is_video else 'image'
        endings = VIDEO_ENDINGS if self.is_video else IMAGE_ENDINGS
        if osp.splitext(path)[1].lower() not in endings:
            raise ValueError(f'{path}: this config predicts on {kind}s ({" ".join(endings)})')
        if self.is_video:
            data = dict(filename=path, label=-1, start_index=0, modality='RGB')
        else:
            data = dict(img_path=path)
        try:
            if self.is_video:
                return self.pipeline(data)
            check_size(path)
            with whole_images(path):
                return self.pipeline(data)
        except Exception as error:  # PyAV, decord, cv2 and PIL each raise kinds of their own
            reason = str(error).strip().splitlines()
            raise ValueError(f'{path}: cannot be read as {kind} '
                             f'({type(error).__name__}: {reason[0] if reason else ""})') from error
