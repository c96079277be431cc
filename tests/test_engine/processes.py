"""Run a function in two processes that know each other by gloo."""
import os
import traceback

import torch


def in_two_processes(tmp_path, function) -> None:
    """Fork twice and call ``function(rank)`` in each; torch runs one thread, so that a fork is safe."""
    children = []
    for rank in range(2):
        child = os.fork()
        if child:
            children.append(child)
            continue
        code = 1
        try:
            os.environ.update(LOCAL_RANK=str(rank), RANK=str(rank), WORLD_SIZE='2')
            torch.distributed.init_process_group('gloo', init_method=f'file://{tmp_path}/rendezvous', rank=rank,
                                                 world_size=2)
            function(rank)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0, 0]
