import copy

import pytest
import torch
from deploy_cases import build

from kssnet_mm.deploy import logits, switch_to_deploy
from kssnet_mm.deploy.verify import DeployError, check_equal, differences, random_input


def test_measures_and_refuses():
    model = build('r50_narrow')
    deployed = switch_to_deploy(copy.deepcopy(model).double())
    double, single = check_equal(model, deployed)
    assert 0 <= double < 1e-10 and 0 <= single < 1e-4
    with torch.no_grad():
        deployed.head.classifier.fc.bias[0] += 0.01
    largest = logits(model, random_input(model)).abs().max().item()
    assert differences(model, deployed)[1] == pytest.approx(0.01 / max(largest, 1), rel=0.01)
    with pytest.raises(DeployError, match='in float64 .allowed 1e-10., .* in float32 .allowed 0.0001'):
        check_equal(model, deployed)
    with torch.no_grad():
        deployed.head.classifier.fc.bias[0] = float('nan')
    with pytest.raises(DeployError, match='nan'):
        check_equal(model, deployed)
