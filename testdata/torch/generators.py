#!/usr/bin/env python3
"""Generators as people have them: small ones of many families, exported by PyTorch at four opsets, with PyTorch's own outputs.

usage: generators.py [OUTDIR]      writes them; default: testdata/generators beside this folder
       generators.py --full OUTDIR writes them with 16 times the channels and, most of them, 4 times the sides, opset 13 alone, to be timed
       generators.py --check       makes them again and compares: the same nodes, numbers to 1e-5 of each output's largest magnitude
Debian packages: python3-torch python3-onnx python3-numpy
On machines that set OPENBLAS_CORETYPE or OPENBLAS_L2_SIZE, unset both: env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE /usr/bin/python3

Weights and inputs are seeded by the family's name. Outputs are computed in float64 from the float32 weights and inputs, and rounded to
float32; labels are int64. Format: see ../README.md. This script does not judge ganlet; infer's tests read the files and compare.
"""
import json, math, os, sys, tempfile, warnings, zlib
import numpy as np
import onnx, torch, torch.nn as nn, torch.nn.functional as F
from torch.nn.utils import spectral_norm, weight_norm

STORED = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'generators')
OPSETS = 11, 13, 14, 16
BATCH = 3
FULL = sys.argv[1:2] == ['--full']
W, S = (16, 4) if FULL else (1, 1)  # factors of widths and sides
FAMILIES = {}
torch.set_num_threads(1)


def family(name, paper, inputs, outputs=('image',), fixed=False):
    """Registers a generator. inputs: name -> sizes of one sample, or the number of classes of a label. fixed: exported with batch 1."""
    def register(cls):
        FAMILIES[name] = cls, paper, inputs, outputs, fixed
        return cls
    return register


class Net(nn.Module):
    """A network that is one sequence."""

    def __init__(self, *layers):
        super().__init__()
        self.main = nn.Sequential(*layers)

    def forward(self, x):
        return self.main(x)


class View(nn.Module):
    """view(N, sizes...), as most code writes it: with the batch read from the tensor's shape."""

    def __init__(self, *sizes):
        super().__init__()
        self.sizes = sizes

    def forward(self, x):
        return x.view(x.size(0), *self.sizes)


def up(x, mode='nearest', scale=2, **kw):
    return F.interpolate(x, scale_factor=scale, mode=mode, **kw)


# ---- from noise

# Goodfellow et al. 2014, "Generative Adversarial Networks"; batch norm as in the common PyTorch-GAN implementation.
@family('mlp', 'Goodfellow et al. 2014, arXiv:1406.2661', {'z': (16 * W,)})
class MLP(Net):
    def __init__(self):
        super().__init__(nn.Linear(16 * W, 24 * W), nn.LeakyReLU(.2), nn.Linear(24 * W, 32 * W), nn.BatchNorm1d(32 * W, .8), nn.LeakyReLU(.2),
                         nn.Linear(32 * W, 40 * W), nn.BatchNorm1d(40 * W), nn.ReLU(), nn.Linear(40 * W, 64 * S * S), nn.Tanh(), View(1, 8 * S, 8 * S))


# Radford et al. 2015, "Unsupervised Representation Learning with Deep Convolutional GANs".
@family('dcgan', 'Radford et al. 2015, arXiv:1511.06434', {'z': (12 * W, 1, 1)})
class DCGAN(Net):
    def __init__(self):
        super().__init__(nn.ConvTranspose2d(12 * W, 16 * W, 4, 1, 0, bias=False), nn.BatchNorm2d(16 * W), nn.ReLU(True),
                         nn.ConvTranspose2d(16 * W, 8 * W, 4, 2, 1, bias=False), nn.BatchNorm2d(8 * W), nn.ReLU(True),
                         nn.ConvTranspose2d(8 * W, 3, 4, 2, 1, bias=False), nn.Tanh())


# Odena et al. 2016, "Deconvolution and Checkerboard Artifacts": nearest resize, then convolution.
@family('resize-nearest', 'Odena et al. 2016, doi:10.23915/distill.00003', {'z': (12 * W,)})
class ResizeNearest(Net):
    def __init__(self):
        super().__init__(nn.Linear(12 * W, 12 * W * 16 * S * S), View(12 * W, 4 * S, 4 * S), nn.BatchNorm2d(12 * W), nn.Upsample(scale_factor=2),
                         nn.Conv2d(12 * W, 10 * W, 3, 1, 1), nn.BatchNorm2d(10 * W, .8), nn.LeakyReLU(.2, True), nn.Upsample(scale_factor=2),
                         nn.Conv2d(10 * W, 8 * W, 3, 1, 1), nn.BatchNorm2d(8 * W, .8), nn.LeakyReLU(.2, True), nn.Conv2d(8 * W, 1, 3, 1, 1), nn.Tanh())


# The same paper with bilinear resizing, by both rules for corners and by a size that is computed from the input's.
@family('resize-bilinear', 'Odena et al. 2016, doi:10.23915/distill.00003', {'z': (12 * W,)})
class ResizeBilinear(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc, self.a = nn.Linear(12 * W, 12 * W * 16 * S * S), nn.Conv2d(12 * W, 10 * W, 5, 1, 2)
        self.b, self.c = nn.Conv2d(10 * W, 8 * W, 3, 1, 1), nn.Conv2d(8 * W, 3, 3, 1, 1)

    def forward(self, z):
        x = F.elu(self.fc(z)).view(-1, 12 * W, 4 * S, 4 * S)
        x = F.elu(self.a(up(x, 'bilinear', align_corners=False)))
        x = F.softplus(self.b(F.interpolate(x, size=(x.shape[2] * 2, x.shape[3] * 2), mode='bilinear', align_corners=True)))
        return torch.sigmoid(self.c(x))


# Gulrajani et al. 2017, "Improved Training of Wasserstein GANs": residual blocks; upsampling by four copies and depth to space.
@family('wgan-gp', 'Gulrajani et al. 2017, arXiv:1704.00028', {'z': (12 * W,)})
class WGANGP(nn.Module):
    class Block(nn.Module):
        def __init__(self, c):
            super().__init__()
            self.n1, self.n2 = nn.BatchNorm2d(c), nn.BatchNorm2d(c)
            self.c1, self.c2, self.skip = nn.Conv2d(c, c, 3, 1, 1, bias=False), nn.Conv2d(c, c, 3, 1, 1), nn.Conv2d(c, c, 1)

        def forward(self, x):
            four = lambda v: F.pixel_shuffle(torch.cat([v, v, v, v], 1), 2)
            y = self.c1(four(F.relu(self.n1(x))))
            return self.c2(F.relu(self.n2(y))) + self.skip(four(x))

    def __init__(self):
        super().__init__()
        self.fc, self.a, self.b = nn.Linear(12 * W, 8 * W * 16 * S * S), self.Block(8 * W), self.Block(8 * W)
        self.norm, self.out = nn.BatchNorm2d(8 * W), nn.Conv2d(8 * W, 3, 3, 1, 1)

    def forward(self, z):
        x = self.b(self.a(self.fc(z).view(-1, 8 * W, 4 * S, 4 * S)))
        return torch.tanh(self.out(F.relu(self.norm(x))))


# Zhang et al. 2018, "Self-Attention Generative Adversarial Networks": spectral norm, attention over all places.
@family('sagan', 'Zhang et al. 2018, arXiv:1805.08318', {'z': (12 * W,)}, ('image', 'attention'))
class SAGAN(nn.Module):
    def __init__(self):
        super().__init__()
        self.l1 = nn.Sequential(spectral_norm(nn.ConvTranspose2d(12 * W, 16 * W, 4)), nn.BatchNorm2d(16 * W), nn.ReLU())
        self.l2 = nn.Sequential(spectral_norm(nn.ConvTranspose2d(16 * W, 8 * W, 4 * S, 2 * S, S)), nn.BatchNorm2d(8 * W), nn.ReLU())
        self.q, self.k, self.v = nn.Conv2d(8 * W, 2 * W, 1), nn.Conv2d(8 * W, 2 * W, 1), nn.Conv2d(8 * W, 8 * W, 1)
        self.gamma = nn.Parameter(torch.tensor([.7]))
        for conv in self.q, self.k:
            conv.weight.data *= 3
        self.last = nn.ConvTranspose2d(8 * W, 3, 4, 2, 1)

    def forward(self, z):
        z = z.view(z.size(0), z.size(1), 1, 1)
        x = self.l2(self.l1(z))
        n, c, w, h = x.size()
        q = self.q(x).view(n, -1, w * h).permute(0, 2, 1)
        attention = torch.softmax(torch.bmm(q, self.k(x).view(n, -1, w * h)), -1)
        y = torch.bmm(self.v(x).view(n, -1, w * h), attention.permute(0, 2, 1)).view(n, c, w, h)
        return torch.tanh(self.last(self.gamma * y + x)), attention


# Karras et al. 2017, "Progressive Growing of GANs": pixel norm, equalized learning rate, an image fading in over the smaller one.
@family('progan', 'Karras et al. 2017, arXiv:1710.10196', {'z': (16 * W,)})
class ProGAN(nn.Module):
    class Conv(nn.Module):
        def __init__(self, i, o, k, pad):
            super().__init__()
            self.weight, self.bias = nn.Parameter(torch.randn(o, i, k, k)), nn.Parameter(torch.randn(o) * .1)
            self.scale, self.pad = math.sqrt(2 / (i * k * k)), pad

        def forward(self, x):
            return F.conv2d(x, self.weight * self.scale, self.bias, padding=self.pad)

    def __init__(self):
        super().__init__()
        c = self.Conv
        self.first, self.second, self.third, self.fourth = c(16 * W, 12 * W, 4, 3), c(12 * W, 12 * W, 3, 1), c(12 * W, 8 * W, 3, 1), c(8 * W, 8 * W, 3, 1)
        self.rgb, self.rgb_small = c(8 * W, 3, 1, 0), c(12 * W, 3, 1, 0)

    def forward(self, z):
        norm = lambda x: x / torch.sqrt(torch.mean(x ** 2, dim=1, keepdim=True) + 1e-8)
        act = lambda x: norm(F.leaky_relu(x, .2))
        x = act(self.second(act(self.first(norm(z).unsqueeze(2).unsqueeze(3)))))
        small = up(self.rgb_small(x), scale=2 * S)
        x = act(self.fourth(act(self.third(up(x, scale=2 * S)))))
        return up(.3 * small + .7 * self.rgb(x))


# Karras et al. 2018, "A Style-Based Generator Architecture": a learned constant, AdaIN, blur after upsampling.
@family('stylegan', 'Karras et al. 2018, arXiv:1812.04948', {'z': (16 * W,), 'noise0': (1, 4 * S, 4 * S), 'noise1': (1, 8 * S, 8 * S)})
class StyleGAN(nn.Module):
    def __init__(self):
        super().__init__()
        self.mapping = nn.Sequential(nn.Linear(16 * W, 16 * W), nn.LeakyReLU(.2), nn.Linear(16 * W, 16 * W), nn.LeakyReLU(.2))
        self.const = nn.Parameter(torch.randn(1, 12 * W, 4 * S, 4 * S))
        self.conv, self.rgb = nn.Conv2d(12 * W, 8 * W, 3, 1, 1), nn.Conv2d(8 * W, 3, 1)
        self.strength = nn.ParameterList([nn.Parameter(torch.randn(1, c, 1, 1) * .3) for c in (12 * W, 8 * W)])
        self.style = nn.ModuleList([nn.Linear(16 * W, 2 * c) for c in (12 * W, 8 * W)])
        self.register_buffer('blur', torch.tensor([1., 2, 1])[:, None] * torch.tensor([1., 2, 1]) / 16)

    def adain(self, i, x, noise, w):
        x = F.leaky_relu(x + self.strength[i] * noise, .2)
        flat = x.view(x.size(0), x.size(1), -1)
        mean, std = flat.mean(dim=2).view(x.size(0), -1, 1, 1), (flat.var(dim=2) + 1e-5).sqrt().view(x.size(0), -1, 1, 1)
        x = (x - mean.expand(x.size())) / std.expand(x.size())
        gamma, beta = self.style[i](w).unsqueeze(2).unsqueeze(3).chunk(2, 1)
        return (gamma + 1) * x + beta

    def forward(self, z, noise0, noise1):
        w = self.mapping(z * torch.rsqrt(torch.mean(z ** 2, 1, keepdim=True) + 1e-8))
        x = self.adain(0, self.const.expand(z.shape[0], -1, -1, -1), noise0, w)
        x = self.conv(up(x, 'bilinear', align_corners=False))
        x = F.conv2d(x, self.blur[None, None].repeat(8 * W, 1, 1, 1), padding=1, groups=8 * W)
        return self.rgb(self.adain(1, x, noise1, w))


class Modulated(nn.Module):
    """A modulated, demodulated convolution. Grouped: the weights of every sample, as groups of one convolution."""

    def __init__(self, i, o, k, demodulate=True, grouped=False):
        super().__init__()
        self.weight, self.affine = nn.Parameter(torch.randn(o, i, k, k) / math.sqrt(i * k * k)), nn.Linear(16 * W, i)
        self.affine.bias.data.fill_(1)
        self.demodulate, self.grouped = demodulate, grouped

    def forward(self, x, w):
        n, s = x.shape[0], self.affine(w)
        o, i, k, _ = map(int, self.weight.shape)
        d = weights = self.weight.unsqueeze(0) * s.reshape(n, 1, -1, 1, 1)
        if self.demodulate:
            d = (weights.square().sum(dim=[2, 3, 4]) + 1e-8).rsqrt()
        if self.grouped:
            n = int(n)
            if self.demodulate:
                weights = weights * d.view(n, o, 1, 1, 1)
            h, v = x.shape[2:]
            x = F.conv2d(x.view(1, n * i, h, v), weights.view(n * o, i, k, k), padding=k // 2, groups=n)
            return x.view(n, o, h, v)
        x = F.conv2d(x * s.reshape(n, -1, 1, 1), self.weight, padding=k // 2)
        return x * d.reshape(n, -1, 1, 1) if self.demodulate else x


def upfirdn_nvlabs(x, f):
    """Upsampling by zeros and a filter: the reference implementation of NVlabs' stylegan2-ada-pytorch."""
    n, (c, h, w) = x.shape[0], map(int, x.shape[1:])
    x = F.pad(x.reshape([n, c, h, 1, w, 1]), [0, 1, 0, 0, 0, 1]).reshape([n, c, h * 2, w * 2])
    x = F.pad(x, [2, 1, 2, 1])
    return F.conv2d(x, (f * 4).flip([0, 1])[None, None].repeat([c, 1, 1, 1]), groups=c)


def upfirdn_rosinality(x, f):
    """The same by rosinality's stylegan2-pytorch: channels are taken for samples."""
    _, c, h, w = x.shape
    x = x.reshape(-1, h, 1, w, 1, 1)
    x = F.pad(x, [0, 0, 0, 1, 0, 0, 0, 1]).view(-1, h * 2, w * 2, 1)
    x = F.pad(x, [0, 0, 2, 1, 2, 1])
    x = x.permute(0, 3, 1, 2).reshape([-1, 1, h * 2 + 3, w * 2 + 3])
    x = F.conv2d(x, torch.flip(f * 4, [0, 1]).view(1, 1, 4, 4))
    return x.reshape(-1, c, h * 2, w * 2)


# Karras et al. 2019, "Analyzing and Improving the Image Quality of StyleGAN": mapping network with truncation, modulated convolutions,
# noise inputs, an image that is the sum of every resolution's. Without groups, as the official code does where the batch is open.
@family('stylegan2', 'Karras et al. 2019, arXiv:1912.04958',
        {'z': (16 * W,), 'noise0': (1, 4 * S, 4 * S), 'noise1': (1, 8 * S, 8 * S), 'noise2': (1, 8 * S, 8 * S)},
        ('image', 'w', 'small'))
class StyleGAN2(nn.Module):
    grouped, upfirdn = False, staticmethod(upfirdn_nvlabs)

    def __init__(self):
        super().__init__()
        self.mapping = nn.Sequential(nn.Linear(16 * W, 16 * W), nn.LeakyReLU(.2), nn.Linear(16 * W, 16 * W), nn.LeakyReLU(.2))
        self.const = nn.Parameter(torch.randn(1, 8 * W, 4 * S, 4 * S))
        mod = lambda *a, **kw: Modulated(*a, grouped=self.grouped, **kw)
        self.conv = nn.ModuleList([mod(8 * W, 8 * W, 3), mod(8 * W, 6 * W, 3), mod(6 * W, 6 * W, 3)])
        self.rgb = nn.ModuleList([mod(8 * W, 3, 1, demodulate=False), mod(6 * W, 3, 1, demodulate=False)])
        self.bias = nn.ParameterList([nn.Parameter(torch.randn(c) * .1) for c in (8 * W, 6 * W, 6 * W, 3, 3)])
        self.strength = nn.ParameterList([nn.Parameter(torch.randn(()) * .3) for _ in range(3)])
        self.register_buffer('average', torch.randn(16 * W) * .1)
        f = torch.tensor([1., 3, 3, 1])
        self.register_buffer('filter', f.ger(f) / 64)

    def layer(self, i, x, w, noise, double=False):
        x = self.conv[i](x, w)
        if double:
            x = self.upfirdn(x, self.filter)
        x = x + noise * self.strength[i] + self.bias[i].reshape(1, -1, 1, 1)
        return (F.leaky_relu(x, .2) * math.sqrt(2)).clamp(-256, 256)

    def forward(self, z, noise0, noise1, noise2):
        w = self.mapping(z * (z.square().mean(dim=1, keepdim=True) + 1e-8).rsqrt())
        w = self.average + .8 * (w - self.average)
        ws = w.unsqueeze(1).repeat([1, 5, 1])
        x = self.layer(0, self.const.repeat([z.shape[0], 1, 1, 1]), ws[:, 0], noise0)
        small = self.rgb[0](x, ws[:, 1]) + self.bias[3].reshape(1, -1, 1, 1)
        x = self.layer(1, x, ws[:, 2], noise1, double=True)
        x = self.layer(2, x, ws[:, 3], noise2)
        image = self.upfirdn(small, self.filter) + self.rgb[1](x, ws[:, 4]) + self.bias[4].reshape(1, -1, 1, 1)
        return image, w, small


# The same with channels taken for samples in the filter.
@family('stylegan2-folded', 'Karras et al. 2019, arXiv:1912.04958',
        {'z': (16 * W,), 'noise0': (1, 4 * S, 4 * S), 'noise1': (1, 8 * S, 8 * S), 'noise2': (1, 8 * S, 8 * S)},
        ('image', 'w', 'small'))
class StyleGAN2Folded(StyleGAN2):
    upfirdn = staticmethod(upfirdn_rosinality)


# The same as it is exported most often: one sample, whose weights are computed and used as those of a grouped convolution.
@family('stylegan2-grouped', 'Karras et al. 2019, arXiv:1912.04958',
        {'z': (16 * W,), 'noise0': (1, 4 * S, 4 * S), 'noise1': (1, 8 * S, 8 * S), 'noise2': (1, 8 * S, 8 * S)},
        ('image', 'w', 'small'), fixed=True)
class StyleGAN2Grouped(StyleGAN2Folded):
    grouped = True


# Jiang et al. 2021, "TransGAN": tokens, layer norm, attention of several heads, GELU, pixel shuffle.
@family('transgan', 'Jiang et al. 2021, arXiv:2102.07074', {'z': (12 * W,)})
class TransGAN(nn.Module):
    class Block(nn.Module):
        def __init__(self, c, heads=2):
            super().__init__()
            self.n1, self.n2, self.heads = nn.LayerNorm(c), nn.LayerNorm(c), heads
            self.qkv, self.proj = nn.Linear(c, 3 * c, bias=False), nn.Linear(c, c)
            self.mlp = nn.Sequential(nn.Linear(c, 2 * c), nn.GELU(), nn.Linear(2 * c, c))

        def forward(self, x):
            n, t, c = x.shape
            q, k, v = self.qkv(self.n1(x)).reshape(n, t, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
            a = ((q @ k.transpose(-2, -1)) * (c // self.heads) ** -.5).softmax(dim=-1)
            x = x + self.proj((a @ v).transpose(1, 2).reshape(n, t, c))
            return x + self.mlp(self.n2(x))

    def __init__(self):
        super().__init__()
        self.fc, self.b1, self.b2 = nn.Linear(12 * W, 16 * W * 16 * S * S), self.Block(16 * W), self.Block(4 * W)
        self.p1, self.p2 = nn.Parameter(torch.randn(1, 16 * S * S, 16 * W) * .3), nn.Parameter(torch.randn(1, 64 * S * S, 4 * W) * .3)
        self.out = nn.Conv2d(4 * W, 3, 1)

    def forward(self, z):
        x = self.b1(self.fc(z).view(-1, 16 * S * S, 16 * W) + self.p1)
        n, t, c = x.shape
        x = F.pixel_shuffle(x.permute(0, 2, 1).view(n, c, 4 * S, 4 * S), 2)
        x = self.b2(x.flatten(2).permute(0, 2, 1) + self.p2)
        return self.out(x.permute(0, 2, 1).view(-1, 4 * W, 8 * S, 8 * S))


# Liu et al. 2021, "Towards Faster and Stabilized GAN Training" (FastGAN): gated linear units, skip-layer excitation, Swish.
@family('fastgan', 'Liu et al. 2021, arXiv:2101.04775', {'z': (12 * W,)})
class FastGAN(nn.Module):
    def __init__(self):
        super().__init__()
        block = lambda i, o, s=2: nn.Sequential(nn.Upsample(scale_factor=s, mode='nearest'), spectral_norm(nn.Conv2d(i, o * 2, 3, 1, 1, bias=False)),
                                           nn.BatchNorm2d(o * 2), nn.GLU(dim=1))
        self.init = nn.Sequential(spectral_norm(nn.ConvTranspose2d(12 * W, 16 * W, 4, 1, 0, bias=False)), nn.BatchNorm2d(16 * W), nn.GLU(dim=1))
        self.b8, self.b16 = block(8 * W, 8 * W, 2 * S), block(8 * W, 6 * W)
        self.excite = nn.Sequential(nn.AdaptiveAvgPool2d(4), nn.Conv2d(8 * W, 6 * W, 4, 1, 0, bias=False), nn.SiLU(), nn.Conv2d(6 * W, 6 * W, 1), nn.Sigmoid())
        self.out = nn.Conv2d(6 * W, 3, 3, 1, 1)

    def forward(self, z):
        x8 = self.b8(self.init(z.view(z.shape[0], -1, 1, 1)))
        return torch.tanh(self.out(self.b16(x8) * self.excite(x8)))


# ---- from noise and a label

# Mirza and Osindero 2014, "Conditional Generative Adversarial Nets": the label one-hot beside the latent.
@family('cgan-onehot', 'Mirza and Osindero 2014, arXiv:1411.1784', {'z': (12 * W,), 'label': (10,)})
class CGANOneHot(nn.Module):
    def __init__(self):
        super().__init__()
        self.z, self.y = nn.Linear(12 * W, 24 * W), nn.Linear(10, 16 * W)
        self.main = nn.Sequential(nn.Linear(40 * W, 48 * W), nn.Dropout(.5), nn.ReLU(), nn.Linear(48 * W, 64 * S * S), nn.Sigmoid())

    def forward(self, z, label):
        return self.main(torch.cat((F.relu(self.z(z)), F.relu(self.y(label))), -1)).view(-1, 1, 8 * S, 8 * S)


# Odena et al. 2016, "Conditional Image Synthesis with Auxiliary Classifier GANs": an embedding times the latent.
@family('acgan', 'Odena et al. 2016, arXiv:1610.09585', {'z': (12 * W,), 'label': 10})
class ACGAN(nn.Module):
    def __init__(self):
        super().__init__()
        self.emb, self.fc = nn.Embedding(10, 12 * W), nn.Linear(12 * W, 12 * W * 16 * S * S)
        self.main = nn.Sequential(nn.BatchNorm2d(12 * W), nn.Upsample(scale_factor=2), nn.Conv2d(12 * W, 8 * W, 3, 1, 1), nn.BatchNorm2d(8 * W, .8),
                                  nn.LeakyReLU(.2), nn.Conv2d(8 * W, 1, 3, 1, 1), nn.Tanh())

    def forward(self, z, label):
        x = self.fc(torch.mul(self.emb(label), z))
        return self.main(x.view(x.shape[0], 12 * W, 4 * S, 4 * S))


# Brock et al. 2018, "Large Scale GAN Training": a latent in pieces, conditional batch norm by a shared embedding, attention after pooling.
@family('biggan', 'Brock et al. 2018, arXiv:1809.11096', {'z': (12 * W,), 'label': 10})
class BigGAN(nn.Module):
    class Norm(nn.Module):
        def __init__(self, c):
            super().__init__()
            self.norm, self.gain, self.bias = nn.BatchNorm2d(c), nn.Linear(10 * W, c, bias=False), nn.Linear(10 * W, c, bias=False)

        def forward(self, x, y):
            return self.norm(x) * (1 + self.gain(y)).view(y.size(0), -1, 1, 1) + self.bias(y).view(y.size(0), -1, 1, 1)

    class Block(nn.Module):
        def __init__(self, i, o):
            super().__init__()
            self.n1, self.n2 = BigGAN.Norm(i), BigGAN.Norm(o)
            conv = lambda *a: spectral_norm(nn.Conv2d(*a))
            self.c1, self.c2, self.skip = conv(i, o, 3, 1, 1), conv(o, o, 3, 1, 1), conv(i, o, 1)

        def forward(self, x, y):
            h = self.c1(up(F.relu(self.n1(x, y))))
            return self.c2(F.relu(self.n2(h, y))) + self.skip(up(x))

    def __init__(self):
        super().__init__()
        self.shared, self.fc = nn.Embedding(10, 6 * W), nn.Linear(4 * W, 8 * W * 16 * S * S)
        self.b1, self.b2 = self.Block(8 * W, 8 * W), self.Block(8 * W, 6 * W)
        conv = lambda i, o: spectral_norm(nn.Conv2d(i, o, 1, bias=False))
        self.theta, self.phi, self.g, self.o = conv(8 * W, 2 * W), conv(8 * W, 2 * W), conv(8 * W, 4 * W), conv(4 * W, 8 * W)
        self.norm, self.out = nn.BatchNorm2d(6 * W), nn.Conv2d(6 * W, 3, 3, 1, 1)

    def attend(self, x):
        n, c, h, w = x.shape
        theta, phi, g = self.theta(x).view(-1, 2 * W, h * w), F.max_pool2d(self.phi(x), [2, 2]), F.max_pool2d(self.g(x), [2, 2])
        beta = F.softmax(torch.bmm(theta.transpose(1, 2), phi.view(-1, 2 * W, h * w // 4)), -1)
        return .8 * self.o(torch.bmm(g.view(-1, 4 * W, h * w // 4), beta.transpose(1, 2)).view(-1, 4 * W, h, w)) + x

    def forward(self, z, label):
        y = self.shared(label)
        z0, z1, z2 = torch.split(z, 4 * W, 1)
        x = self.b1(self.fc(z0).view(-1, 8 * W, 4 * S, 4 * S), torch.cat([y, z1], 1))
        x = self.b2(self.attend(x), torch.cat([y, z2], 1))
        return torch.tanh(self.out(F.relu(self.norm(x))))


# ---- from an image

# Isola et al. 2016, "Image-to-Image Translation with Conditional Adversarial Networks" (pix2pix): U-Net after Ronneberger et al. 2015.
@family('unet', 'Isola et al. 2016, arXiv:1611.07004', {'image': (3, 16 * S, 16 * S)}, ('translated',))
class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.d1, self.d2 = nn.Conv2d(3, 6 * W, 4, 2, 1), nn.Conv2d(6 * W, 8 * W, 4, 2, 1, bias=False)
        self.d3 = nn.Conv2d(8 * W, 8 * W, 4, 2, 1, bias=False)
        self.u3, self.u2 = nn.ConvTranspose2d(8 * W, 8 * W, 4, 2, 1, bias=False), nn.ConvTranspose2d(16 * W, 6 * W, 4, 2, 1, bias=False)
        self.u1 = nn.ConvTranspose2d(12 * W, 3, 4, 2, 1)
        self.n2, self.m3, self.m2 = nn.BatchNorm2d(8 * W), nn.BatchNorm2d(8 * W), nn.BatchNorm2d(6 * W)

    def forward(self, image):
        a = self.d1(image)
        b = self.n2(self.d2(F.leaky_relu(a, .2)))
        c = self.d3(F.leaky_relu(b, .2))
        x = F.dropout(self.m3(self.u3(F.relu(c))), .5, self.training)
        x = self.m2(self.u2(F.relu(torch.cat([b, x], 1))))
        return torch.tanh(self.u1(F.relu(torch.cat([a, x], 1))))


# Ronneberger et al. 2015, "U-Net": pooling, and bilinear upsampling padded to the size of the skip, as in the common implementation.
@family('unet-bilinear', 'Ronneberger et al. 2015, arXiv:1505.04597', {'image': (3, 13 * S, 15 * S)}, ('translated',))
class UNetBilinear(nn.Module):
    def __init__(self):
        super().__init__()
        double = lambda i, o: nn.Sequential(nn.Conv2d(i, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU(inplace=True))
        self.inc, self.d1, self.d2 = double(3, 6 * W), double(6 * W, 8 * W), double(8 * W, 8 * W)
        self.u2, self.u1 = double(16 * W, 8 * W), double(14 * W, 6 * W)
        self.out = nn.Conv2d(6 * W, 3, 1)

    def join(self, x, skip):
        x = up(x, 'bilinear', align_corners=True)
        dy, dx = skip.size(2) - x.size(2), skip.size(3) - x.size(3)
        return torch.cat([skip, F.pad(x, [dx // 2, dx - dx // 2, dy // 2, dy - dy // 2])], 1)

    def forward(self, image):
        a = self.inc(image)
        b = self.d1(F.max_pool2d(a, 2))
        c = self.d2(F.max_pool2d(b, 2))
        x = self.u1(self.join(self.u2(self.join(c, b)), a))
        return F.hardtanh(self.out(x), -1, 1)


# Zhu et al. 2017, "Unpaired Image-to-Image Translation" (CycleGAN): reflection padding, instance norm, residual blocks.
@family('cyclegan', 'Zhu et al. 2017, arXiv:1703.10593', {'image': (3, 16 * S, 16 * S)}, ('translated',))
class CycleGAN(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Sequential(nn.ReflectionPad2d(3), nn.Conv2d(3, 4 * W, 7), nn.InstanceNorm2d(4 * W), nn.ReLU(True),
                                  nn.Conv2d(4 * W, 8 * W, 3, 2, 1), nn.InstanceNorm2d(8 * W, affine=True), nn.ReLU(True))
        self.block = nn.Sequential(nn.ReflectionPad2d(1), nn.Conv2d(8 * W, 8 * W, 3), nn.InstanceNorm2d(8 * W), nn.ReLU(True),
                                   nn.ReplicationPad2d(1), nn.Conv2d(8 * W, 8 * W, 3), nn.InstanceNorm2d(8 * W))
        self.tail = nn.Sequential(nn.ConvTranspose2d(8 * W, 4 * W, 3, 2, 1, output_padding=1), nn.InstanceNorm2d(4 * W), nn.ReLU(True),
                                  nn.ReflectionPad2d(3), nn.Conv2d(4 * W, 3, 7), nn.Tanh())

    def forward(self, image):
        x = self.head(image)
        return self.tail(x + self.block(x))


# Ledig et al. 2016, "Photo-Realistic Single Image Super-Resolution" (SRGAN), sub-pixel convolution by Shi et al. 2016 (ESPCN).
@family('srgan', 'Ledig et al. 2016, arXiv:1609.04802; Shi et al. 2016, arXiv:1609.05158', {'image': (3, 6 * S, 6 * S)}, ('large',))
class SRGAN(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Sequential(nn.Conv2d(3, 6 * W, 9, padding=4), nn.PReLU())
        self.block = nn.Sequential(nn.Conv2d(6 * W, 6 * W, 3, padding=1), nn.BatchNorm2d(6 * W), nn.PReLU(6 * W),
                                   nn.Conv2d(6 * W, 6 * W, 3, padding=1), nn.BatchNorm2d(6 * W))
        self.tail = nn.Sequential(nn.Conv2d(6 * W, 24 * W, 3, padding=1), nn.PixelShuffle(2), nn.PReLU(), nn.Conv2d(6 * W, 24 * W, 3, padding=1),
                                  nn.PixelShuffle(2), nn.PReLU(), nn.Conv2d(6 * W, 3, 5, padding=2))

    def forward(self, image):
        x = self.head(image)
        return (torch.tanh(self.tail(x + self.block(x))) + 1) / 2


# Wang et al. 2018, "ESRGAN": dense blocks, scaled residuals, nearest resizing; a bicubic skip as in Kim et al. 2016 (VDSR).
@family('esrgan', 'Wang et al. 2018, arXiv:1809.00219', {'image': (3, 6 * S, 6 * S)}, ('large',))
class ESRGAN(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.last = nn.Conv2d(3, 8 * W, 3, 1, 1), nn.Conv2d(8 * W, 3, 3, 1, 1)
        self.dense = nn.ModuleList([nn.Conv2d((8 + 4 * i) * W, (4 if i < 3 else 8) * W, 3, 1, 1) for i in range(4)])
        self.up = nn.Conv2d(8 * W, 8 * W, 3, 1, 1)

    def forward(self, image):
        x = self.first(image)
        parts = [x]
        for conv in self.dense[:3]:
            parts.append(F.leaky_relu(conv(torch.cat(parts, 1)), .2))
        x = x + .2 * self.dense[3](torch.cat(parts, 1))
        return self.last(F.leaky_relu(self.up(up(x)), .2)) + up(image, 'bicubic', align_corners=False)


# ---- other than two dimensions

# Donahue et al. 2018, "Adversarial Audio Synthesis" (WaveGAN): one-dimensional transposed convolutions of length 25 and stride 4.
@family('wavegan', 'Donahue et al. 2018, arXiv:1802.04208', {'z': (12 * W,)}, ('audio',))
class WaveGAN(Net):
    def __init__(self):
        deconv = lambda i, o: nn.ConvTranspose1d(i, o, 25, 4, 11, output_padding=1)
        super().__init__(nn.Linear(12 * W, 128 * W * S), View(16 * W, 8 * S), nn.ReLU(), deconv(16 * W, 8 * W), nn.ReLU(),
                         deconv(8 * W, 4 * W), nn.ReLU(), deconv(4 * W, 1), nn.Tanh())


# Kumar et al. 2019, "MelGAN": spectrogram to audio by weight-normed dilated convolutions with reflection padding.
@family('melgan', 'Kumar et al. 2019, arXiv:1910.06711', {'mel': (8 * W, 10 * S)}, ('audio',))
class MelGAN(nn.Module):
    def __init__(self):
        super().__init__()
        conv = lambda *a, **kw: weight_norm(nn.Conv1d(*a, **kw))
        res = lambda d: nn.Sequential(nn.LeakyReLU(.2), nn.ReflectionPad1d(d), conv(8 * W, 8 * W, 3, dilation=d), nn.LeakyReLU(.2), conv(8 * W, 8 * W, 1))
        self.head = nn.Sequential(nn.ReflectionPad1d(3), conv(8 * W, 16 * W, 7), nn.LeakyReLU(.2), weight_norm(nn.ConvTranspose1d(16 * W, 8 * W, 8, 4, 2)))
        self.res, self.skip = nn.ModuleList([res(3 ** i) for i in range(3)]), nn.ModuleList([conv(8 * W, 8 * W, 1) for _ in range(3)])
        self.tail = nn.Sequential(nn.LeakyReLU(.2), nn.ReflectionPad1d(3), conv(8 * W, 1, 7), nn.Tanh())

    def forward(self, mel):
        x = self.head(mel)
        for r, s in zip(self.res, self.skip):
            x = s(x) + r(x)
        return self.tail(x)


# Wu et al. 2016, "Learning a Probabilistic Latent Space of Object Shapes" (3D-GAN): voxels by three-dimensional transposed convolutions.
@family('gan3d', 'Wu et al. 2016, arXiv:1610.07584', {'z': (12 * W, 1, 1, 1)}, ('voxels',))
class GAN3D(Net):
    def __init__(self):
        super().__init__(nn.ConvTranspose3d(12 * W, 6 * W, 2 + S, bias=False), nn.BatchNorm3d(6 * W), nn.ReLU(),
                         nn.ConvTranspose3d(6 * W, 4 * W, 4, 2, 1, bias=False),
                         nn.BatchNorm3d(4 * W), nn.ReLU(), nn.Conv3d(4 * W, 1, 3, padding=1), nn.Sigmoid())


# ---- writing

def build(cls):
    """The network with weights as if trained: statistics of batch norms are not those of the beginning, activations are near 1."""
    net = cls().eval()
    for m in net.modules():
        if isinstance(m, (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)):
            m.running_mean.normal_(0, .2)
            m.running_var.uniform_(.1, .5)
        if getattr(m, 'affine', None) is True:
            m.weight.data.uniform_(.7, 1.3)
            m.bias.data.normal_(0, .2)
        if hasattr(m, 'weight_u'):  # spectral norm: its vectors are found by iterating while training
            m.train()
            for hook in list(m._forward_pre_hooks.values()) * 20:
                hook(m, None)
            m.eval()
    return net


def examples(inputs):
    """Random values for every input."""
    given = []
    for key, shape in inputs.items():
        if isinstance(shape, int):
            given.append(torch.randint(shape, (BATCH,)))
        elif key == 'label':
            given.append(F.one_hot(torch.randint(shape[0], (BATCH,)), shape[0]).float())
        else:
            given.append(torch.randn(BATCH, *shape))
    return given


def export(net, given, out, name, opset):
    """Writes one file, and returns its name."""
    _, _, inputs, outputs, fixed = FAMILIES[name]
    path = os.path.join(out, f'{name}-{opset}.onnx')
    axes = None if fixed else {k: {0: 'N'} for k in [*inputs, *outputs]}
    torch.onnx.export(net, tuple(g[:1 if fixed else 2] for g in given), path, opset_version=opset,
                      input_names=list(inputs), output_names=list(outputs), dynamic_axes=axes)
    onnx.checker.check_model(onnx.load(path))
    return os.path.basename(path)


def make(out, name):
    """Writes a family's files to out, and returns its part of index.json."""
    cls, paper, inputs, outputs, fixed = FAMILIES[name]
    seed = zlib.crc32(name.encode())
    torch.manual_seed(seed)
    double = build(cls).double()
    torch.manual_seed(seed)
    net = build(cls)
    given = examples(inputs)
    with torch.no_grad():
        tuples = lambda y: y if isinstance(y, tuple) else (y,)
        rows = [tuples(double(*[g[i:i + 1].double() if g.is_floating_point() else g[i:i + 1] for g in given])) for i in range(BATCH)]
        computed = [torch.cat(r).float() for r in zip(*rows)]
        for key, want, got in zip(outputs, computed, tuples(net(*given))):
            span = float(want.max() - want.min())
            assert torch.isfinite(want).all() and span > .05, (name, key, span)
            assert key == 'attention' or want.std(0).mean() > .01 * span, (name, key, 'does not vary')
            assert (want - got).abs().max() < 1e-5 * span, (name, key, 'float32 differs', float((want - got).abs().max()))
    files = [export(net, given, out, name, opset) for opset in OPSETS]
    offset, parts, entries = 0, [], []
    for names, tensors in (inputs, given), (outputs, computed):
        entries.append([])
        for key, t in zip(names, tensors):
            a = t.detach().numpy()
            entries[-1].append(dict(name=key, type=str(a.dtype), shape=list(a.shape), offset=offset))
            parts.append(a.astype(a.dtype.newbyteorder('<')).tobytes())
            offset += len(parts[-1])
    with open(os.path.join(out, name + '.bin'), 'wb') as f:
        f.write(b''.join(parts))
    return dict(name=name, paper=paper, files=files, inputs=entries[0], outputs=entries[1])


def write(out):
    os.makedirs(out, exist_ok=True)
    index = [make(out, name) for name in FAMILIES]
    with open(os.path.join(out, 'index.json'), 'w') as f:
        f.write('[\n' + ',\n'.join(json.dumps(c) for c in index) + '\n]\n')
    return index


def check():
    """Makes everything again and compares with what is stored."""
    with tempfile.TemporaryDirectory() as new:
        index = write(new)
        with open(os.path.join(STORED, 'index.json')) as f:
            if json.load(f) != index:
                sys.exit('index.json differs')
        for case in index:
            for name in case['files']:
                a, b = (['%s %s' % (n.op_type, n.output) for n in onnx.load(os.path.join(d, name)).graph.node] for d in (STORED, new))
                if a != b:
                    sys.exit(f'{name}: the nodes differ')
            a, b = (open(os.path.join(d, case['name'] + '.bin'), 'rb').read() for d in (STORED, new))
            for e in case['inputs'] + case['outputs']:
                x, y = (np.frombuffer(v, np.dtype(e['type']).newbyteorder('<'), math.prod(e['shape']), e['offset']) for v in (a, b))
                if abs(x.astype(float) - y).max() > 1e-5 * abs(x).max():
                    sys.exit(f"{case['name']}: {e['name']} differs")
    print(f'{len(index)} families agree')


if __name__ == '__main__':
    warnings.filterwarnings('ignore')
    if sys.argv[1:] == ['--check']:
        check()
    elif FULL:
        os.makedirs(sys.argv[2], exist_ok=True)
        for name, (cls, _, inputs, _, _) in FAMILIES.items():
            torch.manual_seed(zlib.crc32(name.encode()))
            print(export(build(cls), examples(inputs), sys.argv[2], name, 13))
    else:
        out = sys.argv[1] if sys.argv[1:] else STORED
        print(len(write(out)), 'families,', sum(os.path.getsize(os.path.join(out, f)) for f in os.listdir(out)), 'bytes')
