"""The ids of samples: the same for a sample in every file, and different for two samples."""
import os
from typing import List, NamedTuple, Optional, Sequence

from kssnet_mm.utils.io import few
from kssnet_mm.utils.labels import repeated

# Fields with the ids of the annotations; Charades' csv is matched by video_id.
GIVEN = ('video_id', 'img_id')
PATHS = ('img_path', 'filename', 'frame_dir')


class SampleName(NamedTuple):
    """The id that the annotations give a sample, and its path; None where the sample has none."""
    given: Optional[str]
    path: Optional[str]

    @property
    def short(self) -> Optional[str]:
        """The given id, else the file's name without folder and ending."""
        if self.given is not None or self.path is None:
            return self.given
        return os.path.splitext(os.path.basename(self.path.rstrip('/')))[0]

    @property
    def whole(self) -> Optional[str]:
        """The given id, else the whole path."""
        return self.path if self.given is None else self.given


def sample_name(sample: dict) -> SampleName:
    """The name of a sample; without an id and a path, its number in the data set is the id."""
    given, path = (next((str(sample[key]) for key in keys if sample.get(key) not in (None, '')), None)
                   for keys in (GIVEN, PATHS))
    if given is None and path is None and sample.get('sample_idx') is not None:
        given = str(sample['sample_idx'])
    return SampleName(given, path)


def unique_ids(names: Sequence[SampleName]) -> List[str]:
    """One id a sample.

    They are the short ones. If two files share a name (``a/1.jpg`` and ``b/1.jpg``), they are the paths.

    Raises:
        ValueError: The paths or given ids of two samples are equal, or a sample has neither; names them.
    """
    short, whole = [name.short for name in names], [name.whole for name in names]
    nameless = [i for i, name in enumerate(whole) if name is None]
    if nameless:
        raise ValueError(f'{len(nameless)} of {len(whole)} samples, the first of them number {nameless[0]}, have none '
                         f'of {", ".join(GIVEN + PATHS)}: add one to meta_keys of the pipeline\'s packing step')
    if repeated(short) and repeated(whole):
        raise ValueError(f'several samples are called {few(repeated(whole))}')
    return whole if repeated(short) else short
