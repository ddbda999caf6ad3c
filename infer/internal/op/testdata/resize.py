"""Writes resize.bin: what PyTorch's F.interpolate makes of small images, which
TestResizeIsPyTorch compares with. Made with PyTorch 1.13.

Images are 1 x 1 x 2 x side; only the width is resized. The file has the results
as float32, little-endian, one after the other in the order of the loops here.

Left out on purpose: factors that double a side without being 2 (2 becomes 4 by
2.2), because PyTorch's nearest then takes every pixel twice, which ONNX's
Resize by that factor does not.
"""
import os
import torch
import torch.nn.functional as F

scales = [0.5, 0.6, 0.75, 0.9, 1.1, 1.25, 1.3, 1.5, 1.7, 2, 2.5, 2.7, 3, 3.3, 4]
sides = [2, 3, 5, 7, 8, 13, 16]
modes = [("nearest", None), ("bilinear", False), ("bilinear", True), ("bicubic", False), ("bicubic", True)]

out = []
for scale in scales:
    for side in sides:
        x = torch.tensor([(i * i * 37 + 11 * i) % 64 / 16 - 2 for i in range(2 * side)]).reshape(1, 1, 2, side)
        for mode, corners in modes:
            align = {} if corners is None else {"align_corners": corners}
            y = F.interpolate(x, scale_factor=(1.0, float(scale)), mode=mode, **align)
            out.append(y.flatten())
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(here, "resize.bin"), "wb") as f:
    f.write(torch.cat(out).numpy().astype("<f4").tobytes())
