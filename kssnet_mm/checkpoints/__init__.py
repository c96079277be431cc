"""The one way in which checkpoints are read and written."""
from .reader import CheckpointError, MissingCheckpoint, read_checkpoint, read_stream, write_checkpoint
from .wrapped_names import without_wrapper

__all__ = ['CheckpointError', 'MissingCheckpoint', 'read_checkpoint', 'read_stream', 'without_wrapper',
           'write_checkpoint']
