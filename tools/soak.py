"""Kill trainings at random moments and inside of checkpoint writes, resume them, compare them bit for bit.

A small network is trained on drawn images with random augmentation, drop path and a loader worker. One
training is left alone. Each other one is killed by SIGKILL, resumed to the end, and every number in its
checkpoints is compared with the first one's, as well as the names of its files.
"""
from kssnet_mm.apis.command_line import command_parser, run_command


def parse_args():
    parser = command_parser(__doc__)
    parser.add_argument('--kills', type=int, default=20, help='SIGKILLs at random moments')
    parser.add_argument('--writes', type=int, default=10, help='SIGKILLs inside of a checkpoint write')
    parser.add_argument('--epochs', type=int, default=4, help='of each training')
    parser.add_argument('--workers', type=int, default=1, help='of each data loader')
    parser.add_argument('--seed', type=int, default=0, help='of the moments')
    parser.add_argument('--folder', help='keep everything here (default: a temporary folder)')
    return parser.parse_args()


ARGS = parse_args() if __name__ == '__main__' else None  # before torch is imported, so that --help answers at once

import gc  # noqa: E402
import io  # noqa: E402
import logging  # noqa: E402
import os  # noqa: E402
import os.path as osp  # noqa: E402
import random  # noqa: E402
import shutil  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from contextlib import redirect_stderr, redirect_stdout  # noqa: E402

import mmengine.runner.runner  # noqa: E402
import numpy as np  # noqa: E402
import torch  # noqa: E402
from mmengine.config import Config  # noqa: E402
from mmengine.logging import HistoryBuffer  # noqa: E402
from mmengine.runner import Runner  # noqa: E402

from kssnet_mm import register_all_modules  # noqa: E402
from kssnet_mm.apis.runner_config import enable_resume, enable_robust_hooks, load_config  # noqa: E402
from kssnet_mm.datasets.sample import make_sample_data  # noqa: E402
from kssnet_mm.utils import durable  # noqa: E402
from kssnet_mm.checkpoints import read_checkpoint  # noqa: E402

ROOT = osp.dirname(osp.dirname(osp.abspath(__file__)))
SIZES = dict(images_train=24, images_val=11, videos_train=2, videos_test=2)
# Of the things that are logged, these are measured by a clock.
CLOCKED = ('time', 'memory')
# Where a write of a checkpoint is killed: with half of its bytes written, with all of them but not yet flushed,
# before and after it takes its name.
MOMENTS = ('half', 'unflushed', 'unnamed', 'named')


def training(work_dir: str, workers: int, epochs: int) -> Config:
    """The config of the small training."""
    loaders = {f'{part}_dataloader.{key}': value for part in ('train', 'val', 'test')
               for key, value in (('num_workers', workers), ('persistent_workers', workers > 0), ('batch_size', 8))}
    cfg = load_config(osp.join(ROOT, 'configs/r18_sample-coco.py'), {
        **loaders, 'train_cfg.max_epochs': epochs, 'train_cfg.val_interval': 1, 'model.backbone.stem_channels': 8,
        'model.backbone.base_channels': 8, 'model.head.in_channels': 64, 'model.backbone.drop_path_rate': .2,
        'default_hooks.logger.interval': 1, 'default_hooks.checkpoint.max_keep_ckpts': 1,
        # in so short a training the lowest score changes more often than the highest
        'default_hooks.checkpoint.rule': 'less'}, work_dir)
    enable_robust_hooks(cfg)
    # mmengine formats the config's text anew for each checkpoint, which took half of a training's time
    return Config(cfg.to_dict(), filename=cfg.filename, format_python_code=False)


def kill_in_write(number: int, moment: str) -> None:
    """Make this process kill itself inside of its ``number``-th write of a checkpoint (from 0)."""
    written = []

    def die():
        os.kill(os.getpid(), signal.SIGKILL)

    class Dying(io.FileIO):

        def write(self, content):
            written.append(self.name)
            if len(written) == number + 1 and moment == 'half':
                super().write(bytes(content)[:len(content) // 2])
                die()
            super().write(content)
            if len(written) == number + 1 and moment == 'unflushed':
                die()

    def replace(source, target, real=os.replace):
        if len(written) == number + 1 and moment == 'unnamed':
            die()
        real(source, target)
        if len(written) == number + 1 and moment == 'named':
            die()

    durable.open, os.replace = Dying, replace


def start(cfg: Config, log: str, prepare=None) -> int:
    """Train in a child process, which leads a group of its own with the loader's workers; returns its id."""
    child = os.fork()  # all is imported already: a new Python would take seconds for that
    if child:
        return child
    os.setpgid(0, 0)
    code = 1
    try:
        with open(log, 'a') as file, redirect_stdout(file), redirect_stderr(file):
            logging.raiseExceptions = False
            if prepare is not None:
                prepare()
            Runner.from_cfg(cfg).train()
            code = 0
    except BaseException as error:
        with open(log, 'a') as file:
            file.write(f'{type(error).__name__}: {error}\n')
    finally:
        os._exit(code)


def end_of(child: int) -> int:
    """Wait for a child, end what is left of its group and return its exit status, negative for a signal."""
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        os.killpg(child, signal.SIGKILL)
    except ProcessLookupError:
        pass
    return status


def kill_at_random(cfg: Config, log: str, generator: random.Random, duration: float) -> tuple:
    """Kill a training at a moment of the given time; returns the moment and the exit status.

    One that ends before its moment, because the machine has become faster, is started anew with an earlier one.
    """
    for _ in range(5):
        child, began = start(cfg, log), time.time()
        wait = generator.uniform(0, duration)
        while time.time() < began + wait and not os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            time.sleep(.01)
        duration = min(duration, time.time() - began)
        os.kill(child, signal.SIGKILL)  # a child that has ended is there until it is waited for
        status = end_of(child)
        if status != 0:
            break
        shutil.rmtree(cfg.work_dir)
    return wait, status


def differences(a, b, where: str = '') -> list:
    """The places at which two checkpoints differ in a bit, except for what a clock measures."""
    if isinstance(a, HistoryBuffer) and isinstance(b, HistoryBuffer):
        return differences(list(a.data), list(b.data), where)
    if type(a) is not type(b):
        return [where]
    if isinstance(a, dict):
        if set(a) != set(b):
            return [f'{where}: {sorted(map(str, set(a) ^ set(b)))}']
        return [found for key in a if not str(key).endswith(CLOCKED) for found in
                differences(a[key], b[key], f'{where}.{key}')]
    if isinstance(a, (list, tuple)):
        if len(a) != len(b):
            return [f'{where}: {len(a)} and {len(b)} entries']
        return [found for i, pair in enumerate(zip(a, b)) for found in differences(*pair, f'{where}[{i}]')]
    if isinstance(a, torch.Tensor):
        return [] if a.dtype == b.dtype and torch.equal(a, b) else [where]
    if isinstance(a, np.ndarray):
        return [] if a.dtype == b.dtype and np.array_equal(a, b, equal_nan=True) else [where]
    return [] if a == b or a != a and b != b else [where]


def checkpoints_of(work_dir: str) -> dict:
    """Every file of the folder but the logs, checkpoints read, by name."""
    files = sorted(name for name in os.listdir(work_dir) if osp.isfile(osp.join(work_dir, name)))
    found = {}
    for name in files:
        found[name] = read_checkpoint(osp.join(work_dir, name)) if name.endswith('.pth') else None
    for content in filter(None, found.values()):
        # when and where a run was made
        for key in ('time', 'experiment_name', 'cfg'):
            content['meta'].pop(key)
        info = content['message_hub']['runtime_info']
        for key in ('last_ckpt', 'best_ckpt'):
            info[key] = osp.basename(info[key]) if info.get(key) else None
        for key in ('cfg', 'experiment_name', 'eta'):
            info.pop(key, None)
    return found


def soak(kills: int, writes: int, epochs: int, workers: int, seed: int, folder: str) -> int:
    """Do it all and return the number of trainings that failed or differ."""
    generator, failed = random.Random(seed), 0
    began = time.time()
    reference = osp.join(folder, 'uninterrupted')
    for run in (reference, osp.join(folder, 'repeated')):
        moment = time.time()
        if end_of(start(training(run, workers, epochs), f'{run}.log')):
            sys.exit(f'error: the uninterrupted training failed: see {run}.log')
        duration = time.time() - moment
    expected = checkpoints_of(reference)
    found = differences(expected, checkpoints_of(run))
    if found:
        sys.exit(f'error: two uninterrupted trainings differ in {found[:5]}: nothing can be compared with them')
    with open(f'{reference}.log', encoding='utf-8') as file:
        log = file.read()
    # a new best is written, and then the epoch's checkpoint again, which knows of it
    total = log.count('Saving checkpoint at') + 2 * log.count('The best checkpoint with')
    print(f'uninterrupted: {duration:.1f} s, {total} writes of {", ".join(expected)}', flush=True)
    plan = [('at a random moment', None)] * kills + [
        (f'in write {number + 1} ({moment})', (number, moment)) for number, moment in
        ((generator.randrange(total), MOMENTS[i % len(MOMENTS)]) for i in range(writes))]
    for i, (what, write) in enumerate(plan):
        run = osp.join(folder, f'killed_{i}')
        log, cfg = f'{run}.log', training(run, workers, epochs)
        if write is None:
            wait, status = kill_at_random(cfg, log, generator, duration)
            what = f'after {wait:.1f} s'
        else:
            status = end_of(start(cfg, log, lambda: kill_in_write(*write)))
        if status != -signal.SIGKILL:
            failed += 1
            print(f'{i + 1}/{len(plan)} {what}: ended by itself with {status}, see {log}', flush=True)
            continue
        enable_resume(cfg, 'auto')
        status = end_of(start(cfg, log))
        found = differences(expected, checkpoints_of(run)) if status == 0 else [f'the resumed one failed, see {log}']
        failed += bool(found)
        print(f'{i + 1}/{len(plan)} killed {what}: {"the same" if not found else found[:5]}', flush=True)
    print(f'{kills} SIGKILLs at random moments and {writes} inside of a checkpoint write: '
          f'{len(plan) - failed} resumed to the same bits, {failed} did not. '
          f'{time.time() - began:.0f} s')
    return failed


def main(args):
    torch.set_num_threads(1)  # threads do not survive a fork
    register_all_modules()  # once, and not in every child
    gc.freeze()  # mmengine collects garbage for each data set: the imported modules hold none
    environment = mmengine.runner.runner.collect_env()  # asks compilers; every training would wait for their answers
    mmengine.runner.runner.collect_env = lambda: environment
    with tempfile.TemporaryDirectory() as temporary:
        folder = osp.abspath(args.folder or temporary)
        os.makedirs(folder, exist_ok=True)
        os.chdir(folder)
        make_sample_data('data/sample', sizes=SIZES, progress=False)
        return min(soak(args.kills, args.writes, args.epochs, args.workers, args.seed, folder), 1)


if __name__ == '__main__':
    run_command(main, ARGS)
