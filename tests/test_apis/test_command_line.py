"""How the errors of a tool end: a sentence for the user, a traceback for a fault of the program."""
import re
import sys

import pytest
import torch
from mmengine.config import Config
from torch.utils.data import DataLoader

from kssnet_mm.annotations.class_list import read_class_list
from kssnet_mm.apis.command_line import command_parser, run_command
from kssnet_mm.datasets.verify import verify_config
from kssnet_mm.registry import MODELS


def ends(work, capsys, *flags):
    """Exit code and standard error of a tool."""
    args = command_parser('A tool.', options=True).parse_args(list(flags))
    with pytest.raises(SystemExit) as stop:
        run_command(work, args)
    return stop.value.code, capsys.readouterr().err


def wrong_setting(args):
    MODELS.build(dict(type='LabelGCN', num_classes=0))


def test_what_our_source_raises_is_a_sentence(capsys):
    assert ends(wrong_setting, capsys) == (2, 'error: num_classes must be at least 1, got 0\n')
    assert ends(lambda args: verify_config(Config()), capsys) == (
        2, 'error: the config has none of train_dataloader, val_dataloader, test_dataloader\n')


def test_debug_shows_the_traceback():
    with pytest.raises(ValueError, match='num_classes must be at least 1'):
        run_command(wrong_setting, command_parser('A tool.').parse_args(['--debug']))


def test_a_missing_file_is_a_sentence(capsys, tmp_path):
    code, said = ends(lambda args: open(tmp_path / 'no.txt'), capsys)
    assert code == 2 and said.startswith('error: ') and 'no.txt' in said and said.count('\n') == 1
    assert ends(lambda args: read_class_list(tmp_path / 'no.txt'), capsys)[0] == 2


def test_what_a_config_names_wrongly_is_a_sentence(capsys):
    code, said = ends(lambda args: MODELS.build(dict(type='LabelGCM')), capsys)
    assert code == 2 and re.fullmatch(r'error: LabelGCM is not in the \w+::model registry. Please check whether the value of '
                                      '`LabelGCM` is correct or it was registered as expected.\n', said)
    code, said = ends(lambda args: MODELS.build(dict(type='LabelGCN', num_classes=2, layers=3)), capsys)
    assert code == 2 and "unexpected keyword argument 'layers'" in said


@pytest.mark.parametrize('fault', [
    lambda args: int('one'),
    lambda args: {}['key'],
    lambda args: MODELS.build(dict(type='LabelGCN', num_classes='two')),  # '<' of a str and an int
    lambda args: torch.zeros(2) @ torch.zeros(3),  # a RuntimeError that no source of ours raises
])
def test_a_fault_of_the_program_keeps_its_traceback(fault):
    with pytest.raises((ValueError, KeyError, TypeError, RuntimeError)):
        run_command(fault, command_parser('A tool.').parse_args([]))


class Broken(torch.utils.data.Dataset):

    def __init__(self, ours):
        self.ours = ours

    def __len__(self):
        return 2

    def __getitem__(self, index):
        if self.ours:
            MODELS.build(dict(type='LabelGCN', num_classes=0))
        return [][index]


def test_a_loader_worker_says_it_too(capsys):
    assert ends(lambda args: next(iter(DataLoader(Broken(True), num_workers=1))), capsys) == (
        2, 'error: num_classes must be at least 1, got 0\n')
    with pytest.raises(IndexError):
        run_command(lambda args: next(iter(DataLoader(Broken(False), num_workers=1))),
                    command_parser('A tool.').parse_args([]))


def test_the_tool_itself_may_raise(capsys, tmp_path, monkeypatch):
    script = tmp_path / 'tool.py'
    script.write_text('def work(args):\n    raise ValueError("no such row")\n')
    monkeypatch.setattr(sys, 'argv', [str(script)])
    scope = {}
    exec(compile(script.read_text(), str(script), 'exec'), scope)
    assert ends(scope['work'], capsys) == (2, 'error: no such row\n')


def test_exit_codes(capsys):
    assert ends(lambda args: 3, capsys) == (3, '')
    assert ends(lambda args: 0, capsys) == (0, '')
    run_command(lambda args: None, command_parser('A tool.').parse_args([]))


def test_options_without_a_value(capsys):
    parser = command_parser('A tool.', options=True)
    assert parser.parse_args(['--cfg-options', 'a.b=1', 'c=[1,2]']).cfg_options == {'a.b': 1, 'c': [1, 2]}
    with pytest.raises(SystemExit) as stop:
        parser.parse_args(['--cfg-options', 'a.b', '1'])
    assert stop.value.code == 2 and "--cfg-options takes KEY=VALUE, got 'a.b'" in capsys.readouterr().err
