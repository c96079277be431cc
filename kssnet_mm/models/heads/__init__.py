"""Multi-label heads for images and video, and the classifiers in them."""
from kssnet_mm.utils.lazy import lazy_names, places

# A head of images needs mmpretrain, one of videos mmaction2: each is imported when it is asked for.
PLACES = places(
    __name__,
    graph_linear_classifier=['GraphLinearClassifier'],
    kssnet_head=['KSSNetHead'],
    kssnet_video_head=['KSSNetVideoHead'],
    label_graph_classifier=['LabelGraphClassifier'],
    linear_classifier=['LinearClassifier'],
    refined_classifier=['RefinedClassifier'],
    trn_video_head=['TRNVideoHead'])
__all__ = list(PLACES)
__getattr__, __dir__ = lazy_names(__name__, PLACES)
