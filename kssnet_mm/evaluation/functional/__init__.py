"""Pure functions on scores and targets."""
from .average_precision import average_precision, sample_average_precision
from .per_class import per_class_table, write_per_class_csv
from .precision_recall import precision_recall, predicted_labels
from .protocols import score_protocols
from .score_file import ScoreFile, read_score_file, write_score_file
from .submission import align_submission, read_submission, write_submission
from .threshold_tuning import tune_thresholds

__all__ = [
    'ScoreFile', 'align_submission', 'average_precision', 'per_class_table', 'precision_recall',
    'predicted_labels', 'read_score_file', 'read_submission', 'sample_average_precision', 'score_protocols',
    'tune_thresholds', 'write_per_class_csv', 'write_score_file', 'write_submission'
]
