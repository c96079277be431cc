"""What tools and notebooks call."""
from kssnet_mm.utils.lazy import lazy_names, places

PLACES = dict(
    **places(
        __name__,
        configs=['read_config'],
        explainer=['explain'],
        inferencer=['MultiLabelInferencer'],
        prediction=['Prediction'],
        runner_config=['load_config']),
    load_trained='kssnet_mm.models.loading')
__all__ = list(PLACES)
__getattr__, __dir__ = lazy_names(__name__, PLACES)
