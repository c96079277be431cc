import runpy

from conftest import ROOT


def test_pictures_of_one_name_do_not_overwrite_each_other():
    name = runpy.run_path(str(ROOT / 'tools/predict.py'))['picture_name']
    inputs = ['a/x.avi', 'a/x.mp4', 'b/x.mp4', 'b/y.mp4']
    assert [name(path, inputs) for path in inputs] == ['x.avi.png', 'x.mp4_0.png', 'x.mp4_1.png', 'y.png']
