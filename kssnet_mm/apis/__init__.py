"""What tools and notebooks call."""
from .inferencer import MultiLabelInferencer, Prediction, load_trained
from .runner_config import load_config

__all__ = ['MultiLabelInferencer', 'Prediction', 'load_config', 'load_trained']
