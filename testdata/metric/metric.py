#!/usr/bin/env python3
"""What gan/metric is compared with, computed in float64 by NumPy straight from the definitions: no blocks, no shortcuts.

usage: metric.py             draws the features, and writes them and goldens.json beside this script
       metric.py --check     computes the answers for the stored features again and compares, to 1e-9
Debian package: python3-numpy
Features are float32, [n, dim] row by row, little-endian. See ../README.md.
"""
import json, os, sys
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))


def fid(x, y):
    """The trace of the root from the eigenvalues of the product, which is not symmetric."""
    s, t = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    roots = np.sqrt(np.maximum(np.linalg.eigvals(s @ t).real, 0))
    return np.sum((x.mean(0) - y.mean(0)) ** 2) + np.trace(s) + np.trace(t) - 2 * roots.sum()


def kid(x, y):
    """Of the whole sets, which are equally large: one subset of all samples."""
    n, d = x.shape
    k = lambda a, b: (a @ b.T / d + 1) ** 3
    off = lambda m: (m.sum() - np.trace(m)) / (n * (n - 1))
    return off(k(x, x)) + off(k(y, y)) - 2 * k(x, y).mean()


def distances(x, y):
    return np.sqrt(((x[:, None] - y[None]) ** 2).sum(-1))


def radius(x, k):
    """The distance of the k-th nearest other sample; each is its own nearest, which the index skips."""
    return np.sort(distances(x, x), 1)[:, k]


def prdc(x, y, k):
    d, r, f = distances(x, y), radius(x, k), radius(y, k)
    inside = d < r[:, None]  # real sample's ball, fake
    return dict(precision=inside.any(0).mean(), recall=(d < f[None]).any(1).mean(),
                density=inside.sum(0).mean() / k, coverage=(d.min(1) < r).mean())


def inception(p, splits):
    n, scores = len(p), []
    for i in range(splits):
        q = p[i * n // splits:(i + 1) * n // splits]
        scores.append(np.exp((q * np.log(q / q.mean(0))).sum(1).mean()))
    return dict(mean=np.mean(scores), deviation=np.std(scores))


def judge(x, centres, sigma):
    d = distances(x, centres)
    mode, offset = d.argmin(1), x - centres[d.argmin(1)]
    good = d.min(1) < 3 * sigma
    counts = np.bincount(mode[good], minlength=len(centres))
    p = counts[counts > 0] / counts.sum()
    return dict(modes=int((counts > 0).sum()), quality=good.mean(), box_quality=(np.abs(offset) < 3 * sigma).all(1).mean(),
                reverse_kl=(p * np.log(p * len(centres))).sum())


def features():
    """Draws pairs of sets that overlap. Those of "relu" are sparse, some always zero, far from the origin: like a network's."""
    rng, sets = np.random.default_rng(6), {}
    mix = rng.normal(size=(12, 12)) / 3
    sets['normal'] = rng.normal(size=(400, 12)), rng.normal(size=(400, 12)) @ mix + .3
    low = rng.normal(size=(6, 20))
    base = rng.normal(size=20) * 2
    base[3] = base[11] = -100
    relu = lambda z: np.maximum(z @ low + base, 0) * 5
    sets['relu'] = relu(rng.normal(size=(300, 6))), relu(rng.normal(size=(300, 6)) * 1.2 + .4)
    turn = np.repeat(np.arange(6), [20, 30, 40, 50, 60, 100]) * np.pi / 4  # six of eight modes, somewhat too wide
    ring = np.stack([np.cos(turn), np.sin(turn)], 1) + rng.normal(size=(300, 2)) * .012
    sets['ring'] = ring,
    logits = rng.normal(size=(205, 10)) * 3
    p = np.exp(logits)
    sets['probabilities'] = p / p.sum(1, keepdims=True),
    for name, both in sets.items():
        for part, v in zip('xy', both):
            v.astype('<f4').tofile(path(name, part))


def path(name, part):
    return os.path.join(HERE, f'{name}-{part}.bin')


def stored(name, part, dim):
    return np.fromfile(path(name, part), '<f4').reshape(-1, dim).astype(float)


def answers():
    out = {}
    for name, dim in ('normal', 12), ('relu', 20):
        x, y = stored(name, 'x', dim), stored(name, 'y', dim)
        d = distances(y, x)[:20]
        out[name] = dict(dim=dim, fid=fid(x, y), kid=kid(x, y), k3=prdc(x, y, 3), k5=prdc(x, y, 5),
                         nearest=dict(index=d.argmin(1).tolist(), distance=d.min(1).tolist()))
    turn = np.arange(8) * np.pi / 4
    out['ring'] = judge(stored('ring', 'x', 2), np.stack([np.cos(turn), np.sin(turn)], 1), .01)
    out['probabilities'] = inception(stored('probabilities', 'x', 10), 10)
    return out


def close(a, b):
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(close(a[k], b[k]) for k in a)
    return np.allclose(a, b, rtol=1e-9, atol=1e-9)


def main():
    goldens = os.path.join(HERE, 'goldens.json')
    if sys.argv[1:] == ['--check']:
        sys.exit(None if close(answers(), json.load(open(goldens))) else 'testdata/metric: other values')
    features()
    with open(goldens, 'w') as f:
        json.dump(answers(), f, indent=1)
        f.write('\n')


if __name__ == '__main__':
    main()
