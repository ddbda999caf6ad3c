"""Makes the models of this folder with the reference implementation.

    /usr/bin/python3 make.py      (Debian's python3-onnx 1.12.0)

generator.onnx   a transposed convolution with batch norm, tanh and metadata: Marshal must write these bytes
parts.onnx       a subgraph, a model function, sparse, external and string constants, a sequence: Marshal must write these bytes
fields.onnx      one constant of every element type, with the values 0 1 2, in the typed fields instead of raw_data
"""
import numpy as np
import onnx
from onnx import TensorProto as T, helper, numpy_helper

ramp = lambda *shape: np.arange(np.prod(shape), dtype=np.float32).reshape(shape) / 8
weights = {
    "w": ramp(2, 1, 2, 2),
    "gamma": ramp(1) + 1,
    "beta": ramp(1),
    "mean": ramp(1),
    "var": ramp(1) + 2,
    "shape": np.array([0, 2, 1, 1], np.int64),
}
nodes = [
    helper.make_node("Reshape", ["z", "shape"], ["z4"], name="project"),
    helper.make_node("ConvTranspose", ["z4", "w"], ["y"], name="up", kernel_shape=[2, 2], strides=[2, 2], pads=[0, 0, 0, 0], dilations=[1, 1], group=1),
    helper.make_node("BatchNormalization", ["y", "gamma", "beta", "mean", "var"], ["n"], epsilon=0.0),
    helper.make_node("LeakyRelu", ["n"], ["l"], alpha=0.25),
    helper.make_node("Constant", [], ["c"], value=numpy_helper.from_array(np.float32(3), "")),
    helper.make_node("Add", ["l", "c"], ["a"]),
    helper.make_node("Tanh", ["a"], ["image"]),
]
graph = helper.make_graph(
    nodes,
    "generator",
    [helper.make_tensor_value_info("z", T.FLOAT, ["N", 2])],
    [helper.make_tensor_value_info("image", T.FLOAT, ["N", 1, 2, 2])],
    [numpy_helper.from_array(v, k) for k, v in weights.items()],
)
model = helper.make_model(graph, producer_name="onnx", ir_version=7, opset_imports=[onnx.OperatorSetIdProto(version=13)])
helper.set_model_props(model, {"Image.NominalPixelRange": "Normalized_1_1", "ganlet.version": "1"})
onnx.checker.check_model(model)
onnx.save(model, "generator.onnx")

types = ["FLOAT", "UINT8", "INT8", "UINT16", "INT16", "INT32", "INT64", "BOOL", "FLOAT16", "DOUBLE", "UINT32", "UINT64", "BFLOAT16"]
values = {"BOOL": [False, True, True], "FLOAT16": [0.0, 1.0, 2.0], "BFLOAT16": [0.0, 1.0, 2.0]}
tensors = [helper.make_tensor(t, getattr(T, t), [3], values.get(t, [0, 1, 2])) for t in types]
graph = helper.make_graph(
    [helper.make_node("Identity", ["x"], ["y"])],
    "fields",
    [helper.make_tensor_value_info("x", T.FLOAT, [])],
    [helper.make_tensor_value_info("y", T.FLOAT, None)],
    tensors,
)
onnx.save(helper.make_model(graph, ir_version=7, opset_imports=[onnx.OperatorSetIdProto(version=13)]), "fields.onnx")

branch = lambda name, op: helper.make_graph([helper.make_node(op, ["a"], [name])], name, [], [helper.make_tensor_value_info(name, T.FLOAT, [2, "N"])])


def raw(type, name, array):
    t = T(data_type=type, dims=array.shape, raw_data=array.tobytes())
    if name:
        t.name = name
    return t


sparse = lambda name: helper.make_sparse_tensor(raw(T.FLOAT, name, np.float32([1, 2])), raw(T.INT64, "", np.int64([[0, 1], [1, 0]])), [2, 2])
slope = onnx.AttributeProto(name="alpha", type=onnx.AttributeProto.FLOAT, ref_attr_name="slope")
act = helper.make_node("LeakyRelu", ["x"], ["y"])
act.attribute.append(slope)
external = T(name="b", dims=[2, 2], data_type=T.FLOAT, data_location=T.EXTERNAL)
for k, v in {"location": "b.bin", "offset": "4096", "length": "16"}.items():
    external.external_data.add(key=k, value=v)
graph = helper.make_graph(
    [
        helper.make_node("If", ["c"], ["if"], then_branch=branch("t", "Neg"), else_branch=branch("e", "Abs")),
        helper.make_node("Act", ["if"], ["y"], domain="local", slope=0.5),
        helper.make_node("Constant", [], ["k"], sparse_value=sparse("")),
        helper.make_node("SequenceConstruct", ["b", "s"], ["q"]),
    ],
    "parts",
    [helper.make_tensor_value_info("a", T.FLOAT, [2, 2]), helper.make_tensor_value_info("c", T.BOOL, [])],
    [helper.make_tensor_value_info("y", T.FLOAT, None), helper.make_tensor_sequence_value_info("q", T.FLOAT, [2, 2])],
    [external, helper.make_tensor("words", T.STRING, [2], [b"", b""])],
    value_info=[helper.make_tensor_value_info("k", T.FLOAT, [2, 2])],
    sparse_initializer=[sparse("s")],
)
functions = [helper.make_function("local", "Act", ["x"], ["y"], [act], [onnx.OperatorSetIdProto(version=13)], ["slope"])]
opsets = [onnx.OperatorSetIdProto(version=13), onnx.OperatorSetIdProto(domain="local", version=1)]
onnx.save(helper.make_model(graph, producer_name="onnx", ir_version=8, opset_imports=opsets, functions=functions), "parts.onnx")
