"""Time the Charades pipelines: mmaction2's stock decoding, ours by PyAV and by decord, and extracted frames."""
import tempfile
from pathlib import Path

from kssnet_mm.apis.command_line import command_parser, run_command

SAMPLES = dict(segments=dict(clip_len=1, num_clips=64), clip=dict(clip_len=64, num_clips=1))


def parse_args():
    parser = command_parser(__doc__)
    parser.add_argument('videos', nargs='*', help='files beside the generated clip')
    parser.add_argument('--frames', type=int, default=720)
    parser.add_argument('--repeat', type=int, default=5)
    parser.add_argument('--threads', type=int, default=1, help='of the decoder, both sides')
    return parser.parse_args()


def main(args):
    import cv2
    from video_sides import time_one, write_clip, write_h264
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_clip(root / 'mpeg4.mp4', args.frames)
        clips = [root / 'mpeg4.mp4']
        if write_h264(root / 'h264.mp4', clips[0]):
            clips.append(root / 'h264.mp4')
        for path in [*clips, *map(Path, args.videos)]:
            for kind, sample in SAMPLES.items():
                time_one(path, kind, dict(type='mmaction.SampleFrames', test_mode=True, **sample), root, args)


if __name__ == '__main__':
    run_command(main, parse_args())
