"""When each frame of a video is shown."""
from fractions import Fraction
from typing import NamedTuple, Optional

import numpy as np


class FrameIndex(NamedTuple):
    """The n frames that a player shows of a video, in the order in which they are shown.

    Attributes:
        times: Seconds (n,), ascending, at which each frame appears. 0 is where a player's clock starts.
        end: Seconds at which the last frame ends.
        stamps: What the decoder marks each frame with, int64 (n,): presentation time stamps in the stream's
            own unit. None where the stream has none that can be relied upon: frames are then counted.
        keyframes: Ascending stamps of the frames at which decoding can begin; empty: only at the first.
        tick: Seconds to which the times are rounded: Matroska and Flash know milliseconds alone.
        pixel: Width of a stored pixel by its height, as players show it.
        note: What the file announces and does not hold; None where it holds all of it.
    """
    times: np.ndarray
    end: float
    stamps: Optional[np.ndarray] = None
    keyframes: np.ndarray = np.zeros(0, dtype=np.int64)
    tick: float = 0.
    note: Optional[str] = None
    pixel: Fraction = Fraction(1)

    @property
    def duration(self) -> float:
        """Seconds from the first frame to the end of the last."""
        return self.end - float(self.times[0])

    @property
    def spans(self) -> np.ndarray:
        """Begin and end of each frame in seconds, (n, 2)."""
        return np.stack([self.times, np.append(self.times[1:], self.end)], axis=1)

    def shown_at(self, seconds: np.ndarray) -> np.ndarray:
        """Number of the frame that is shown at each of the times; the first before it, the last after it."""
        slack = min(self.tick / 2, 5e-4)  # frame 1 of 24 a second stands at .042 and is meant to be shown at 1 / 24
        return np.maximum(np.searchsorted(self.times, np.asarray(seconds) + slack, side='right') - 1, 0)

    def slots(self) -> np.ndarray:
        """The frame in the middle of each of n equal parts of the duration.

        Samplers count frames as if all were shown equally long. Where that is so, give or take one frame, part k
        is frame k; where the rate varies, a frame that is shown longer than others has more than one part.
        """
        numbers = np.arange(len(self.times))
        middle = self.shown_at(self.times[0] + (numbers + .5) * (self.duration / len(numbers)))
        return numbers if np.abs(middle - numbers).max() <= 1 else middle
