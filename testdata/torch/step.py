#!/usr/bin/env python3
"""The time of one GAN step in PyTorch, to stand beside that of `gantrain bench`: internal/peer/compare -train runs both.

usage: step.py ARCH THREADS BATCH STEPS      prints JSON: step_ms, the median, and best_ms
  ARCH mlp    generator 100-256-512-1024-784, discriminator 784-512-256-1; LeakyReLU 0.2 between, tanh on images
       dcgan  generator 100 -> 128x7x7 -> 64x14x14 -> 1x28x28: transposed convolutions, batch norm, ReLU, tanh on images;
              discriminator its mirror: convolutions, LeakyReLU 0.2, batch norm on the middle layer
A step is what gan.Trainer does: the discriminator on real and generated images, then the generator on the same generated ones, each
with the non-saturating loss on logits and Adam (2e-4, 0.5, 0.999). Drawing images and latents is not timed. Package: python3-torch.
"""
import json
import statistics
import sys
import time

import torch
from torch import nn


def mlp(sizes, end):
    layers = []
    for a, b in zip(sizes, sizes[1:]):
        layers += [nn.Linear(a, b), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers[:-1], end)


def networks(arch):
    """Generator, discriminator, and the shapes of a latent and an image."""
    if arch == 'mlp':
        return mlp([100, 256, 512, 1024, 784], nn.Tanh()), mlp([784, 512, 256, 1], nn.Identity()), [100], [784]
    generator = nn.Sequential(
        nn.ConvTranspose2d(100, 128, 7, bias=False), nn.BatchNorm2d(128), nn.ReLU(),
        nn.ConvTranspose2d(128, 64, 4, 2, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(),
        nn.ConvTranspose2d(64, 1, 4, 2, 1, bias=False), nn.Tanh())
    discriminator = nn.Sequential(
        nn.Conv2d(1, 64, 4, 2, 1), nn.LeakyReLU(0.2),
        nn.Conv2d(64, 128, 4, 2, 1, bias=False), nn.BatchNorm2d(128), nn.LeakyReLU(0.2),
        nn.Conv2d(128, 1, 7))
    return generator, discriminator, [100, 1, 1], [1, 28, 28]


def main(arch, threads, batch, steps):
    torch.set_num_threads(threads)
    generator, discriminator, latent, image = networks(arch)
    solvers = [torch.optim.Adam(n.parameters(), 2e-4, (0.5, 0.999)) for n in (generator, discriminator)]
    softplus = nn.functional.softplus
    times = []
    for _ in range(3 + steps):
        real, z = 2 * torch.rand(batch, *image) - 1, torch.randn(batch, *latent)
        start = time.perf_counter()
        fake = generator(z)
        solvers[1].zero_grad()
        (softplus(-discriminator(real)).mean() + softplus(discriminator(fake.detach())).mean()).backward()
        solvers[1].step()
        solvers[0].zero_grad()
        softplus(-discriminator(fake)).mean().backward()
        solvers[0].step()
        times.append(1000 * (time.perf_counter() - start))
    times = times[3:]
    print(json.dumps({'version': torch.__version__, 'step_ms': statistics.median(times), 'best_ms': min(times)}))


main(sys.argv[1], *map(int, sys.argv[2:5]))
