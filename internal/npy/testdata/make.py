"""Makes the .npy files of this folder with NumPy (made with 1.24.2): python3 make.py

Their values are repeated in golden_test.go.
"""
import numpy as np
from numpy.lib import format

np.save("float16.npy", np.array([[0, 1, -2], [0.5, 65504, np.inf]], "<f2"))
np.save("float32.npy", np.array([[0, 1, -2], [0.1, 3e38, np.inf]], "<f4"))
np.save("float64.npy", np.array([0.1, -1e300], "<f8"))
np.save("int64.npy", np.array([[[-(1 << 63), (1 << 63) - 1]]], "<i8"))
np.save("int32.npy", np.array([-(1 << 31), (1 << 31) - 1, 7], "<i4"))
np.save("int16.npy", np.array([-(1 << 15), (1 << 15) - 1], "<i2"))
np.save("int8.npy", np.array([[-128], [127]], "i1"))
np.save("uint64.npy", np.array([1, (1 << 64) - 1], "<u8"))
np.save("uint32.npy", np.array([1, (1 << 32) - 1], "<u4"))
np.save("uint16.npy", np.array([1, (1 << 16) - 1], "<u2"))
np.save("uint8.npy", np.array([0, 255], "u1"))
np.save("bool.npy", np.array([True, False, True]))
np.save("scalar.npy", np.float32(1.5))
np.save("none.npy", np.zeros((0, 3), "<f4"))
with open("version2.npy", "wb") as f:
    format.write_array(f, np.array([1.5, -1], "<f4"), version=(2, 0))

np.save("fortran.npy", np.asfortranarray(np.ones((2, 3), "<f4")))
np.save("bigendian.npy", np.ones(2, ">f4"))
np.save("object.npy", np.array([None]), allow_pickle=True)
np.save("structured.npy", np.zeros(1, [("a", "<f4"), ("b", "<i4")]))
np.save("complex64.npy", np.ones(2, "<c8"))
with open("version3.npy", "wb") as f:
    format.write_array(f, np.ones(2, "<f4"), version=(3, 0))
