"""CharadesDataset on hand-made files: labels, frames, clips, concepts, faults by line."""
import csv

import numpy as np
import pytest
import torch
from mmengine.registry import DATASETS
from media import Log, gt_label, write_frames, write_video

COLUMNS = ('id,subject,scene,quality,relevance,verified,script,objects,descriptions,actions,length')
# lines 2 to 4; the second spans two lines of the file
ROWS = [('AAAAA', 'c002 0.00 0.20;c000 0.10 0.50;c002 0.30 0.40', '0.50'), ('BBBBB', '', '0.50'),
        ('CCCCC', 'c001 0.25 0.25', '0.50')]
SAMPLE = dict(type='mmaction.SampleFrames', clip_len=2, num_clips=1, test_mode=True)
FINISH = [dict(type='mmaction.FormatShape', input_format='NCTHW'),
          dict(type='mmaction.PackActionInputs')]
VIDEO = [dict(type='mmaction.DecordInit'), SAMPLE, dict(type='mmaction.DecordDecode'), *FINISH]
FRAMES = [SAMPLE, dict(type='mmaction.RawFrameDecode'), *FINISH]


def write_csv(path, rows=ROWS):
    with open(path, 'w', newline='') as file:
        writer = csv.writer(file, lineterminator='\n')
        writer.writerow(COLUMNS.split(','))
        for name, actions, length in rows:
            writer.writerow([name, 's', 'r', 7, 7, 'Yes', 't', '', '', actions, length])


@pytest.fixture
def root(tmp_path):
    write_csv(tmp_path / 'train.csv')
    (tmp_path / 'classes.txt').write_text('c000 Holding a cup\nc001 Taking a cup\nc002 Sitting\n')
    return tmp_path


def targets(data):
    """n lists of N, of the videos."""
    held = [np.asarray(data.get_data_info(i)['label']).nonzero()[0] for i in range(len(data))]
    return [[int(k in labels) for k in range(3)] for labels in held]


def build(root, **kwargs):
    return DATASETS.build({**dict(
        type='CharadesDataset', data_root=str(root), ann_file='train.csv', class_file='classes.txt',
        data_prefix=dict(video='videos'), pipeline=[]), **kwargs})


def target(sample):
    return gt_label(sample['data_samples']).tolist()


def test_labels_order_and_counts(root):
    with Log() as messages:
        data = build(root)
    assert any('3 videos, 1 without any label (dropped)' in text for text in messages)
    assert data.metainfo['classes'] == ('Holding a cup', 'Taking a cup', 'Sitting')
    assert targets(data) == [[1, 0, 1], [0, 1, 0]]
    assert [data.get_data_info(i)['video_id'] for i in range(2)] == ['AAAAA', 'CCCCC']
    assert data.get_data_info(1)['filename'] == str(root / 'videos/CCCCC.mp4')
    with Log() as messages:
        data = build(root, keep_unlabelled=True)
    assert any('3 videos, 1 without any label (kept)' in text for text in messages)
    assert targets(data) == [[1, 0, 1], [0, 0, 0], [0, 1, 0]]


def test_frames_are_decoded_by_their_number(root):
    for name in ('AAAAA', 'CCCCC'):
        write_frames(root / 'frames' / name, 12)
    data = build(root, data_prefix=dict(img='frames'), pipeline=FRAMES, test_mode=True)
    info = data.get_data_info(0)
    assert info['total_frames'] == 12 and info['start_index'] == 1 and info['modality'] == 'RGB'
    # the middle clip of 2 of 12 frames starts at frame 5 (from 0), which is file 000006: 10 + 4 * 5
    clip = data[0]['inputs']
    assert clip.shape == (1, 3, 2, 24, 32)
    assert clip.float().mean(dim=(0, 1, 3, 4)).round().tolist() == [30, 34]
    assert target(data[0]) == [1, 0, 1]


def test_braces_in_an_id_do_not_break_the_template(root):
    write_csv(root / 'train.csv', [('A{0}', 'c000 0 1', '1')])
    write_frames(root / 'frames' / 'A{0}', 3)
    info = build(root, data_prefix=dict(img='frames')).get_data_info(0)
    assert info['filename_tmpl'].format(2) == 'A{0}-000002.jpg' and info['total_frames'] == 3


def test_missing_and_incomplete_folders_are_named(root):
    write_frames(root / 'frames/AAAAA', 12)
    frames = dict(data_prefix=dict(img='frames'))
    with pytest.raises(ValueError, match=r'train.csv: 1 of 2 folders .*CCCCC: the folder of frames is'):
        build(root, **frames)
    write_frames(root / 'frames/CCCCC', 5)
    (root / 'frames/CCCCC/CCCCC-000003.jpg').unlink()
    with pytest.raises(ValueError, match='CCCCC: 4 frames, the last has number 5; CCCCC-000003.jpg is'):
        build(root, **frames)
    with Log() as messages:
        data = build(root, on_bad_media='resample', **frames)
    assert len(data) == 1 and any('1 of 2 folders' in text and 'left out' in text for text in messages)
    with pytest.raises(ValueError, match='CCCCC'):  # testing never leaves one out
        build(root, on_bad_media='resample', test_mode=True, **frames)
    (root / 'frames/CCCCC/x.jpg').write_text('')
    for path in (root / 'frames/CCCCC').glob('CCCCC-*'):
        path.unlink()
    with pytest.raises(ValueError, match='CCCCC: no frames CCCCC-000001.jpg'):
        build(root, **frames)


def test_folders_much_shorter_than_the_csv_are_warned_of(root):
    write_csv(root / 'train.csv', [('AAAAA', 'c000 0 1', '3.00')])
    write_frames(root / 'frames/AAAAA', 47)  # 2 s at 24 would be 48
    with Log() as messages:
        build(root, data_prefix=dict(img='frames'))
    assert any('1 folders hold over a second less' in text and '47 frames of 3 s' in text
               for text in messages)


def test_clip_labels_of_video_and_frames_agree(root):
    for name in ('AAAAA', 'CCCCC'):
        write_video(root / f'videos/{name}.mp4', 12)
        write_frames(root / 'frames' / name, 12)
    labels = dict(type='ClipLabels')
    steps = [dict(type='SequentialVideoInit'), SAMPLE, labels, dict(type='SequentialVideoDecode'), *FINISH]
    video = build(root, label_level='clip', test_mode=True, pipeline=steps)
    frames = build(root, label_level='clip', test_mode=True, data_prefix=dict(img='frames'),
                   pipeline=FRAMES[:1] + [labels] + FRAMES[1:])
    # frames 5 and 6 of 24 a second: 5/24 = .2083 s to 7/24 = .2917 s. In A c002 ended at .2 and starts
    # again at .3; c000 runs from .1 to .5. In C c001 is the instant .25.
    for data in (video, frames):
        assert target(data[0]) == [1, 0, 0]
        assert target(data[1]) == [0, 1, 0]
        assert targets(data) == [[1, 0, 1], [0, 1, 0]]  # of the videos


def test_clip_labels_of_frames_at_another_rate(root):
    """Frames 5 and 6 of 18 a second: .2778 s to .3889 s, when c002 goes on again in A and c001 is over in C."""
    for name in ('AAAAA', 'CCCCC'):
        write_frames(root / 'frames' / name, 12)
    data = build(root, label_level='clip', test_mode=True, data_prefix=dict(img='frames'), frame_fps=18,
                 pipeline=[SAMPLE, dict(type='ClipLabels'), *FRAMES[1:]])
    assert data.get_data_info(0)['avg_fps'] == 18
    assert [target(data[i]) for i in range(2)] == [[1, 0, 1], [0, 0, 0]]


@pytest.mark.parametrize('actions, clips, start_index, expected', [
    ([(0, 0., 1.)], [[10, 19]], 0, [0, 0]),  # clip [1, 2) at 10 a second; an action that ends at 1
    ([(0, 0., 1.01)], [[10, 19]], 0, [1, 0]),
    ([(0, 2., 3.)], [[10, 19]], 0, [0, 0]), ([(0, 1.99, 3.)], [[10, 19]], 0, [1, 0]),
    ([(0, 1.4, 1.5)], [[10, 19]], 0, [1, 0]),  # between two frames of a clip
    ([(0, 1.4, 1.5)], [[10], [19]], 0, [0, 0]),  # but not between two segments
    ([(0, 1.0, 1.0)], [[10, 19]], 0, [1, 0]), ([(0, 2.0, 2.0)], [[10, 19]], 0, [0, 0]),  # instants
    ([(0, 1.5, 0.2)], [[10, 19]], 0, [1, 0]),  # ends before it starts: the instant 1.5
    ([(1, 0., 1.)], [[11, 20]], 1, [0, 0]),  # files that count from 1
    ([(1, 0., 1.), (0, 1.2, 9.)], [[1, 2], [15, 16]], 1, [1, 1]), ([], [[10, 19]], 0, [0, 0])])
def test_overlap_rule(actions, clips, start_index, expected):
    from kssnet_mm.datasets import ClipLabels
    results = dict(actions=actions, frame_inds=np.array(clips).ravel(), clip_len=len(clips[0]),
                   start_index=start_index, label=torch.ones(2))
    for fps in (dict(avg_fps=10.), dict(total_frames=50, length=5.)):
        assert ClipLabels()(dict(results, **fps))['label'].tolist() == expected
    with pytest.raises(ValueError, match='needs avg_fps'):
        ClipLabels()(dict(results))
    results.pop('actions')
    with pytest.raises(ValueError, match="label_level='clip'"):
        ClipLabels()(dict(results, avg_fps=10.))


def test_a_video_has_a_length(root):
    write_csv(root / 'train.csv', ROWS + [('DDDDD', '', '0')])
    with pytest.raises(ValueError, match="train.csv:5: the length of 'DDDDD' is 0 seconds"):
        build(root)


@pytest.mark.parametrize('kwargs, match', [
    (dict(data_prefix=dict(img='a', video='b')), 'data_prefix must be'),
    (dict(label_level='frame'), "'video' or 'clip', got 'frame'"), (dict(frame_fps=0), 'frame_fps'),
    (dict(label_level='clip', pipeline=VIDEO), 'do not agree'),
    (dict(pipeline=[dict(type='ClipLabels')]), 'do not agree'),
    (dict(on_bad_media='skip'), "'raise' or 'resample', got 'skip'")])
def test_arguments_are_checked(root, kwargs, match):
    with pytest.raises(ValueError, match=match):
        build(root, **kwargs)


def test_bad_videos_raise_or_are_replaced_in_training_alone(root):
    write_video(root / 'videos/AAAAA.mp4')
    (root / 'videos/CCCCC.mp4').write_bytes(b'no video')
    with pytest.raises(ValueError, match='CCCCC.mp4 cannot be read'):
        build(root, pipeline=VIDEO)[1]
    data = build(root, pipeline=VIDEO, on_bad_media='resample', max_refetch=50)
    np.random.seed(0)
    with Log() as messages:
        assert target(data[1]) == [1, 0, 1]  # another video's
    assert data.bad_media > 0 and any('CCCCC.mp4 cannot be read' in text for text in messages)
    with pytest.raises(ValueError, match='CCCCC.mp4 cannot be read'):
        build(root, pipeline=VIDEO, on_bad_media='resample', test_mode=True)[1]


def test_segments_become_one_clip(root):
    from kssnet_mm.datasets import SegmentsToClip
    write_video(root / 'videos/AAAAA.mp4')
    sample = dict(type='mmaction.SampleFrames', clip_len=1, num_clips=4, test_mode=True)
    steps = [VIDEO[0], sample, VIDEO[2], dict(type='mmaction.ThreeCrop', crop_size=48),
             dict(type='SegmentsToClip'), *FINISH]
    clip = build(root, pipeline=steps, test_mode=True)[0]['inputs']
    assert clip.shape == (3, 3, 4, 48, 48)  # three crops of one clip of four frames
    # the middles of four segments of 12 frames are 1, 4, 7, 10, of value 10 + 12 k, in every crop
    means = clip.float().mean(dim=(1, 3, 4))
    assert torch.allclose(means, torch.tensor([22., 58., 94., 130.]).expand(3, 4), atol=5)
    assert SegmentsToClip()(dict(clip_len=1, num_clips=7)) == dict(clip_len=7, num_clips=1)
    with pytest.raises(ValueError, match='clip_len is 2'):
        SegmentsToClip()(dict(clip_len=2, num_clips=3))
