"""The project's commands, run inside this process, which saves importing the stack."""
import contextlib
import io
import logging
import runpy
from typing import Optional
from unittest import mock


def run_tool(script, *arguments, fail: bool = False, expect: Optional[int] = None) -> str:
    """``python SCRIPT ARGUMENTS``; what it says.

    Args:
        script: Path of the command.
        arguments: Its arguments.
        fail: Whether it ends with another exit code than 0.
        expect: Which one, where that matters.
    """
    said, code = io.StringIO(), None
    # loggers that earlier runs made in this process may hold streams that are closed by now
    with mock.patch('sys.argv', [str(script), *map(str, arguments)]), mock.patch('logging.raiseExceptions', False), \
            contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            runpy.run_path(str(script), run_name='__main__')
        except SystemExit as stop:
            code = stop.code
        finally:
            logging.disable(logging.NOTSET)  # some commands silence them for their process
    output = said.getvalue().rstrip('\n') if fail else said.getvalue()
    if isinstance(code, str):  # a message
        output, code = output + code, 1
    assert (code not in (None, 0)) == fail, output[-4000:]
    assert expect in (None, code), (code, output[-4000:])
    return output
