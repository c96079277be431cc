"""Extract resized frames of videos into {id}/{id}-{:06d}.jpg; run again after a kill, it goes on."""
import os
from functools import partial
from pathlib import Path
from typing import List

from kssnet_mm.annotations.charades import read_videos
from kssnet_mm.apis.command_line import command_parser, run_command


def videos_of(folder: Path, csvs: List[str], extension: str) -> List[Path]:
    """The videos of Charades csv files, or all in the folder.

    Raises:
        ValueError: There are none, or two of them would share a folder of frames.
    """
    from kssnet_mm.datasets.video import VIDEO_ENDINGS
    if csvs:
        names = dict.fromkeys(video.id for file in csvs for video in read_videos(file))
        return [folder / f'{name}{extension}' for name in names]
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in VIDEO_ENDINGS)
    stems = {}
    for path in found:
        if path.stem in stems:
            raise ValueError(f'{path} and {stems[path.stem]} would share a folder of frames')
        stems[path.stem] = path
    if not found:
        raise ValueError(f'{folder} has no videos ({" ".join(VIDEO_ENDINGS)})')
    return found


def parse_args():
    parser = command_parser(__doc__)
    parser.add_argument('videos', type=Path, help='folder of videos')
    parser.add_argument('out', type=Path, help='folder that gets one folder a video')
    parser.add_argument('--csv', nargs='+', default=[],
                        help='Charades csv files whose videos are taken; default: all in the folder')
    parser.add_argument('--extension', default='.mp4', help="what follows the id in the names of the csv's videos")
    parser.add_argument('--short-side', type=int, default=256, help='smaller videos keep their size')
    parser.add_argument('--fps', type=float, help="frames a second, Charades' 24; default: the video's")
    parser.add_argument('--quality', type=int, default=95, help='of the JPEGs, 1 to 100')
    parser.add_argument('--workers', type=int, default=os.cpu_count() or 1)
    args = parser.parse_args()
    if args.workers < 1:
        parser.error(f'--workers must be positive, got {args.workers}')
    return args


def main(args):
    from rich.console import Console
    from rich.progress import track

    from kssnet_mm.datasets.extract import Result, Settings, extract_video, prepare
    from kssnet_mm.datasets.isolated_map import CRASHED, isolated_map
    settings = Settings(args.short_side, args.fps, args.quality)
    videos = videos_of(args.videos, args.csv, args.extension)
    prepare(args.out, settings)
    console, results = Console(stderr=True), []
    work = partial(extract_video, out=args.out, settings=settings, ending=args.extension if args.csv else None)
    jobs = isolated_map(work, videos, args.workers)
    for video, result in track(jobs, 'extracting', total=len(videos), console=console):
        if result == CRASHED:
            result = Result(video.stem, 0, f'{video}: the decoder crashed')
        results.append(result)
        if result.error:
            console.print(f'failed: {result.error}', soft_wrap=True, highlight=False, markup=False)
        if result.note:
            console.print(f'short: {result.note}', soft_wrap=True, highlight=False, markup=False)
    failed = sum(bool(result.error) for result in results)
    there, short = (sum(bool(getattr(result, key)) for result in results) for key in ('skipped', 'note'))
    print(f'{len(results) - failed - there} videos extracted{f" ({short} hold less than they announce)" * bool(short)}, '
          f'{there} were there already, {failed} failed; {sum(result.frames for result in results)} frames in {args.out}')
    return 1 if failed else 0


if __name__ == '__main__':
    run_command(main, parse_args())
