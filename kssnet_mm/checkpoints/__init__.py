"""The one way in which checkpoints are read and written."""
from .reader import CheckpointError, MissingCheckpoint, read_checkpoint, read_stream, write_checkpoint

__all__ = ['CheckpointError', 'MissingCheckpoint', 'read_checkpoint', 'read_stream', 'write_checkpoint']
