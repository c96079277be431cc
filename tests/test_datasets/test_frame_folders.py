"""Folders of frames of any naming and numbering, and PySlowFast's lists of frames."""
import cv2
import numpy as np
import pytest
from mmengine.registry import DATASETS
from painted_videos import numbers_of, paint

from kssnet_mm.datasets.frame_folders import FrameFolder, consecutive, read_folder, write_times

SAMPLE = dict(type='mmaction.SampleFrames', clip_len=2, num_clips=1, test_mode=True)
FINISH = [dict(type='mmaction.RawFrameDecode'), dict(type='mmaction.FormatShape', input_format='NCTHW'),
          dict(type='mmaction.PackActionInputs')]


def write_frames(folder, template, numbers, first=0):
    """Painted frames ``first``, ``first`` + 1, ... under the given numbers."""
    folder.mkdir(parents=True, exist_ok=True)
    for position, number in enumerate(numbers, first):
        assert cv2.imwrite(str(folder / template.format(number)), paint(position)[:, :, ::-1])


@pytest.mark.parametrize('template', ['{:04d}.png', 'img_{:05d}.jpg', '{:01d}.jpg', 'a-1-{:06d}.jpeg',
                                      'V{{0}}_{:03d}.bmp'])
@pytest.mark.parametrize('start', [0, 1])
def test_any_naming_is_found(tmp_path, template, start):
    write_frames(tmp_path / 'v', template, range(start, start + 12))
    (tmp_path / 'v/notes.txt').write_text('')
    assert read_folder(str(tmp_path / 'v'), 'v') == FrameFolder(template, start, 12)


def test_numbers_that_outgrow_their_zeros(tmp_path):
    (tmp_path / 'v').mkdir()
    for number in range(1, 121):
        (tmp_path / f'v/f{number:02d}.jpg').touch()
    assert read_folder(str(tmp_path / 'v'), 'v') == FrameFolder('f{:02d}.jpg', 1, 120)


def test_what_is_wrong_with_a_folder(tmp_path):
    folder = str(tmp_path / 'v')
    write_frames(tmp_path / 'v', 'img_{:03d}.jpg', [3, 4, 6])
    with pytest.raises(ValueError, match=r'v: 3 frames, the last has number 6; img_001.jpg is missing \(.*=3'):
        read_folder(folder, 'v')
    with pytest.raises(ValueError, match='img_005.jpg is missing$'):
        read_folder(folder, 'v', start=3)
    with pytest.raises(ValueError, match='img_003.jpg is there, but start_index is 6'):
        read_folder(folder, 'v', start=6)
    with pytest.raises(ValueError, match='no frames f1.png ... in this folder, which holds img_003.jpg, img_004.jpg'):
        read_folder(folder, 'v', 'f{}.png')
    write_frames(tmp_path / 'v', 'flow_{:03d}.jpg', [1])
    with pytest.raises(ValueError, match=r'named in 2 ways, flow_{:03d}.jpg and img_{:03d}.jpg: say by filename_tmpl'):
        read_folder(folder, 'v')
    assert read_folder(folder, 'v', 'flow_{:03d}.jpg').count == 1
    with pytest.raises(ValueError, match='the folder of frames is missing'):
        read_folder(str(tmp_path / 'w'), 'w')
    for template in ('img.jpg', '{}_{}.jpg', '{name}.jpg'):
        with pytest.raises(ValueError, match='one place for the frame'):
            read_folder(folder, 'v', template)


def table(root, **kwargs):
    (root / 't.csv').write_text('id,labels\nv,cat\na/w,dog\n')
    return DATASETS.build(dict(type='TableVideoMultiLabel', data_root=str(root), ann_file='t.csv', test_mode=True,
                               data_prefix=dict(img='frames'), pipeline=[SAMPLE, *FINISH], **kwargs))


def shown(sample):
    return numbers_of(sample['inputs'][0].permute(1, 2, 3, 0).numpy())


def test_tables_take_folders_of_different_numbering(tmp_path):
    write_frames(tmp_path / 'frames/v', 'img_{:05d}.png', range(0, 10))
    write_frames(tmp_path / 'frames/a/w', 'w-{:06d}.jpg', range(1, 11), first=100)
    data = table(tmp_path)
    # the middle two of ten frames, whichever number the first file has
    assert shown(data[0]) == [4, 5] and shown(data[1]) == [104, 105]
    with pytest.raises(ValueError, match='t.csv: 1 of 2 folders of frames cannot be used: .*w: no frames'):
        table(tmp_path, filename_tmpl='img_{:05d}.png')
    with pytest.raises(ValueError, match='img_00000.png is there, but start_index is 1'):
        table(tmp_path, start_index=1)


def test_the_rate_of_a_tables_frames(tmp_path):
    for folder in ('v', 'a/w'):
        write_frames(tmp_path / 'frames' / folder, '{:02d}.png', range(4))
    assert table(tmp_path).get_data_info(0)['avg_fps'] == 24
    assert table(tmp_path, frame_fps=12.5).get_data_info(1)['avg_fps'] == 12.5


def test_an_explicit_template_and_start(tmp_path):
    for folder in ('v', 'a/w'):
        write_frames(tmp_path / 'frames' / folder, f'{folder[-1]}_{{:04d}}.png', range(7, 17))
        (tmp_path / 'frames' / folder / 'mask_0001.png').touch()
    data = table(tmp_path, filename_tmpl='{name}_{:04d}.png', start_index=7)
    assert shown(data[0]) == shown(data[1]) == [4, 5] and data.get_data_info(0)['start_index'] == 7
    with pytest.raises(ValueError, match='for folders of frames'):
        DATASETS.build(dict(type='TableVideoMultiLabel', ann_file='t.csv', data_prefix=dict(video='x'), pipeline=[],
                            start_index=1))


LIST = ('original_vido_id video_id frame_id path labels\n'
        + ''.join(f'A 0 {k} A/A-{k + 1:06d}.jpg "{"0,2" if k < 4 else ""}"\n' for k in range(10))
        + ''.join(f'B 1 {k} B/{k:03d}.png "{"1" if k == 9 else ""}"\n' for k in range(10)))


def frame_list(root, text=LIST, **kwargs):
    (root / 'list.csv').write_text(text)
    return DATASETS.build(dict(type='FrameListMultiLabel', data_root=str(root), ann_file='list.csv', test_mode=True,
                               classes=['a', 'b', 'c'], data_prefix=dict(img='frames'),
                               **{'pipeline': [SAMPLE, *FINISH], **kwargs}))


def target(sample):
    sample = sample['data_samples']
    return (sample.gt_label if 'gt_label' in sample else sample.gt_labels.item).tolist()


@pytest.mark.parametrize('spelling', ['original_vido_id', 'original_video_id'])
def test_pyslowfasts_frame_lists(tmp_path, spelling):
    write_frames(tmp_path / 'frames/A', 'A-{:06d}.jpg', range(1, 11))
    write_frames(tmp_path / 'frames/B', '{:03d}.png', range(10), first=50)
    data = frame_list(tmp_path, LIST.replace('original_vido_id', spelling))
    assert [shown(data[k]) for k in range(2)] == [[4, 5], [54, 55]]
    assert [target(data[k]) for k in range(2)] == [[1, 0, 1], [0, 1, 0]]
    assert data.get_data_info(1)['where'].endswith('list.csv:12')
    # of clips the frames from the first to the last: 2 to 6 of A have the labels of 2 and 3, of B none
    steps = [dict(SAMPLE, frame_interval=4), dict(type='ClipLabels'), *FINISH]
    data = frame_list(tmp_path, label_level='clip', pipeline=steps)
    assert shown(data[0]) == [2, 6] and [target(data[k]) for k in range(2)] == [[1, 0, 1], [0, 0, 0]]
    # a folder that our extraction made at another rate has its own clock, and the list its own
    # by the folder's, frames 2 to 6 would be from 1/3 s on, after the last action, which ends at 4/24 s
    write_times(str(tmp_path / 'frames/A'), np.arange(11) / 6)
    data = frame_list(tmp_path, label_level='clip', pipeline=steps)
    assert target(data[0]) == [1, 0, 1]


def test_the_rate_of_frame_lists(tmp_path):
    write_frames(tmp_path / 'frames/A', 'A-{:06d}.jpg', range(1, 11))
    write_frames(tmp_path / 'frames/B', '{:03d}.png', range(10))
    record = frame_list(tmp_path, label_level='clip', pipeline=[], frame_fps=8).get_data_info(1)
    assert record['avg_fps'] == 8
    # B's label 1 is that of frame 9 alone
    assert record['actions'].tolist() == [[1, 9 / 8, 10 / 8]] and record['frame_spans'][9].tolist() == [9 / 8, 10 / 8]


@pytest.mark.parametrize('text, match', [
    ('id,labels\nA,x\n', "list.csv:1: the header of a frame list is 'original_vido_id'"),
    (LIST + 'C 2 0 C/1.jpg\n', 'list.csv:22: 4 columns instead of 5'),
    (LIST + 'C 2 0 C/1.jpg "3"\n', "list.csv:22: a frame of 'C' has the label 3, there are 3 classes"),
    (LIST + 'C 2 1 C/1.jpg ""\n', "list.csv:22: frame 1 of 'C' follows frame -1"),
    (LIST + 'C 2 0 C/1.jpg "x"\n', "list.csv:22: frame '0' and labels 'x' are no numbers"),
    (LIST + 'C 2 0 C/1.jpg ""\nC 2 1 C/3.jpg ""\n', 'list.csv:22: C/3.jpg: frame 1 of this video should be C/2.jpg')])
def test_malformed_lists_are_named_by_line(tmp_path, text, match):
    with pytest.raises(ValueError, match=match):
        frame_list(tmp_path, text)


def test_frames_that_are_listed_need_numbers():
    assert consecutive(['A/x/1.jpg', 'A/x/2.jpg']) == ('A/x', FrameFolder('{:01d}.jpg', 1, 2))
    with pytest.raises(ValueError, match='A/x.jpg: a frame needs a number'):
        consecutive(['A/x.jpg'])
    assert np.array(numbers_of([paint(k) for k in range(256)])).tolist() == list(range(256))
