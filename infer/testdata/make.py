"""Makes edge.onnx, the model of the package's example: z is a direction in the
plane, and the image is bright on that side of a line through its middle.

    /usr/bin/python3 make.py      (Debian's python3-onnx 1.12.0)
"""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

side = 8
at = np.arange(side, dtype=np.float32) - (side - 1) / 2
x, y = np.meshgrid(at, at)
weights = np.stack([x.ravel(), y.ravel()], 1).astype(np.float32)  # [64, 2]
graph = helper.make_graph(
    [
        helper.make_node("Gemm", ["z", "weight", "bias"], ["plane"], name="direction", transB=1),
        helper.make_node("Reshape", ["plane", "shape"], ["square"], name="square"),
        helper.make_node("Tanh", ["square"], ["image"], name="edge"),
    ],
    "edge",
    [helper.make_tensor_value_info("z", TensorProto.FLOAT, ["N", 2])],
    [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 1, side, side])],
    [
        numpy_helper.from_array(weights, "weight"),
        numpy_helper.from_array(np.zeros(side * side, np.float32), "bias"),
        numpy_helper.from_array(np.array([0, 1, side, side], np.int64), "shape"),
    ],
)
model = helper.make_model(graph, ir_version=7, opset_imports=[onnx.OperatorSetIdProto(version=13)])
helper.set_model_props(model, {"Image.NominalPixelRange": "Normalized_1_1"})
onnx.checker.check_model(model)
onnx.save(model, "edge.onnx")
