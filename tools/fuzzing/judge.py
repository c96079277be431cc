"""Whether a reader treats a file as promised: it is read, or refused by an error of ours that names the file.

Anything else is a fault: another kind of error, an error that does not name the file, more time or memory than a small
file can need. A reader that hangs or crashes ends its process, see ``isolated_map``.
"""
import os
import resource
import signal
import traceback
from typing import Callable, Iterator, NamedTuple

# The time that no small file needs on the slowest machine, and the memory beyond what was in use before it.
SECONDS = 60
MEMORY = 1 << 30


class Outcome(NamedTuple):
    """'read', 'refused' or 'fault', and what was said."""
    kind: str
    message: str


def is_refusal(error: BaseException, path: str) -> bool:
    """Whether an error is one that tools print as a sentence: ValueError or OSError, with the path in its message.

    Errors of parsers and codecs are kinds of ValueError; they say where in the text, and not in which file.
    """
    return (isinstance(error, (ValueError, OSError)) and type(error).__module__ not in ('json.decoder', 'zipfile')
            and not isinstance(error, UnicodeError) and path in str(error))


def chain(error: BaseException) -> Iterator[BaseException]:
    """The error, and those that it was raised from or during."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def judge(read: Callable[[str], object], path: str, seconds: float = SECONDS, memory: int = MEMORY,
          program: bool = False) -> Outcome:
    """Call ``read(path)``, which is ended together with this process if it takes too long.

    Args:
        read: A reader.
        path: What it reads.
        seconds: Time limit.
        memory: Bytes that it may take.
        program: Whether the file is a program, which may ask for more than there is, and is refused then.
    """
    signal.setitimer(signal.ITIMER_REAL, seconds)  # nobody handles the signal: it ends C code too
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    message, kind, failure = '', 'read', None
    try:
        read(path)
    except Exception as error:
        failure, message = error, f'{type(error).__name__}: {error}'
        kind = 'refused' if is_refusal(error, path) else 'fault'
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    if kind == 'fault':
        message += '\n' + ''.join(traceback.format_exception(failure)[-6:])
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) << 10
    if grown > memory:
        return Outcome('fault', f'it took {grown >> 20} MiB; {message}')
    # readers turn a MemoryError into a refusal; on a larger machine it would have been allocated
    if not program and any(_no_memory(error) for error in chain(failure)):
        return Outcome('fault', f'it tried to allocate more than there is; {message}')
    return Outcome(kind, message)


def _no_memory(error: BaseException) -> bool:
    """Whether an allocation failed that nothing bounds.

    Python's own parser says so too of brackets that are nested too deep. FFmpeg takes no more than 2 GiB at once.
    """
    frames = traceback.extract_tb(error.__traceback__)
    parsing = bool(frames) and frames[-1].filename.endswith('ast.py')
    if parsing or _of_ffmpeg(error):
        return False
    return isinstance(error, MemoryError) or 'allocate memory' in str(error)


def _of_ffmpeg(error: BaseException) -> bool:
    return any(type(one).__module__.startswith('av.') for one in chain(error))


def limit_memory(memory: int = 8 * MEMORY) -> None:
    """Refuse this process more address space than it has now and so much more."""
    with open('/proc/self/statm') as file:
        now = int(file.read().split()[0]) * os.sysconf('SC_PAGE_SIZE')
    resource.setrlimit(resource.RLIMIT_AS, (now + memory, now + memory))
