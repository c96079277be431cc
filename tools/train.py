"""Train a model from a config."""
from kssnet_mm.apis.command_line import command_parser, run_command


def parse_args():
    parser = command_parser(__doc__, options=True)
    parser.add_argument('config', help='config file')
    parser.add_argument('--work-dir', help='folder of logs and checkpoints')
    parser.add_argument('--resume', nargs='?', const='auto',
                        help='resume from this checkpoint, or without a value from the newest readable one')
    parser.add_argument('--amp', action='store_true',
                        help='mixed precision (float16 on GPU, bfloat16 on CPU)')
    parser.add_argument('--auto-scale-lr', action='store_true',
                        help='scale the learning rate to the real batch size')
    parser.add_argument('--no-validate', action='store_true', help='do not evaluate while training')
    parser.add_argument('--launcher', choices=['none', 'pytorch', 'slurm', 'mpi'], default='none')
    parser.add_argument('--local_rank', '--local-rank', type=int, default=0)
    return parser.parse_args()


def main(args):
    from kssnet_mm.apis.runner_config import (build_runner, disable_validation, enable_amp, enable_auto_scale_lr,
                                              enable_resume, enable_robust_hooks, load_config, set_local_rank)
    set_local_rank(args.local_rank)
    cfg = load_config(args.config, args.cfg_options, args.work_dir, args.launcher,
                      ['model', 'train_dataloader', 'optim_wrapper', 'train_cfg'])
    enable_robust_hooks(cfg)
    if args.amp:
        enable_amp(cfg)
    if args.resume:
        enable_resume(cfg, args.resume)
    if args.auto_scale_lr:
        enable_auto_scale_lr(cfg)
    if args.no_validate:
        disable_validation(cfg)
    build_runner(cfg).train()


if __name__ == '__main__':
    run_command(main, parse_args())
