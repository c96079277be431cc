"""Pictures of label graphs and predictions."""
from .label_graph import plot_label_graph
from .predictions import draw_predictions, draw_video_predictions

__all__ = ['draw_predictions', 'draw_video_predictions', 'plot_label_graph']
