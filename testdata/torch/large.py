#!/usr/bin/env python3
"""Generators at the size that papers have them, exported by PyTorch at batch 1 and opset 13, with random weights: to be timed.

usage: large.py OUTDIR [NAME ...]
Debian packages: python3-torch python3-onnx
On machines that set OPENBLAS_CORETYPE or OPENBLAS_L2_SIZE, unset both: env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE /usr/bin/python3

internal/peer/families and internal/peer/real time such files beside ONNX Runtime.
"""
import math, os, sys, warnings, zlib
import torch, torch.nn as nn, torch.nn.functional as F

MODELS = {}


def model(name, inputs, *args):
    """Registers a generator. inputs: name -> shape."""
    def register(cls):
        MODELS[name] = cls, args, inputs
        return cls
    return register


# Karras et al. 2020, arXiv:1912.04958: the synthesis network of configuration F, whose weights are modulated by sample and used as those of
# a grouped convolution; noise is stored.
@model('stylegan2-256', {'z': (1, 512)}, 256)
@model('stylegan2-512', {'z': (1, 512)}, 512)
class StyleGAN2(nn.Module):
    class Modulated(nn.Module):
        def __init__(self, i, o, k, up=False, demodulate=True):
            super().__init__()
            self.weight, self.affine = nn.Parameter(torch.randn(1, o, i, k, k) / math.sqrt(i * k * k)), nn.Linear(512, i)
            self.affine.bias.data.fill_(1)
            self.up, self.demodulate, self.k = up, demodulate, k
            f = torch.tensor([1., 3, 3, 1])
            self.register_buffer('filter', (f.ger(f) / f.ger(f).sum() * 4).reshape(1, 1, 4, 4).repeat(o, 1, 1, 1))

        def forward(self, x, w):
            weights = self.weight * self.affine(w).reshape(1, 1, -1, 1, 1)
            if self.demodulate:
                weights = weights * (weights.square().sum([2, 3, 4], keepdim=True) + 1e-8).rsqrt()
            if not self.up:
                return F.conv2d(x, weights[0], padding=self.k // 2)
            x = F.conv_transpose2d(x, weights[0].transpose(0, 1), stride=2)
            return F.conv2d(F.pad(x, [1, 1, 1, 1]), self.filter, groups=x.shape[1])

    def __init__(self, side):
        super().__init__()
        width = lambda s: min(512, 32768 // s)
        self.mapping = nn.Sequential(*[m for _ in range(8) for m in (nn.Linear(512, 512), nn.LeakyReLU(.2))])
        self.const = nn.Parameter(torch.randn(1, 512, 4, 4))
        self.convs, self.rgbs, self.noises, self.biases = nn.ModuleList(), nn.ModuleList(), nn.ParameterList(), nn.ParameterList()
        s = 4
        while s <= side:
            for up in [False] if s == 4 else [True, False]:
                self.convs.append(self.Modulated(width(max(4, s // 2)) if up else width(s), width(s), 3, up))
                self.noises.append(nn.Parameter(torch.randn(1, 1, s, s) * .1))
                self.biases.append(nn.Parameter(torch.randn(1, width(s), 1, 1) * .1))
            self.rgbs.append(self.Modulated(width(s), 3, 1, demodulate=False))
            s *= 2
        f = torch.tensor([1., 3, 3, 1])
        self.register_buffer('filter', (f.ger(f) / f.ger(f).sum() * 4).reshape(1, 1, 4, 4).repeat(3, 1, 1, 1))

    def forward(self, z):
        w = self.mapping(z * (z.square().mean(1, keepdim=True) + 1e-8).rsqrt())
        x, image, at = self.const, None, 0
        for i, rgb in enumerate(self.rgbs):
            for _ in range(1 if i == 0 else 2):
                x = F.leaky_relu(self.convs[at](x, w) + self.noises[at] + self.biases[at], .2) * math.sqrt(2)
                at += 1
            if image is not None:
                image = F.conv_transpose2d(image, self.filter, stride=2, padding=1, groups=3)
            y = rgb(x, w)
            image = y if image is None else image + y
        return image


# Wang et al. 2018, arXiv:1809.00219: 23 residual-in-residual dense blocks, four times the sides.
@model('esrgan-x4-128', {'image': (1, 3, 128, 128)})
class ESRGAN(nn.Module):
    class Dense(nn.Module):
        def __init__(self):
            super().__init__()
            self.convs = nn.ModuleList([nn.Conv2d(64 + 32 * i, 64 if i == 4 else 32, 3, padding=1) for i in range(5)])

        def forward(self, x):
            all = [x]
            for i, conv in enumerate(self.convs):
                y = conv(torch.cat(all, 1))
                all.append(y if i == 4 else F.leaky_relu(y, .2))
            return x + .2 * all[-1]

    def __init__(self):
        super().__init__()
        conv = lambda i, o: nn.Conv2d(i, o, 3, padding=1)
        self.first, self.body_end, self.ups, self.end = conv(3, 64), conv(64, 64), nn.ModuleList([conv(64, 64), conv(64, 64)]), nn.ModuleList([conv(64, 64), conv(64, 3)])
        self.blocks = nn.ModuleList([nn.Sequential(self.Dense(), self.Dense(), self.Dense()) for _ in range(23)])

    def forward(self, x):
        x = y = self.first(x)
        for block in self.blocks:
            y = y + .2 * block(y)
        x = x + self.body_end(y)
        for up in self.ups:
            x = F.leaky_relu(up(F.interpolate(x, scale_factor=2, mode='nearest')), .2)
        return self.end[1](F.leaky_relu(self.end[0](x), .2))


# Isola et al. 2017, arXiv:1611.07004: the U-Net of 256x256.
@model('pix2pix-256', {'image': (1, 3, 256, 256)})
class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        down, up = [64, 128, 256, 512, 512, 512, 512, 512], [512, 512, 512, 512, 256, 128, 64]
        self.down = nn.ModuleList([nn.Conv2d(i, o, 4, 2, 1) for i, o in zip([3] + down, down)])
        self.down_norm = nn.ModuleList([nn.BatchNorm2d(c) for c in down[1:-1]])
        self.up = nn.ModuleList([nn.ConvTranspose2d(i, o, 4, 2, 1) for i, o in zip([512] + [2 * c for c in up], up + [3])])
        self.up_norm = nn.ModuleList([nn.BatchNorm2d(c) for c in up])

    def forward(self, x):
        skips = []
        for i, conv in enumerate(self.down):
            x = conv(x if i == 0 else F.leaky_relu(x, .2))
            if 0 < i < 7:
                x = self.down_norm[i - 1](x)
            skips.append(x)
        skips.pop()
        for i, conv in enumerate(self.up):
            x = conv(F.relu(x))
            if skips:
                x = torch.cat([self.up_norm[i](x), skips.pop()], 1)
        return torch.tanh(x)


# Kong et al. 2020, arXiv:2010.05646: V1, of 86 frames: one second of sound.
@model('hifigan-1s', {'mel': (1, 80, 86)})
class HiFiGAN(nn.Module):
    class Residual(nn.Module):
        def __init__(self, c, k):
            super().__init__()
            conv = lambda d: nn.Conv1d(c, c, k, padding=d * (k - 1) // 2, dilation=d)
            self.first, self.second = nn.ModuleList([conv(d) for d in (1, 3, 5)]), nn.ModuleList([conv(1) for _ in range(3)])

        def forward(self, x):
            for a, b in zip(self.first, self.second):
                x = x + b(F.leaky_relu(a(F.leaky_relu(x, .1)), .1))
            return x

    def __init__(self):
        super().__init__()
        self.pre = nn.Conv1d(80, 512, 7, padding=3)
        self.ups, self.blocks = nn.ModuleList(), nn.ModuleList()
        c = 512
        for rate, k in (8, 16), (8, 16), (2, 4), (2, 4):
            self.ups.append(nn.ConvTranspose1d(c, c // 2, k, rate, (k - rate) // 2))
            c //= 2
            self.blocks.append(nn.ModuleList([self.Residual(c, k) for k in (3, 7, 11)]))
        self.post = nn.Conv1d(c, 1, 7, padding=3)

    def forward(self, x):
        x = self.pre(x)
        for up, blocks in zip(self.ups, self.blocks):
            x = up(F.leaky_relu(x, .1))
            x = sum(block(x) for block in blocks) / 3
        return torch.tanh(self.post(F.leaky_relu(x)))


if __name__ == '__main__':
    warnings.filterwarnings('ignore')
    os.makedirs(sys.argv[1], exist_ok=True)
    for name in sys.argv[2:] or MODELS:
        cls, args, inputs = MODELS[name]
        torch.manual_seed(zlib.crc32(name.encode()))
        path = os.path.join(sys.argv[1], name + '.onnx')
        given = tuple(torch.randn(shape) for shape in inputs.values())
        torch.onnx.export(cls(*args).eval(), given, path, opset_version=13, input_names=list(inputs), output_names=['output'])
        print(path, os.path.getsize(path), 'bytes')
