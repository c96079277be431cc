"""What tools and notebooks call."""
from kssnet_mm.models.loading import load_trained

from .explainer import explain
from .inferencer import MultiLabelInferencer
from .prediction import Prediction
from .runner_config import load_config

__all__ = ['MultiLabelInferencer', 'Prediction', 'explain', 'load_config', 'load_trained']
