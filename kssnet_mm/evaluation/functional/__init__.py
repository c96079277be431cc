"""Pure functions on scores and targets."""
from .average_precision import average_precision, sample_average_precision
from .precision_recall import precision_recall, predicted_labels
from .protocols import score_protocols
from .score_file import ScoreFile, read_score_file, write_score_file

__all__ = [
    'ScoreFile', 'average_precision', 'precision_recall', 'predicted_labels', 'read_score_file',
    'sample_average_precision', 'score_protocols', 'write_score_file'
]
