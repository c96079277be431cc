"""Videos by their time stamps: what is read is what a player shows."""
from .container import VIDEO_ENDINGS, VideoError, open_video
from .frame_index import FrameIndex
from .read_frames import iterate_frames, read_frames
from .read_index import read_index

__all__ = ['FrameIndex', 'VIDEO_ENDINGS', 'VideoError', 'iterate_frames', 'open_video', 'read_frames', 'read_index']
