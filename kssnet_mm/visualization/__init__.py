"""Pictures of label graphs and predictions."""
from .label_graph_html import write_report
from .label_graph_network import plot_label_graph
from .label_graph_report import LabelGraphReport, build_report
from .predictions import draw_predictions

__all__ = ['LabelGraphReport', 'build_report', 'draw_predictions', 'plot_label_graph', 'write_report']
