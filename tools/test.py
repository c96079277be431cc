"""Evaluate a checkpoint on a config's test data."""
from kssnet_mm.apis.command_line import command_parser, run_command


def parse_args():
    parser = command_parser(__doc__, options=True)
    parser.add_argument('config', help='config file')
    parser.add_argument('checkpoint', help='checkpoint file')
    parser.add_argument('--work-dir', help='folder of logs')
    parser.add_argument('--out', help='write the scores to this .npz file')
    parser.add_argument('--submission', help='write a Charades submission text file')
    parser.add_argument('--launcher', choices=['none', 'pytorch', 'slurm', 'mpi'], default='none')
    parser.add_argument('--local_rank', '--local-rank', type=int, default=0)
    return parser.parse_args()


def main(args):
    from kssnet_mm.apis.runner_config import add_score_dump, build_runner, load_config, set_local_rank
    set_local_rank(args.local_rank)
    cfg = load_config(args.config, args.cfg_options, args.work_dir, args.launcher,
                      ['model', 'test_dataloader', 'test_evaluator'])
    cfg.load_from, cfg.resume = args.checkpoint, False
    if args.out or args.submission:
        add_score_dump(cfg, args.out, args.submission)
    build_runner(cfg).test()


if __name__ == '__main__':
    run_command(main, parse_args())
