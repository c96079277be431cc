import pytest
import torch
from released_files import convert, load, without_counters

from kssnet_mm.converters.inflate import inflate
from kssnet_mm.models.inception_i3d import InceptionI3D


@pytest.fixture(scope='module')
def googlenet():
    from torchvision.models import GoogLeNet
    torch.manual_seed(2)
    net = GoogLeNet(aux_logits=True, transform_input=False, init_weights=False).eval()
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(std=0.1)
            module.running_var.uniform_(0.5, 1.5)
    return net


def inflated(net, folder, *options, **settings):
    """The 3D backbone that the command makes of a file with the 2D net's weights."""
    torch.save(without_counters(net.state_dict()), folder / 'googlenet.pth')
    convert('inflate_googlenet', folder / 'googlenet.pth', folder / 'ours.pth', *options)
    return load(InceptionI3D(**settings).eval(), folder / 'ours.pth')


def features_2d(net, x, last):
    for name, module in net.named_children():
        x = module(x)
        if name == last:
            return x


def test_centre_inflation_of_a_constant_video_is_the_2d_net(googlenet, tmp_path):
    """Side 63: odd at the convolution, even at the pools, where both paddings agree."""
    net = inflated(googlenet, tmp_path, '--mode', 'center')
    image = torch.randn(1, 3, 63, 63)
    with torch.no_grad():
        video = net(image.unsqueeze(2).expand(-1, -1, 8, -1, -1))
        expected = features_2d(googlenet, image, 'inception5b')
    for t in range(video.shape[2]):
        torch.testing.assert_close(video[:, :, t], expected, rtol=1e-4, atol=1e-5)


def test_mean_inflation_equals_the_2d_net_away_from_the_ends(googlenet, tmp_path):
    net = inflated(googlenet, tmp_path, out_indices=(2, ))  # the default
    image = torch.randn(1, 3, 63, 63)
    with torch.no_grad():
        video = net(image.unsqueeze(2).expand(-1, -1, 32, -1, -1))
        expected = features_2d(googlenet, image, 'inception3b')
    torch.testing.assert_close(video[:, :, 8], expected, rtol=1e-4, atol=1e-5)
    assert (video[:, :, 0] - expected).abs().max() > 1e-3  # zeros beyond the ends


def test_inflation_by_hand():
    weight = torch.tensor([[[[6.]]]])
    assert inflate(weight, 3, 'mean').flatten().tolist() == [2, 2, 2]
    assert inflate(weight, 3, 'center').flatten().tolist() == [0, 6, 0]
    with pytest.raises(ValueError, match="'centre'"):
        inflate(weight, 3, 'centre')
