"""Judges points of a mixture after Lin et al., "PacGAN", 2018, for testdata/mixture/run.

    judge.py DATA FIGURES < samples.json    a line of figures, which must be those of gantrain eval --json
    judge.py DATA < table                   the means of lines, which must be good enough
"""
import json
import math
import sys

RING = [(math.cos(k * math.pi / 4), math.sin(k * math.pi / 4)) for k in range(8)]
GRID = [(x, y) for x in (-4, -2, 0, 2, 4) for y in (-4, -2, 0, 2, 4)]
# centres, sigma, and what the means must reach: quality, reverse KL
MIXTURES = {"ring8": (RING, 0.01, 0.95, 0.07), "grid25": (GRID, 0.05, 0.94, 0.04)}

centres, sigma, least, most = MIXTURES[sys.argv[1]]

if len(sys.argv) == 3:
    points = json.load(sys.stdin)["samples"]
    good = [0] * len(centres)
    for p in points:
        distance, mode = min((math.dist(p, c), k) for k, c in enumerate(centres))
        good[mode] += distance < 3 * sigma
    n = sum(good)
    modes = sum(g > 0 for g in good)
    kl = sum(g / n * math.log(g / n * len(centres)) for g in good if g) if n else math.log(len(centres))
    figures = json.load(open(sys.argv[2]))["figures"]
    for name, ours in ("modes", modes), ("quality", n / len(points)), ("reverse_kl", kl):
        if abs(figures[name]["value"] - ours) > 1e-9:
            sys.exit(f"{name} is {ours} here and {figures[name]['value']} by gantrain eval")
    print("%5d  %7.4f  %10.4f" % (modes, n / len(points), kl))
else:
    rows = [list(map(float, line.split())) for line in sys.stdin]
    full = sum(r[1] == len(centres) for r in rows)
    quality, kl, seconds = (sum(r[k] for r in rows) / len(rows) for k in (2, 3, 4))
    print("mean  %5.1f  %7.4f  %10.4f  %17.3f" % (sum(r[1] for r in rows) / len(rows), quality, kl, seconds))
    print(f"{full} of {len(rows)} seeds have all {len(centres)} modes")
    if full < 0.9 * len(rows) or quality < least or kl > most:
        sys.exit(f"want 9 of 10, a quality of {least} and a reverse KL up to {most}")
