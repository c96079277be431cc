"""Pure functions on scores and targets."""
from kssnet_mm.utils.thresholds import Thresholds, read_thresholds

from .alignment import align_classes, align_submission, match_targets
from .average_precision import average_precision, sample_average_precision
from .per_class import per_class_table, write_per_class_csv
from .precision_recall import Predictions, predicted_labels
from .protocols import PROTOCOLS, Protocol, Ranking, precision_recall, score_protocols
from .score_file import ScoreFile, TargetFile, read_score_file, read_target_file, write_score_file
from .submission import check_submission_ids, read_submission, write_submission
from .threshold_tuning import tune_thresholds

__all__ = [
    'PROTOCOLS', 'Predictions', 'Protocol', 'Ranking', 'ScoreFile', 'TargetFile', 'Thresholds', 'align_classes',
    'align_submission', 'average_precision', 'check_submission_ids', 'match_targets', 'per_class_table',
    'precision_recall', 'predicted_labels', 'read_score_file', 'read_submission', 'read_target_file',
    'read_thresholds', 'sample_average_precision', 'score_protocols', 'tune_thresholds', 'write_per_class_csv',
    'write_score_file', 'write_submission'
]
