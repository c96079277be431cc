"""The registered metrics, which gather scores and call the pure functions."""
from kssnet_mm.utils.lazy import lazy_names, places

PLACES = places(__name__, dump_scores=['DumpScores'], multi_label_scores=['MultiLabelScores'])
__all__ = list(PLACES)
__getattr__, __dir__ = lazy_names(__name__, PLACES)
