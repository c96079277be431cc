"""Exported files whose content is not what an export writes."""
import io
import json
import os
import zipfile

import pytest
import torch
from packaging.version import Version

from kssnet_mm.apis import MultiLabelInferencer

HOW = dict(kind='image', resize=[48, 32], crop=None, channels='rgb', mean=[120., 110., 100.], std=[60., 60., 60])
needs_exporter = pytest.mark.skipif(Version(torch.__version__) < Version('2.6'),
                                    reason="torch's current exporter needs torch >= 2.6")


class Mean(torch.nn.Module):

    def forward(self, x):
        return x.mean(dim=(2, 3)).sigmoid()


def write_program(path, classes) -> None:
    """A program that gives three scores, for images of one size."""
    program = torch.export.export(Mean(), (torch.zeros(1, 3, 32, 48), ))
    meta = dict(classes=classes, thresholds=[.5] * len(classes), preprocessing=HOW)
    torch.export.save(program, path, extra_files={key: json.dumps(value) for key, value in meta.items()})


class Folder:
    """Makes a folder when it is unpickled."""

    def __init__(self, path) -> None:
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path, )


@needs_exporter
def test_its_pickles_are_not_run(tmp_path):
    write_program(tmp_path / 'good.pt2', ['red', 'green', 'blue'])
    MultiLabelInferencer(tmp_path / 'good.pt2', device='cpu', show_progress=False)
    pickled = io.BytesIO()
    torch.save(Folder(tmp_path / 'made'), pickled)
    with zipfile.ZipFile(tmp_path / 'good.pt2') as good, zipfile.ZipFile(tmp_path / 'bad.pt2', 'w') as bad:
        changed = [name for name in good.namelist() if 'sample_inputs' in name]
        assert len(changed) == 1
        for name in good.namelist():
            bad.writestr(name, pickled.getvalue() if name in changed else good.read(name))
    with pytest.raises(ValueError, match='bad.pt2 holds a pickle that is broken or of more than tensors: it is not run'):
        MultiLabelInferencer(tmp_path / 'bad.pt2', device='cpu', show_progress=False)
    assert not (tmp_path / 'made').exists()
    assert 'TORCH_FORCE_WEIGHTS_ONLY_LOAD' not in os.environ
