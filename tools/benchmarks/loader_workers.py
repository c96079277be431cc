"""Samples per second of a config's training data by number of loader workers, in turns."""
import statistics
import time

from mmengine.config import Config

from kssnet_mm.apis.command_line import command_parser, run_command


def measure(cfg: Config, workers: list, epochs: int) -> None:
    """Print the rate of every number of workers."""
    from mmengine.registry import init_default_scope
    from mmengine.runner import Runner
    init_default_scope(cfg.default_scope)
    ways = [(count, persistent) for count in workers for persistent in ((False, True) if count else (False, ))]
    loaders = {way: Runner.build_dataloader(dict(cfg.train_dataloader, num_workers=way[0],
                                                 persistent_workers=way[1]), seed=0) for way in ways}
    rates = {way: [] for way in ways}
    for epoch in range(epochs):
        for way, loader in loaders.items():
            begin = time.perf_counter()
            count = sum(len(batch['inputs']) for batch in loader)
            if epoch:
                rates[way].append(count / (time.perf_counter() - begin))
    base = statistics.median(rates[ways[0]])
    for (count, persistent), values in rates.items():
        rate = statistics.median(values)
        print(f'{count} workers, persistent_workers={persistent}: {rate:.1f} samples/s, {rate / base:.2f} x')


def parse_args():
    parser = command_parser(__doc__, options=True)
    parser.add_argument('config', help='config file')
    parser.add_argument('--workers', type=int, nargs='+', default=[0, 1, 2, 4])
    parser.add_argument('--epochs', type=int, default=3, help='of each way; the first is left out')
    args = parser.parse_args()
    if args.epochs < 2:
        parser.error(f'--epochs must be 2 or more, as the first is left out, got {args.epochs}')
    return args


def main(args):
    from kssnet_mm.apis import read_config
    measure(read_config(args.config, args.cfg_options, ['train_dataloader']), args.workers, args.epochs)


if __name__ == '__main__':
    run_command(main, parse_args())
