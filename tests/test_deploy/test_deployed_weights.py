"""A deployed checkpoint holds the graph in its weights: no training may start from it, whatever brings it in."""
import copy

import pytest
import torch
from deploy_cases import build, settings
from mmengine.config import Config
from mmengine.runner import Runner
from mmpretrain.structures import DataSample

from kssnet_mm.apis import load_trained
from kssnet_mm.converters import save_state_dict
from kssnet_mm.deploy import switch_to_deploy
from kssnet_mm.deploy.configs import deployed_config, stock_config
from kssnet_mm.models.heads.deployed_weights import is_deployed, refuse_deployed_init
from kssnet_mm.registry import MODELS

CASE, HOOK = 'r50_narrow', [dict(type='RefuseDeployedHook')]
REFUSED = 'a deployed model,? .*train on from the checkpoint that'
STOCK_HEAD = dict(type='mmpretrain.MultiLabelLinearClsHead', num_classes=7, in_channels=512)


@pytest.fixture(scope='module')
def files(tmp_path_factory):
    """Checkpoints of a trained, a deployed and a stock model, by those names, and their configs."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp('weights')
    model, cfg = build(CASE), Config(dict(model=settings(CASE)))
    cfg.test_dataloader = dict(dataset=dict(pipeline=[dict(type='PackInputs')]))
    found = {'trained.cfg': copy.deepcopy(cfg.model)}
    save_state_dict(model.state_dict(), str(folder / 'trained.pth'))
    deployed = switch_to_deploy(model)
    for name, write in (('deployed', deployed_config), ('stock', stock_config)):
        new, state = write(cfg, deployed)
        save_state_dict(state, str(folder / f'{name}.pth'), deployed=name == 'deployed')
        found[f'{name}.cfg'] = new.model
    found.update({name: str(folder / f'{name}.pth') for name in ('trained', 'deployed', 'stock')})
    return found


def model_of(kind, files):
    """'plain' or 'stock-head': the plain backbone with our head or mmpretrain's; else a config of ``files``."""
    if kind in ('plain', 'stock-head'):
        cfg = copy.deepcopy(settings(CASE, graph=False))
        if kind == 'stock-head':
            cfg.update(neck=dict(type='mmpretrain.GlobalAveragePooling'), head=STOCK_HEAD)
    else:
        cfg = copy.deepcopy(files[f'{kind}.cfg'])
    cfg['type'], cfg['data_preprocessor'] = 'mmpretrain.ImageClassifier', dict(type='mmpretrain.ClsDataPreprocessor')
    return cfg


def runner_of(model, folder, hooks=(), **options):
    """A runner for one step of training, and for testing."""
    sample = dict(inputs=torch.zeros(3, 32, 32), data_samples=DataSample().set_gt_score(torch.ones(7)))
    loader = dict(dataset=[sample] * 2, batch_size=2, sampler=dict(type='DefaultSampler', shuffle=False),
                  collate_fn=dict(type='pseudo_collate'))
    return Runner(copy.deepcopy(model), str(folder), train_dataloader=loader, test_dataloader=loader,
                  train_cfg=dict(by_epoch=True, max_epochs=1), test_cfg=dict(), default_scope='mmpretrain',
                  optim_wrapper=dict(optimizer=dict(type='SGD', lr=1e-4)), custom_hooks=list(hooks),
                  test_evaluator=dict(type='mmpretrain.MultiLabelMetric'), experiment_name=f'{folder.name}',
                  default_hooks=dict(checkpoint=None), **options)


@pytest.mark.parametrize('kind, hook, way', [
    *((kind, False, way) for kind in ('plain', 'trained', 'deployed') for way in ('load_from', 'resume')),
    ('plain', False, 'init_cfg'), ('trained', False, 'init_cfg'),
    ('stock-head', True, 'load_from'), ('stock-head', True, 'resume'),
    ('plain', True, 'backbone'), ('stock-head', True, 'backbone'), ('trained', True, 'backbone'),
    ('trained', True, 'backbone, listed')])
def test_training_is_refused_whatever_brings_the_weights_in(files, tmp_path, kind, hook, way):
    """Our heads refuse by themselves; other heads, and weights of a backbone alone, need the hook."""
    model, options, message = model_of(kind, files), {}, REFUSED
    if way.startswith('backbone'):
        inner = model['backbone']['backbone'] if kind == 'trained' else model['backbone']
        # the prefix leaves nothing that the weights could be known by
        cfg = dict(type='Pretrained', checkpoint=files['deployed'], prefix='backbone')
        inner['init_cfg'] = [cfg] if 'listed' in way else cfg
        message = f'{files["deployed"]}, which initialises backbone.*: .*{REFUSED}'
    elif way == 'init_cfg':
        model['init_cfg'] = dict(type='Pretrained', checkpoint=files['deployed'])
    else:
        options = dict(load_from=files['deployed'], resume=way == 'resume')
    with pytest.raises(RuntimeError, match=message):
        runner_of(model, tmp_path, HOOK if hook else (), **options).train()


def test_the_hook_finds_mmaction2s_pretrained(files):
    backbone = dict(type='mmaction.ResNet3d', depth=18, base_channels=8)
    refuse_deployed_init(MODELS.build(dict(backbone, pretrained=files['trained'])))
    with pytest.raises(RuntimeError, match=f'{files["deployed"]}, which initialises the model: '):
        refuse_deployed_init(MODELS.build(dict(backbone, pretrained=files['deployed'])))


@pytest.mark.parametrize('kind, file', [('trained', 'trained'), ('stock', 'stock')])
def test_the_hook_lets_others_train(files, tmp_path, kind, file):
    """A model that went through ``--stock`` is a plain one."""
    model = dict(model_of(kind, files), init_cfg=dict(type='Pretrained', checkpoint=files[file]))
    runner = runner_of(model, tmp_path, HOOK, load_from=files[file])
    runner.train()
    assert runner.iter == 1


def test_the_hook_lets_deployed_models_be_tested(files, tmp_path):
    runner = runner_of(model_of('deployed', files), tmp_path, HOOK, load_from=files['deployed'])
    assert runner.test()
    state = torch.load(files['deployed'], weights_only=True)['state_dict']
    for name, value in runner.model.state_dict().items():
        assert torch.equal(value, state[name])


@pytest.mark.parametrize('strict', [False, True])
@pytest.mark.parametrize('kind, file, message', [
    ('plain', 'deployed', REFUSED), ('trained', 'deployed', REFUSED),
    ('deployed', 'trained', 'the model is deployed, the weights are not')])
def test_weights_of_the_other_kind_are_refused_by_torch_too(files, kind, file, message, strict):
    model = MODELS.build(model_of(kind, files))
    with pytest.raises(RuntimeError, match=message):
        model.load_state_dict(torch.load(files[file], weights_only=True)['state_dict'], strict=strict)
    # parts without a classifier tell nothing
    model.load_state_dict({}, strict=False)


def test_predicting_with_the_wrong_config_says_which_is_right(files):
    with pytest.raises(ValueError, match='it is of a deployed model, whose config was written beside it'):
        load_trained(MODELS.build(model_of('plain', files)), files['deployed'])
    with pytest.raises(ValueError) as error:
        load_trained(MODELS.build(model_of('plain', files)), files['trained'])
    assert 'of a deployed model' not in str(error.value)
    assert load_trained(MODELS.build(model_of('deployed', files)), files['deployed'])['deployed'] is True


@pytest.mark.parametrize('checkpoint, expected', [
    (dict(meta=dict(deployed=True)), True), (dict(meta=dict(deployed=False)), False), (dict(meta=dict()), False),
    (dict(), False), (dict(meta=None), False), (dict(weight=torch.zeros(1)), False)])
def test_meta_tells(checkpoint, expected):
    assert is_deployed(checkpoint) is expected
