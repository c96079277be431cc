"""Pictures of label graphs and predictions."""
from kssnet_mm.utils.lazy import lazy_names, places

PLACES = places(
    __name__,
    label_graph_html=['write_report'],
    label_graph_network=['plot_label_graph'],
    label_graph_report=['LabelGraphReport', 'build_report'],
    predictions=['draw_predictions'])
__all__ = list(PLACES)
__getattr__, __dir__ = lazy_names(__name__, PLACES)
