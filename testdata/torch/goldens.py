#!/usr/bin/env python3
"""The numbers that ganlet's training is compared with, computed by PyTorch: one small file per layer, loss and GAN step.

usage: goldens.py [OUTDIR]      writes them; default: testdata/goldens beside this folder
       goldens.py --check       computes them again and compares, to 1e-6 of each tensor's largest magnitude
Debian packages: python3-torch python3-numpy
On machines that set OPENBLAS_CORETYPE or OPENBLAS_L2_SIZE, unset both: env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE /usr/bin/python3

Every input is drawn from a generator seeded by the case's name and rounded to float32; everything else is computed in float64 from
those inputs and rounded to float32 at the end. Layouts are PyTorch's: images [N, C, H, W], Linear [out, in], Conv [out, in, KH, KW],
ConvTranspose [in, out, KH, KW]. "dy" is the gradient that enters a layer; "dx", "dw", ... are those that leave it.
Format: see ../README.md. This script does not judge ganlet; gan/internal/golden reads its files and the tests compare.
"""
import json, os, sys, zlib
import numpy as np
import torch, torch.nn as nn, torch.nn.functional as F

STORED = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'goldens')
ACTS = {'identity': lambda x: x, 'relu': F.relu, 'leaky_relu': lambda x: F.leaky_relu(x, .2), 'tanh': torch.tanh, 'sigmoid': torch.sigmoid}
torch.set_num_threads(1)


class Case:
    """Tensors under one name: drawn inputs and computed outputs, in the order they were added."""

    all = []

    def __init__(self, name, act='', **numbers):
        self.name, self.act, self.numbers, self.tensors = name, act, numbers, []
        self.rng = torch.Generator().manual_seed(zlib.crc32(name.encode()))
        Case.all.append(self)

    def put(self, **tensors):
        self.tensors += [(k, v.detach().numpy().astype('<f4')) for k, v in tensors.items()]

    def given(self, value):
        """value as the tests will see it: rounded to float32, then float64 with a gradient."""
        return value.detach().float().double().requires_grad_()

    def normal(self, name, *shape, scale=1., mean=0.):
        v = self.given(torch.randn(shape, generator=self.rng, dtype=torch.float64) * scale + mean)
        self.put(**{name: v})
        return v

    def uniform(self, name, *shape, low=-1., high=1.):
        v = self.given(torch.rand(shape, generator=self.rng, dtype=torch.float64) * (high - low) + low)
        self.put(**{name: v})
        return v

    def backward(self, y, **leaves):
        """Draws dy, and stores y and the gradient of sum(y*dy) with respect to each leaf."""
        dy = self.normal('dy', *y.shape)
        grads = torch.autograd.grad((y * dy).sum(), list(leaves.values()))
        self.put(y=y, **dict(zip(leaves, grads)))

    def entry(self):
        """The case's part of index.json."""
        offset, rows = 0, []
        for name, a in self.tensors:
            rows.append('   ' + json.dumps(dict(name=name, shape=list(a.shape), offset=offset)))
            offset += a.size
        head = dict(name=self.name, **({'act': self.act} if self.act else {}), **({'numbers': self.numbers} if self.numbers else {}))
        return ' ' + json.dumps(head)[:-1] + ', "tensors": [\n' + ',\n'.join(rows) + ']}'


def layers():
    for act, f in ACTS.items():
        alpha = {'alpha': .2} if act == 'leaky_relu' else {}
        c = Case('activation-' + act, act, **alpha)  # y = act(x); large values saturate, none is 0
        x = c.given(torch.cat([torch.randn(40, generator=c.rng, dtype=torch.float64) * 3,
                               torch.tensor([-100, -20, -9, -1e-4, 1e-4, 9, 20, 100], dtype=torch.float64)]).reshape(6, 8))
        c.put(x=x)
        c.backward(f(x), dx=x)

        c = Case('dense-' + act, act, **alpha)  # y = act(x w^T + b)
        x, w, b = c.normal('x', 5, 11), c.normal('w', 7, 11, scale=.4), c.normal('b', 7, scale=.4)
        c.backward(f(F.linear(x, w, b)), dx=x, dw=w, db=b)

    for name, shape, out, k, s, p, bias in [
            ('k4s2p1-c1', (2, 1, 8, 8), 8, 4, 2, 1, True), ('k4s2p1-c3', (2, 3, 8, 8), 8, 4, 2, 1, False),
            ('k3s1p1', (2, 3, 6, 6), 5, 3, 1, 1, True), ('k7s1p0', (3, 5, 7, 7), 1, 7, 1, 0, True),
            ('k3s1p1-9x7', (2, 3, 9, 7), 4, 3, 1, 1, True), ('k4s2p1-9x7', (2, 3, 9, 7), 4, 4, 2, 1, True)]:
        c = Case('conv-' + name, stride=s, pad=p)
        x, w = c.normal('x', *shape), c.normal('w', out, shape[1], k, k, scale=.2)
        b = c.normal('b', out, scale=.4) if bias else None
        c.backward(F.conv2d(x, w, b, s, p), dx=x, dw=w, **({'db': b} if bias else {}))

    for name, shape, out, k, s, p, bias in [
            ('k7s1p0', (3, 10, 1, 1), 8, 7, 1, 0, False), ('k4s2p1-3x5', (2, 6, 3, 5), 4, 4, 2, 1, True),
            ('k4s2p1-c1', (2, 4, 4, 4), 1, 4, 2, 1, False), ('k3s1p1', (2, 3, 6, 6), 5, 3, 1, 1, True),
            ('k2s2p0', (2, 3, 4, 3), 5, 2, 2, 0, True), ('k5s3p0', (2, 3, 3, 4), 4, 5, 3, 0, True)]:
        c = Case('convtranspose-' + name, stride=s, pad=p)
        x, w = c.normal('x', *shape), c.normal('w', shape[1], out, k, k, scale=.2)
        b = c.normal('b', out, scale=.4) if bias else None
        c.backward(F.conv_transpose2d(x, w, b, s, p), dx=x, dw=w, **({'db': b} if bias else {}))

    for name, shape in ('2d', (4, 3, 5, 5)), ('1d', (6, 5)):
        for training in True, False:
            c = Case(f'norm-{name}-' + ('training' if training else 'eval'), eps=1e-5, momentum=.1)
            n, x = shape[1], c.normal('x', *shape, scale=1.5, mean=.3)
            gamma, beta = c.normal('gamma', n, scale=.2, mean=1), c.normal('beta', n, scale=.2)
            mean, var = c.normal('mean', n, scale=.3), c.uniform('var', n, low=.5, high=1.5)  # running statistics before
            m, v = mean.detach().clone(), var.detach().clone()
            c.backward(F.batch_norm(x, m, v, gamma, beta, training, .1, 1e-5), dx=x, dgamma=gamma, dbeta=beta)
            if training:
                axes = [i for i in range(x.dim()) if i != 1]
                c.put(batch_mean=x.mean(axes), batch_var=x.var(axes, unbiased=True), mean_after=m, var_after=v)


def log_sigmoid(x):
    return F.logsigmoid(x)  # exact at both ends, unlike F.softplus, which is linear above 20


def loss_d(real, fake):
    return -log_sigmoid(real).mean() - log_sigmoid(-fake).mean()


LOSS_G = {'ns': lambda fake: -log_sigmoid(fake).mean(), 'minimax': lambda fake: log_sigmoid(-fake).mean()}


def losses():
    wide = torch.tensor([-100., -30, -20, -5, -1, -.1, 0, .1, 1, 5, 20, 30, 100]).reshape(-1, 1)
    for name in 'moderate', 'wide':
        c = Case('loss-' + name)
        if name == 'wide':
            real, fake = c.given(wide), c.given(wide.flip(0) * .75)
            c.put(real=real, fake=fake)
        else:
            real, fake = c.normal('real', 8, 1, scale=2), c.normal('fake', 8, 1, scale=2)
        d = loss_d(real, fake)
        dreal, dfake = torch.autograd.grad(d, [real, fake])
        c.put(loss_d=d, d_dreal=dreal, d_dfake=dfake)
        for kind, f in LOSS_G.items():
            g = f(fake)
            c.put(**{f'{kind}_loss_g': g, f'{kind}_dfake': torch.autograd.grad(g, fake)[0]})


OBJECTIVES = {  # the discriminator's loss, the generator's
    'ls': (lambda real, fake: ((real - 1) ** 2).mean() / 2 + (fake ** 2).mean() / 2, lambda real, fake: ((fake - 1) ** 2).mean() / 2),
    'hinge': (lambda real, fake: F.relu(1 - real).mean() + F.relu(1 + fake).mean(), lambda real, fake: -fake.mean()),
    'wasserstein': (lambda real, fake: fake.mean() - real.mean(), lambda real, fake: -fake.mean()),
    'rp': (lambda real, fake: -log_sigmoid(real - fake).mean(), lambda real, fake: -log_sigmoid(fake - real).mean()),
}


def objectives():
    for name, (of_d, of_g) in OBJECTIVES.items():
        c = Case('objective-' + name)
        real, fake = c.normal('real', 8, 1, scale=2), c.normal('fake', 8, 1, scale=2)
        d, g = of_d(real, fake), of_g(real, fake)
        dreal, dfake = torch.autograd.grad(d, [real, fake])
        c.put(loss_d=d, d_dreal=dreal, d_dfake=dfake, loss_g=g, g_dfake=torch.autograd.grad(g, fake)[0])


def smoothing():
    """The discriminator's loss where the label of real images is less than 1."""
    c = Case('smoothing', label=.9)
    real, fake = c.normal('real', 8, 1, scale=2), c.normal('fake', 8, 1, scale=2)
    label, zero = torch.full_like(real, .9), torch.zeros_like(fake)
    cross = F.binary_cross_entropy_with_logits
    for kind, d in ('ns', cross(real, label) + cross(fake, zero)), ('ls', ((real - .9) ** 2).mean() / 2 + (fake ** 2).mean() / 2):
        dreal, dfake = torch.autograd.grad(d, [real, fake])
        c.put(**{f'{kind}.loss_d': d, f'{kind}.d_dreal': dreal, f'{kind}.d_dfake': dfake})


def joined(x, group):
    """x with ProGAN's minibatch standard deviation as its last channel, of groups that follow each other."""
    std = (x.reshape(len(x) // group, group, -1).var(1, unbiased=False) + 1e-8).sqrt().mean(1)
    return torch.cat([x, std.repeat_interleave(group).reshape(len(x), *[1] * (x.dim() - 1)).expand(len(x), 1, *x.shape[2:])], 1)


def deviations():
    for name, shape in ('2d', (6, 3, 2, 4)), ('1d', (6, 5)):
        c = Case('deviation-' + name, group=3)
        x = c.normal('x', *shape)
        c.backward(joined(x, 3), dx=x)


class Layer(nn.Module):
    """A sum (Linear, Conv2d, ConvTranspose2d), perhaps batch norm, an activation."""

    def __init__(self, op, act, norm=False):
        super().__init__()
        self.op, self.act = op, ACTS[act]
        self.norm = None
        if norm:
            self.norm = nn.BatchNorm2d(op.out_channels)
            nn.init.normal_(self.norm.weight, 1, .1)
            nn.init.normal_(self.norm.bias, 0, .1)

    def forward(self, x):
        y = self.op(x)
        return self.act(self.norm(y) if self.norm else y)


class Residual(nn.Module):
    def __init__(self, *body):
        super().__init__()
        self.body = nn.Sequential(*body)

    def forward(self, x):
        return x + self.body(x)


class Normalised(Layer):
    """Of rows brought to a mean square of 1."""

    def forward(self, x):
        return super().forward(x / (x.square().mean(1, keepdim=True) + 1e-8).sqrt())


class Modulated(nn.Module):
    """StyleGAN2's convolution, with weights of its own for each sample, noise and LeakyReLU; or, for an image, neither demodulated nor noisy."""

    def __init__(self, i, o, k, dim, image=False):
        super().__init__()
        self.image = image
        self.weight, self.bias = nn.Parameter(torch.randn(o, i, k, k) / (i * k * k) ** .5), nn.Parameter(torch.randn(o) * .1)
        self.style_weight, self.style_bias = nn.Parameter(torch.randn(i, dim) / dim ** .5), nn.Parameter(1 + torch.randn(i) * .1)
        if not image:
            self.strength = nn.Parameter(torch.rand(1) + .1)

    def forward(self, x, w, noise):
        weight = self.weight[None] * F.linear(w, self.style_weight, self.style_bias)[:, None, :, None, None]
        if not self.image:
            weight = weight * (weight.square().sum((2, 3, 4), keepdim=True) + 1e-8).rsqrt()
        y = F.conv2d(x.reshape(1, -1, *x.shape[2:]), weight.flatten(0, 1), padding=weight.shape[-1] // 2, groups=len(x)).reshape(len(x), -1, *x.shape[2:])
        bias = self.bias[None, :, None, None]
        return y + bias if self.image else F.leaky_relu(y + self.strength * next(noise) + bias, .2)


def styles():
    c = Case('modulated', 'leaky_relu', alpha=.2)  # y = act(demodulated convolution of x, weights times styles, + strength noise + b)
    x, s, w = c.normal('x', 3, 5, 4, 6), c.normal('s', 3, 5, mean=1.), c.normal('w', 7, 5, 3, 3, scale=.3)
    noise, strength, b = c.normal('noise', 3, 1, 4, 6), c.uniform('strength', 1), c.normal('b', 7, scale=.4)
    weight = w[None] * s[:, None, :, None, None]
    weight = weight * (weight.square().sum((2, 3, 4), keepdim=True) + 1e-8).rsqrt()
    y = F.conv2d(x.reshape(1, 15, 4, 6), weight.flatten(0, 1), padding=1, groups=3).reshape(3, 7, 4, 6)
    c.backward(F.leaky_relu(y + strength * noise + b[None, :, None, None], .2), dx=x, ds=s, dw=w, dstrength=strength, db=b)

    c = Case('normalize')
    x = c.normal('x', 4, 6)
    c.backward(x / (x.square().mean(1, keepdim=True) + 1e-8).sqrt(), dx=x)


class Synthesis(nn.Module):
    """A constant, modulated convolutions and skip outputs; noise is what to draw it from."""

    def __init__(self, w, dim):
        super().__init__()
        up = nn.Upsample(scale_factor=2)
        self.weight, self.noise = nn.Parameter(torch.randn(2 * w, 7, 7)), None
        self.body = nn.ModuleList([nn.Identity(), Modulated(2 * w, 2 * w, 3, dim), Modulated(2 * w, 1, 1, dim, True), up, Modulated(2 * w, 2 * w, 3, dim),
                                   Modulated(2 * w, 1, 1, dim, True), up, Modulated(2 * w, w, 3, dim), Modulated(w, w, 3, dim), Modulated(w, 1, 1, dim, True)])

    def forward(self, w):
        x, image, noise = self.weight.expand(len(w), *self.weight.shape), 0, iter(self.noise)
        for l in self.body[1:]:
            if isinstance(l, nn.Upsample):
                x, image = l(x), l(image)
            elif l.image:
                image = image + l(x, w, noise)
            else:
                x = l(x, w, noise)
        return torch.tanh(image)


def names(net, prefix):
    """(name, parameter) of a network, layers counted from 0: g.0.weight, g.0.bias, g.0.gamma, g.0.beta; g.1.0.weight in a residual."""
    for i, l in enumerate(net):
        if isinstance(l, Residual):
            yield from names(l.body, f'{prefix}.{i}')
        if isinstance(l, Synthesis):
            yield f'{prefix}.{i}.0.weight', l.weight
            for k, b in enumerate(l.body):
                for name, p in b.named_parameters():
                    yield f'{prefix}.{i}.{k}.' + name.replace('_', '.'), p
        if not isinstance(l, Layer):
            continue
        yield f'{prefix}.{i}.weight', l.op.weight
        if l.op.bias is not None:
            yield f'{prefix}.{i}.bias', l.op.bias
        if l.norm:
            yield f'{prefix}.{i}.gamma', l.norm.weight
            yield f'{prefix}.{i}.beta', l.norm.bias


def mlp(z, w):
    d = [z, w, 2 * w, 4 * w, 784]
    g = [Layer(nn.Linear(d[i], d[i + 1]), 'tanh' if i == 3 else 'leaky_relu') for i in range(4)]
    d = [784, 2 * w, w, 1]
    return g, [Layer(nn.Linear(d[i], d[i + 1]), 'identity' if i == 2 else 'leaky_relu') for i in range(3)]


class Flat(nn.Linear):
    """A dense layer over whole images."""

    def forward(self, x):
        return super().forward(x.flatten(1))


def dcgan(z, w, norm=True, head=0):
    up = lambda i, o, k, s, p: nn.ConvTranspose2d(i, o, k, s, p, bias=False)
    g = [Layer(up(z, 2 * w, 7, 1, 0), 'relu', True), Layer(up(2 * w, w, 4, 2, 1), 'relu', True), Layer(up(w, 1, 4, 2, 1), 'tanh')]
    d = [Layer(nn.Conv2d(1, w, 4, 2, 1), 'leaky_relu'), Layer(nn.Conv2d(w, 2 * w, 4, 2, 1, bias=not norm), 'leaky_relu', norm),
         Layer(nn.Conv2d(2 * w, 1, 7), 'identity')]
    if head:
        d[-1:] = [Layer(Flat(2 * w * 49, head), 'leaky_relu'), Layer(nn.Linear(head, 1), 'identity')]
    return g, d


def resize(z, w):
    g, d = dcgan(z, w)
    grow = lambda: nn.Upsample(scale_factor=2, mode='bilinear', align_corners=False)
    conv = lambda i, o: nn.Conv2d(i, o, 3, 1, 1, bias=False)
    return [g[0], grow(), Layer(conv(2 * w, w), 'relu', True), grow(), Layer(conv(w, 1), 'tanh')], d


def resnet(z, w):
    """Weights as PyTorch draws them: none is zero."""
    one = lambda i, o: nn.Conv2d(i, o, 1, bias=False)

    def block(c):
        return Residual(Layer(nn.Conv2d(c, 2 * c, 1), 'leaky_relu'), Layer(nn.Conv2d(2 * c, 2 * c, 3, 1, 1, groups=2 * c // 16), 'leaky_relu'), Layer(one(2 * c, c), 'identity'))

    g = [Layer(nn.ConvTranspose2d(z, 2 * w, 7, bias=False), 'identity'), block(2 * w), Layer(one(2 * w, w), 'identity'), nn.Upsample(scale_factor=2),
         block(w), nn.Upsample(scale_factor=2), Layer(nn.Conv2d(w, 1, 3, 1, 1), 'tanh')]
    d = [Layer(nn.Conv2d(1, w, 4, 2, 1, bias=False), 'identity'), block(w), nn.AvgPool2d(2), Layer(one(w, 2 * w), 'identity'), block(2 * w),
         Layer(nn.Conv2d(2 * w, 1, 7), 'identity')]
    return g, d


def style(z, w):
    dim = 4 * w
    g = [Normalised(nn.Linear(z, dim), 'leaky_relu'), Layer(nn.Linear(dim, dim), 'leaky_relu'), Layer(nn.Linear(dim, dim), 'leaky_relu'), Synthesis(w, dim)]
    return g, dcgan(z, 2 * w, norm=False)[1]


def step(arch, z_dim, width, batch):
    """One alternation: D's step on real and generated images, each a batch of its own, then G's step against the updated D.

    What D does is the same under both objectives; what G does is stored once for each, under "ns." and "minimax.".
    """
    c = Case('step-' + arch, latent=z_dim, width=width, batch=batch, lr=2e-4, beta1=.5, beta2=.999, adam_eps=1e-8, norm_eps=1e-5, momentum=.1)
    torch.manual_seed(zlib.crc32(c.name.encode()))
    G, D = [nn.Sequential(*l) for l in {'mlp': mlp, 'dcgan': dcgan, 'resize': resize, 'resnet': resnet, 'style': style}[arch](z_dim, width)]
    G.double(), D.double()
    for net, prefix in (G, 'g'), (D, 'd'):
        for name, p in names(net, prefix):
            p.data = p.data.float().double()
            c.put(**{name: p})
    real, z = c.uniform('real', batch, 1, 28, 28).detach(), c.normal('z', batch, z_dim).detach()

    if arch == 'style':
        G[-1].noise = [c.normal(f'noise.{i}', batch, 1, side, side).detach() for i, side in enumerate((7, 14, 28, 28))]

    def adam(net):
        slow = net is G and arch == 'style'  # its mapping network
        return torch.optim.Adam([{'params': l.parameters(), 'lr': 2e-6 if slow and not isinstance(l, Synthesis) else 2e-4} for l in net], 2e-4, (.5, .999), 1e-8)

    fake = G(z if arch in ('mlp', 'style') else z.reshape(batch, z_dim, 1, 1))
    judge = lambda x: D(x.reshape(batch, -1) if arch == 'mlp' else x).reshape(batch, 1)
    lr, lf = judge(real), judge(fake.detach())
    loss = loss_d(lr, lf)
    od = adam(D)
    loss.backward()
    c.put(fake=fake.reshape(batch, 1, 28, 28), logits_real=lr, logits_fake=lf, loss_d=loss)
    c.put(**{n + '.grad': p.grad for n, p in names(D, 'd')})
    od.step()
    c.put(**{n + '.after': p for n, p in names(D, 'd')})
    for i, l in enumerate(G):
        if isinstance(l, Layer) and l.norm:
            c.put(**{f'g.{i}.mean.after': l.norm.running_mean, f'g.{i}.var.after': l.norm.running_var})

    lf = judge(fake)
    c.put(logits_updated=lf)  # the updated D on the same generated images
    values = {kind: f(lf) for kind, f in LOSS_G.items()}
    grads = {kind: torch.autograd.grad(v, list(G.parameters()), retain_graph=True) for kind, v in values.items()}
    start = [p.detach().clone() for p in G.parameters()]
    for kind in LOSS_G:
        for p, s, g in zip(G.parameters(), start, grads[kind]):
            p.data, p.grad = s.clone(), g
        c.put(**{f'{kind}.loss_g': values[kind]}, **{f'{kind}.{n}.grad': p.grad for n, p in names(G, 'g')})
        adam(G).step()
        c.put(**{f'{kind}.{n}.after': p for n, p in names(G, 'g')})


def penalty(arch, width, head=0, kinds=('plain', 'r1', 'r2', 'both', 'gp', 'ar1', 'ar2', 'ar')):
    """The discriminator's loss with R1, R2 and WGAN-GP, and its gradients by double backward; weights are large, so that the penalties are no trifle.

    And with approximate R1 and R2: squared differences of logits, to those of the points, and where both are there, of the fake to the real images.
    """
    c = Case('penalty-' + arch + ('-head' if head else ''), width=width, batch=4, r1=.5, r2=.25, gp=2, ar1=.5, ar2=.25, **({'head': head} if head else {}))
    torch.manual_seed(zlib.crc32(c.name.encode()))
    D = nn.Sequential(*{'mlp': lambda: mlp(10, width), 'dcgan': lambda: dcgan(10, width, norm=False, head=head), 'resnet': lambda: resnet(10, width)}[arch]()[1]).double()
    judge = lambda x: D(x.reshape(4, -1) if arch == 'mlp' else x).reshape(4, 1)
    for name, p in names(D, 'd'):
        p.data = (p.data * 3).float().double()
        c.put(**{name: p})
    real, fake = c.uniform('real', 4, 1, 28, 28), c.uniform('fake', 4, 1, 28, 28)
    part = torch.rand((4, 1, 1, 1), generator=c.rng, dtype=torch.float64)
    points = c.given(fake + part * (real - fake))
    c.put(points=points)
    squares = lambda x: (torch.autograd.grad(judge(x).sum(), x, create_graph=True)[0] ** 2).sum((1, 2, 3))
    loss, r1, r2 = loss_d(judge(real), judge(fake)), .5 / 2 * squares(real).mean(), .25 / 2 * squares(fake).mean()
    gp = 2 * ((squares(points).sqrt() - 1) ** 2).mean()
    gap = lambda x, y: ((judge(x) - judge(y)) ** 2).mean()
    ar1, ar2, ar = .5 * gap(real, points), .25 * gap(fake, points), .5 * gap(real, points) + .25 * gap(fake, real)
    for kind, value in (('plain', loss), ('r1', loss + r1), ('r2', loss + r2), ('both', loss + r1 + r2), ('gp', loss + gp),
                        ('ar1', loss + ar1), ('ar2', loss + ar2), ('ar', loss + ar)):
        if kind not in kinds:
            continue
        grads = torch.autograd.grad(value, list(D.parameters()), retain_graph=True)
        c.put(**{kind + '.loss_d': value}, **{f'{kind}.{n}.grad': g for (n, _), g in zip(names(D, 'd'), grads)})


def spectral(arch, width):
    """A discriminator with spectral_norm: one power iteration from u, then its loss, plain and with R1, by double backward; and after a step of Adam
    the logits of the same images, with the singular vectors as they were."""
    c = Case('spectral-' + arch, width=width, batch=2, r1=.5, lr=2e-4, beta1=.5, beta2=.999)
    torch.manual_seed(zlib.crc32(c.name.encode()))
    D = nn.Sequential(*(mlp(10, width) if arch == 'mlp' else dcgan(10, width, norm=False))[1]).double()
    for name, p in names(D, 'd'):
        p.data = (p.data * 3).float().double()
        c.put(**{name: p})
    params = [p for _, p in names(D, 'd')]
    for i, l in enumerate(D):
        nn.utils.spectral_norm(l.op)
        l.op.weight_u.copy_(c.normal(f'd.{i}.u', len(l.op.weight_u)).detach())
    judge = lambda x: D(x if arch == 'dcgan' else x.reshape(2, -1)).reshape(2, 1)
    real, fake = c.uniform('real', 2, 1, 28, 28), c.uniform('fake', 2, 1, 28, 28)
    judge(real)
    D.eval()  # no more iterations
    c.put(**{f'd.{i}.u.after': l.op.weight_u for i, l in enumerate(D)})
    loss = loss_d(judge(real), judge(fake))
    r1 = .5 / 2 * (torch.autograd.grad(judge(real).sum(), real, create_graph=True)[0] ** 2).sum((1, 2, 3)).mean()
    for kind, value in ('r1', loss + r1), ('plain', loss):
        grads = torch.autograd.grad(value, params, retain_graph=True)
        c.put(**{kind + '.loss_d': value}, **{f'{kind}.{n}.grad': g for (n, _), g in zip(names(D, 'd'), grads)})
    for p, g in zip(params, grads):
        p.grad = g
    torch.optim.Adam(params, 2e-4, (.5, .999), 1e-8).step()
    c.put(logits_updated=torch.cat([judge(real), judge(fake)]))


def hindered(arch, width, group=0, dropout=0., head=0):
    """A discriminator's loss and gradients: with ProGAN's minibatch standard deviation before the last layer but one, of real and fake images apart; or
    with dropout by masks that are stored, plain and with R1 and WGAN-GP, by double backward."""
    numbers = dict(width=width, batch=4, head=head, **(dict(group=group) if group else dict(dropout=dropout, r1=.5, gp=2)))
    c = Case(('stddev-' if group else 'dropout-') + arch + ('-head' if head else ''), **numbers)
    torch.manual_seed(zlib.crc32(c.name.encode()))
    D = nn.Sequential(*(mlp(10, width) if arch == 'mlp' else dcgan(10, width, norm=False, head=head))[1])
    if group:
        op = D[-2].op
        D[-2].op = nn.Conv2d(op.in_channels + 1, op.out_channels, 4, 2, 1) if isinstance(op, nn.Conv2d) else nn.Linear(op.in_features + 1, op.out_features)
    D.double()
    for name, p in names(D, 'd'):
        p.data = (p.data * 3).float().double()
        c.put(**{name: p})
    real, fake, points = [c.uniform(name, 4, 1, 28, 28) for name in ('real', 'fake', 'points')]
    masks = {}

    def judge(x, part):
        y = x if arch == 'dcgan' else x.reshape(4, -1)
        for i, l in enumerate(D):
            if group and i == len(D) - 2:
                y = joined(y if isinstance(l.op, nn.Conv2d) else y.flatten(1), group)
            y = l(y)
            if dropout and i < len(D) - 1:
                if (part, i) not in masks:
                    masks[part, i] = (torch.rand(y.shape, generator=c.rng, dtype=torch.float64) >= dropout) / (1 - dropout)
                    c.put(**{f'{part}.{i}.mask': masks[part, i]})
                y = y * masks[part, i]
        return y.reshape(4, 1)

    squares = lambda x, part: (torch.autograd.grad(judge(x, part).sum(), x, create_graph=True)[0] ** 2).sum((1, 2, 3))
    values = {'plain': loss_d(judge(real, 'real'), judge(fake, 'fake'))}
    if dropout:
        values['r1'] = values['plain'] + .5 / 2 * squares(real, 'real').mean()
        values['gp'] = values['plain'] + 2 * ((squares(points, 'points').sqrt() - 1) ** 2).mean()
    for kind, value in values.items():
        grads = torch.autograd.grad(value, list(D.parameters()), retain_graph=True)
        c.put(**{kind + '.loss_d': value}, **{f'{kind}.{n}.grad': g for (n, _), g in zip(names(D, 'd'), grads)})


def labelled(arch, width, head=0):
    """A projection discriminator's loss and gradients, plain and with R1 and WGAN-GP, by double backward: image i of real, fake and points is of class i % 3,
    whose row of a table is multiplied with what enters the last layer, channels last."""
    c = Case('labels-' + arch + ('-head' if head else ''), width=width, batch=4, head=head, r1=.5, gp=2)
    torch.manual_seed(zlib.crc32(c.name.encode()))
    D = nn.Sequential(*(mlp(10, width) if arch == 'mlp' else dcgan(10, width, norm=False, head=head))[1]).double()
    for name, p in names(D, 'd'):
        p.data = (p.data * 3).float().double()
        c.put(**{name: p})
    features = lambda x: D[:-1](x if arch == 'dcgan' else x.reshape(4, -1))
    flat = lambda y: (y.permute(0, 2, 3, 1) if y.dim() == 4 else y).reshape(4, -1)
    real, fake, points = [c.uniform(name, 4, 1, 28, 28) for name in ('real', 'fake', 'points')]
    last = f'd.{len(D) - 1}.projection'
    table = c.normal(last, 3, flat(features(real)).shape[1], scale=.5)

    def judge(x):
        y = features(x)
        return D[-1](y).reshape(4, 1) + (flat(y) * table[torch.arange(4) % 3]).sum(1, keepdim=True)

    squares = lambda x: (torch.autograd.grad(judge(x).sum(), x, create_graph=True)[0] ** 2).sum((1, 2, 3))
    plain = loss_d(judge(real), judge(fake))
    for kind, value in dict(plain=plain, r1=plain + .5 / 2 * squares(real).mean(), gp=plain + 2 * ((squares(points).sqrt() - 1) ** 2).mean()).items():
        grads = torch.autograd.grad(value, [p for _, p in names(D, 'd')] + [table], retain_graph=True)
        c.put(**{kind + '.loss_d': value}, **{f'{kind}.{n}.grad': g for n, g in zip([n for n, _ in names(D, 'd')] + [last], grads)})


def write(out, index):
    os.makedirs(out, exist_ok=True)
    with open(os.path.join(out, 'index.json'), 'w') as f:
        f.write(index)
    total = 0
    for c in Case.all:
        data = b''.join(a.tobytes() for _, a in c.tensors)
        with open(os.path.join(out, c.name + '.bin'), 'wb') as f:
            f.write(data)
        print(f'{c.name}: {len(c.tensors)} tensors, {len(data)} bytes')
        total += len(data)
    print(f'{len(Case.all)} cases, {total} bytes, PyTorch {torch.__version__}')


def check(out, index):
    if open(os.path.join(out, 'index.json')).read() != index:
        sys.exit('goldens: index.json is not the one this script writes')
    worst = 0.
    for c in Case.all:
        stored, offset = np.fromfile(os.path.join(out, c.name + '.bin'), '<f4'), 0
        if stored.size != sum(a.size for _, a in c.tensors):
            sys.exit(f'goldens: {c.name}.bin has {stored.size} numbers')
        for name, a in c.tensors:
            off = np.abs(stored[offset:offset + a.size].astype('f8') - a.ravel()).max() / max(np.abs(a).max(), 1e-30)
            if not off <= 1e-6:
                sys.exit(f'goldens: {c.name}: {name} is off by {off:.2g} of its largest magnitude')
            worst, offset = max(worst, off), offset + a.size
    print(f'{len(Case.all)} cases agree to {worst:.2g}, PyTorch {torch.__version__}')


layers()
losses()
step('mlp', 10, 8, 4)
step('dcgan', 10, 4, 4)
step('resize', 4, 2, 4)
step('resnet', 2, 8, 4)
step('style', 3, 2, 4)
objectives()
smoothing()
penalty('mlp', 2)
penalty('dcgan', 4)
penalty('dcgan', 2, head=3)
penalty('resnet', 8, kinds=('both', 'gp'))
spectral('mlp', 2)
spectral('dcgan', 4)
deviations()
styles()
hindered('mlp', 2, group=2)
hindered('dcgan', 2, group=2)
hindered('dcgan', 2, group=2, head=3)
hindered('mlp', 2, dropout=.25)
hindered('dcgan', 2, dropout=.25, head=6)
labelled('mlp', 2)
labelled('dcgan', 2)
labelled('dcgan', 2, head=6)
INDEX = '[\n' + ',\n'.join(c.entry() for c in Case.all) + '\n]\n'
if sys.argv[1:] == ['--check']:
    check(STORED, INDEX)
else:
    write(sys.argv[1] if len(sys.argv) > 1 else STORED, INDEX)
