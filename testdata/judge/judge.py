#!/usr/bin/env python3
"""Judges generated digits with a classifier that ganlet has no part in: a LeNet, trained here in PyTorch on the real MNIST.

usage: judge.py [--weights FILE] [--mnist DIR] [--in-turn] IMAGES.npy      writes one JSON object to standard output
       judge.py --weights FILE                                 only trains the classifier and keeps it in FILE
Debian packages: python3-torch python3-numpy (see ../torch/goldens.py for the environment). About a minute to train, on 2 threads.

IMAGES.npy is [n, 1, 28, 28] in [-1, 1], as `ganinfer sample --format npy` writes it. The answer:
  percent       of the images seen as 0, 1, ... 9, and rarest, the smallest of them
  kl_uniform    of that histogram to ten equal shares, in nats
  confident     percent of the images whose class has a probability above 0.9
  fid_lenet     Frechet distance between 128 features of the images and of the 10,000 test images (float64); lower is better
  floor         the same distance for the first 10,000 training images: what a perfect generator would get. Quote both
  agree         with --in-turn: percent of the images that are seen as what was asked for, image i being asked for as i mod 10, as
                `ganinfer sample` does of a conditional generator without --label
  accuracy      percent of the test images that the classifier names rightly; below 98 it judges nothing and exits 1
The figures depend on the number of images: compare 10,000 with 10,000. FID-LeNet is not the FID of papers, which use Inception.
"""
import argparse, gzip, json, os, sys
import numpy as np
import torch, torch.nn as nn, torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))


class LeNet(nn.Module):
    """Pixels in [0, 1], [n, 1, 32, 32], to ten logits."""

    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 32, 3, padding=1), nn.Conv2d(32, 64, 3, padding=1)
        self.fc1, self.fc2 = nn.Linear(64 * 8 * 8, 128), nn.Linear(128, 10)

    def features(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return F.relu(self.fc1(x.flatten(1)))

    def forward(self, x):
        return self.fc2(self.features(x))


def idx(folder, name):
    with gzip.open(os.path.join(folder, name)) as f:
        b = f.read()
    dims = [int.from_bytes(b[4 + 4 * i:8 + 4 * i], 'big') for i in range(b[3])]
    return np.frombuffer(b, np.uint8, offset=4 + 4 * len(dims)).reshape(dims)


def pixels(folder, part):
    """[n, 1, 28, 28] in [0, 1]."""
    return torch.from_numpy(idx(folder, part + '-images-idx3-ubyte.gz').astype(np.float32) / 255).unsqueeze(1)


def labels(folder, part):
    return torch.from_numpy(idx(folder, part + '-labels-idx1-ubyte.gz').astype(np.int64))


def batches(x, size=500):
    for i in range(0, len(x), size):
        yield F.pad(x[i:i + size], (2, 2, 2, 2))


def train(net, folder):
    x, y = pixels(folder, 'train'), labels(folder, 'train')
    order, adam = torch.Generator().manual_seed(0), torch.optim.Adam(net.parameters())
    for epoch in range(2):
        total, perm = 0., torch.randperm(len(x), generator=order)
        for i in range(0, len(x), 128):
            adam.param_groups[0]['lr'] = 2e-3 * (1 - (epoch + i / len(x)) / 2)
            rows = perm[i:i + 128]
            loss = F.cross_entropy(net(F.pad(x[rows], (2, 2, 2, 2))), y[rows])
            adam.zero_grad()
            loss.backward()
            adam.step()
            total += loss.item() * len(rows)
        print(f'judge: epoch {epoch + 1} of 2, loss {total / len(x):.4f}', file=sys.stderr)


@torch.no_grad()
def look(net, x):
    """Features [n, 128] in float64 and class probabilities [n, 10]."""
    f = torch.cat([net.features(b) for b in batches(x)])
    return f.double().numpy(), torch.softmax(net.fc2(f), 1).numpy()


def frechet(a, b):
    """Squared distance between the Gaussians of two sets of features: |m1-m2|^2 + tr(S1 + S2 - 2 (S1^.5 S2 S1^.5)^.5)."""
    s1, s2 = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    w, v = np.linalg.eigh(s1)
    root = (v * np.sqrt(np.clip(w, 0, None))) @ v.T
    cross = np.sqrt(np.clip(np.linalg.eigvalsh(root @ s2 @ root), 0, None)).sum()
    return max(0., float(((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(s1) + np.trace(s2) - 2 * cross))


def read(path):
    """The images to judge, in [0, 1]."""
    try:
        a = np.load(path)
    except (OSError, ValueError) as err:
        sys.exit(f'judge: {path}: {err}')
    if a.ndim != 4 or a.shape[1:] != (1, 28, 28) or len(a) < 2:
        sys.exit(f'judge: {path} has shape {list(a.shape)}, want [n, 1, 28, 28] with at least 2 images')
    if not np.isfinite(a).all() or a.min() < -1.001 or a.max() > 1.001:
        sys.exit(f'judge: {path} has values from {a.min()} to {a.max()}, want them in [-1, 1]')
    return torch.from_numpy((a.astype(np.float32) + 1) / 2)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('images', nargs='?', help='.npy file, [n, 1, 28, 28] in [-1, 1]')
    p.add_argument('--weights', help='the trained classifier: read if the file exists, written if not')
    p.add_argument('--mnist', default=os.path.join(HERE, '..', '..', 'gan', 'data', 'mnist'), help='folder of the four .gz files')
    p.add_argument('--in-turn', action='store_true', help='images were asked for as 0, 1, ..., 9, 0, ...: say how many agree')
    p.add_argument('--threads', type=int, default=2)
    args = p.parse_args()
    if not args.images and not args.weights:
        p.error('nothing to do: give IMAGES.npy, or --weights to train and keep the classifier')
    if args.in_turn and not args.images:
        p.error('--in-turn is of IMAGES.npy')
    images = read(args.images) if args.images else None

    torch.set_num_threads(args.threads)
    torch.manual_seed(0)
    net = LeNet()
    if args.weights and os.path.exists(args.weights):
        net.load_state_dict(torch.load(args.weights))
    else:
        train(net, args.mnist)
        if args.weights:
            torch.save(net.state_dict(), args.weights + '.part')
            os.replace(args.weights + '.part', args.weights)
    net.eval()

    test, seen = look(net, pixels(args.mnist, 't10k'))
    accuracy = float((seen.argmax(1) == labels(args.mnist, 't10k').numpy()).mean() * 100)
    if accuracy < 98:
        sys.exit(f'judge: the classifier names {accuracy:.2f} % of the test images rightly, want 98')
    answer = dict(accuracy=round(accuracy, 2))
    if images is not None:
        f, seen = look(net, images)
        share = np.bincount(seen.argmax(1), minlength=10) / len(images)
        some = share[share > 0]
        answer = dict(images=len(images), percent=[round(100 * s, 2) for s in share.tolist()], rarest=round(100 * share.min(), 2),
                      kl_uniform=round(float((some * np.log(some * 10)).sum()), 5), confident=round(float((seen.max(1) > .9).mean() * 100), 2),
                      fid_lenet=round(frechet(f, test), 4), floor=round(frechet(look(net, pixels(args.mnist, 'train')[:10000])[0], test), 4), **answer)
        if args.in_turn:
            answer['agree'] = round(float((seen.argmax(1) == np.arange(len(seen)) % 10).mean() * 100), 2)
    print(json.dumps(answer))


main()
