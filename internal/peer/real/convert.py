"""Writes a TensorFlow.js layers model as ONNX.

    convert.py MODEL.json OUT.onnx

The graph is what tf2onnx makes of such a model: opset 17, an input of NHWC with N, H and W free, one Transpose after it and one before the
output, weights as OIHW, padding "same" as auto_pad, and the size of an upsampled image computed from the shape. Only the layers of upscalerjs'
models are known. Needs onnx and numpy (Debian's python3-onnx).

Of @upscalerjs/default-model, the result for assets/fixture.png is assets/samples/2x/result.png, but for 4 values that are rounded otherwise.
"""
import json
import os
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def weights(path, manifest):
    """Returns the arrays of all shards by name."""
    arrays = {}
    for group in manifest:
        data = b''.join(open(os.path.join(os.path.dirname(path), shard), 'rb').read() for shard in group['paths'])
        for w in group['weights']:
            if w['dtype'] != 'float32' or 'quantization' in w:
                raise SystemExit(f'{w["name"]} is not stored as float32')
            n = int(np.prod(w['shape'])) * 4
            arrays[w['name']] = np.frombuffer(data[:n], '<f4').reshape(w['shape'])
            data = data[n:]
        if data:
            raise SystemExit(f'{len(data)} bytes of weights are left over')
    return arrays


class Graph:
    def __init__(self, arrays):
        self.arrays, self.nodes, self.constants = arrays, [], []

    def add(self, op, inputs, name, **attributes):
        """Appends a node of one output, and returns the output's name."""
        self.nodes.append(helper.make_node(op, inputs, [name], name=name, **attributes))
        return name

    def constant(self, name, array):
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def layer(self, kind, config, x):
        """Appends a layer that reads x, a list of names of NCHW values, and returns its output's name."""
        name = config['name']
        if config.get('data_format', 'channels_last') != 'channels_last':
            raise SystemExit(f'{name}: data_format is {config["data_format"]}')
        if kind == 'Conv2D':
            y = self.convolution(config, x[0])
        elif kind == 'Concatenate':
            y = self.add('Concat', x, name, axis={-1: 1, 3: 1, 1: 2, 2: 3, 0: 0}[config['axis']])
        elif kind == 'Add':
            y = x[0]
            for i, other in enumerate(x[1:]):
                y = self.add('Add', [y, other], name if i == len(x) - 2 else f'{name}/{i}')
        elif kind == 'PReLU':
            slope = self.arrays[name + '/alpha'].transpose(2, 0, 1)
            y = self.add('PRelu', [x[0], self.constant(name + '/alpha', slope)], name)
        elif kind == 'UpSampling2D':
            y = self.upsampling(config, x[0])
        elif kind == 'MultiplyBeta':  # upscalerjs, packages/shared/src/esrgan/esrgan.ts
            y = self.add('Mul', [x[0], self.constant(name + '/beta', np.float32(.2))], name)
        elif kind.startswith('PixelShuffle') and kind.endswith('x'):  # likewise; tf.depthToSpace
            y = self.add('DepthToSpace', x, name, blocksize=int(kind[len('PixelShuffle'):-1]), mode='DCR')
        elif kind == 'Activation':
            y = x[0]
        else:
            raise SystemExit(f'{name}: layers of {kind} are not known')
        return self.activation(config.get('activation', 'linear'), name, y, kind == 'Activation')

    def activation(self, kind, name, y, alone):
        if kind == 'linear':
            return y
        ops = {'relu': 'Relu', 'sigmoid': 'Sigmoid', 'tanh': 'Tanh'}
        if kind not in ops:
            raise SystemExit(f'{name}: the activation {kind} is not known')
        return self.add(ops[kind], [y], name if alone else name + '/' + ops[kind])

    def convolution(self, config, x):
        name = config['name']
        inputs = [x, self.constant(name + '/kernel', self.arrays[name + '/kernel'].transpose(3, 2, 0, 1))]
        if config['use_bias']:
            inputs.append(self.constant(name + '/bias', self.arrays[name + '/bias']))
        return self.add('Conv', inputs, name, kernel_shape=config['kernel_size'], strides=config['strides'], dilations=config['dilation_rate'],
                        group=config.get('groups', 1), auto_pad={'same': 'SAME_UPPER', 'valid': 'VALID'}[config['padding']])

    def upsampling(self, config, x):
        name = config['name']
        shape = self.add('Shape', [x], name + '/shape')
        limits = [self.constant(f'{name}/{i}', np.array([i], np.int64)) for i in (0, 2, 4)]
        outer = self.add('Slice', [shape, limits[0], limits[1]], name + '/outer')
        inner = self.add('Slice', [shape, limits[1], limits[2]], name + '/inner')
        wide = self.add('Mul', [inner, self.constant(name + '/factors', np.array(config['size'], np.int64))], name + '/wide')
        sizes = self.add('Concat', [outer, wide], name + '/sizes', axis=0)
        how = {'nearest': dict(mode='nearest', nearest_mode='round_prefer_ceil'), 'bilinear': dict(mode='linear')}[config['interpolation']]
        return self.add('Resize', [x, '', '', sizes], name, coordinate_transformation_mode='half_pixel', **how)


def convert(path):
    model = json.load(open(path))
    config = model['modelTopology']['model_config']['config']
    g = Graph(weights(path, model['weightsManifest']))
    values = {}  # by layer
    for layer in config['layers']:
        name = layer['name']
        if layer['class_name'] == 'InputLayer':
            channels = layer['config']['batch_input_shape'][3]
            values[name] = g.add('Transpose', [name], name + '/nchw', perm=[0, 3, 1, 2])
            continue
        if len(layer['inbound_nodes']) != 1:
            raise SystemExit(f'{name} is used {len(layer["inbound_nodes"])} times')
        values[name] = g.layer(layer['class_name'], layer['config'], [values[inbound[0]] for inbound in layer['inbound_nodes'][0]])
    (source, *_), (last, *_) = config['input_layers'][0], config['output_layers'][0]
    out = g.add('Transpose', [values[last]], last + '/nhwc', perm=[0, 2, 3, 1])
    value = lambda name, dims: helper.make_tensor_value_info(name, TensorProto.FLOAT, dims)
    graph = helper.make_graph(g.nodes, config['name'], [value(source, ['N', 'H', 'W', channels])], [value(out, ['N', 'H_out', 'W_out', None])], g.constants)
    m = helper.make_model(graph, producer_name='ganlet internal/peer/real', opset_imports=[helper.make_opsetid('', 17)], ir_version=8)
    onnx.checker.check_model(m)
    return m


if __name__ == '__main__':
    if len(sys.argv) != 3:
        raise SystemExit('usage: convert.py MODEL.json OUT.onnx')
    onnx.save(convert(sys.argv[1]), sys.argv[2])
