"""Random augmentation that depends on the seed and on the place of a sample in the run, on nothing else."""
import random
from typing import Iterator, List, Sequence

import numpy as np
import torch
from torch.utils.data import Dataset

# What random numbers are for, so that none of them are drawn twice.
OF_SAMPLES, OF_EPOCHS, OF_STEPS = range(3)


def set_random_states(*key: int) -> None:
    """Seed Python's, numpy's and torch's random numbers by a few integers, each of which counts."""
    words = np.random.SeedSequence([number % 2**64 for number in key]).generate_state(5)
    random.seed(int(words[0]))
    np.random.seed(words[1:3])
    torch.manual_seed(int(words[3]) << 32 | int(words[4]))


class NumberedIndex(int):
    """The index of a sample that carries what its random numbers are seeded by."""
    key: Sequence[int] = ()


class NumberedBatches:
    """Puts before a batch sampler: its indices get a key of the seed, the process, the epoch and the place in it.

    The keys travel with the indices to whichever worker reads the sample, so that it does not matter how
    many workers there are, what they read before, or whether they are new.

    Args:
        batch_sampler: Yields lists of indices.
        seed: Of the run.
        rank: Number of the process.
    """

    def __init__(self, batch_sampler, seed: int, rank: int) -> None:
        self.batch_sampler, self.seed, self.rank = batch_sampler, seed, rank
        self.start(0)

    def __getattr__(self, name: str):
        if name.startswith('__') or name == 'batch_sampler':
            raise AttributeError(name)
        return getattr(self.batch_sampler, name)

    def start(self, epoch: int) -> None:
        """Count from the beginning of this epoch."""
        self.epoch, self.place = epoch, 0

    def __len__(self) -> int:
        return len(self.batch_sampler)

    def __iter__(self) -> Iterator[List[NumberedIndex]]:
        for batch in self.batch_sampler:
            numbered = []
            for index in batch:
                index = NumberedIndex(index)
                index.key = (self.seed, self.rank, OF_SAMPLES, self.epoch, self.place)
                self.place += 1
                numbered.append(index)
            yield numbered


class NumberedDataset(Dataset):
    """Puts before a data set: seeds the random numbers before a sample with a key is made.

    It passes on every attribute, to be read and to be set.

    Args:
        dataset: Any with ``__getitem__`` and ``__len__``.
    """

    def __init__(self, dataset) -> None:
        vars(self)['dataset'] = dataset

    def __getattr__(self, name: str):
        if name.startswith('__') or name == 'dataset':
            raise AttributeError(name)
        return getattr(self.dataset, name)

    def __setattr__(self, name: str, value) -> None:
        setattr(self.dataset, name, value)

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, index: int):
        key = getattr(index, 'key', ())
        if key:
            set_random_states(*key)
        return self.dataset[int(index)]
