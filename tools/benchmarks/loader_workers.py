"""Samples per second of a config's training data by number of loader workers, in turns."""
import argparse
import statistics
import tempfile
import time
from pathlib import Path

from loader_data import write_charades, write_coco
from mmengine.config import Config, DictAction
from mmengine.registry import init_default_scope
from mmengine.runner import Runner


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('config', help='config file')
    parser.add_argument('--workers', type=int, nargs='+', default=[0, 1, 2, 4])
    parser.add_argument('--epochs', type=int, default=3, help='of each way; the first is left out')
    parser.add_argument('--cfg-options', nargs='+', action=DictAction)
    parser.add_argument('--generate', type=int, metavar='N',
                        help='load N generated samples of the real data\'s size (COCO and Charades configs)')
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(args, Path(folder))


def measure(args: argparse.Namespace, folder: Path) -> None:
    """Print the rate of every number of workers."""
    cfg = Config.fromfile(args.config)
    if args.cfg_options:
        cfg.merge_from_dict(args.cfg_options)
    if args.generate:
        dataset = cfg.train_dataloader.dataset
        write = write_coco if dataset.type == 'CocoMultiLabel' else write_charades
        dataset.update(write(folder, args.generate))
    init_default_scope(cfg.default_scope)
    loaders = {}
    for workers in args.workers:
        for persistent in ((False, True) if workers else (False, )):
            settings = dict(cfg.train_dataloader, num_workers=workers, persistent_workers=persistent)
            loaders[workers, persistent] = Runner.build_dataloader(settings, seed=0)
    rates = {key: [] for key in loaders}
    for epoch in range(args.epochs):
        for key, loader in loaders.items():
            begin, count = time.perf_counter(), 0
            for batch in loader:
                count += len(batch['inputs'])
            if epoch:
                rates[key].append(count / (time.perf_counter() - begin))
    base = statistics.median(rates[next(iter(rates))])
    for (workers, persistent), values in rates.items():
        rate = statistics.median(values)
        print(f'{workers} workers, persistent_workers={persistent}: {rate:.1f} samples/s, {rate / base:.2f} x')


if __name__ == '__main__':
    main()
