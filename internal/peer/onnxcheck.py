#!/usr/bin/env python3
"""Asks ONNX's own checker whether files are valid, types and shapes included: onnxcheck.py MODEL.onnx ...

Debian package: python3-onnx. One line a file; exit 1 if any is not valid.
"""
import sys
import onnx

if len(sys.argv) < 2:
    sys.exit('usage: onnxcheck.py MODEL.onnx ...')
failed = False
for path in sys.argv[1:]:
    try:
        model = onnx.load(path)
        onnx.checker.check_model(model, full_check=True)
        ops = ', '.join(f'{o.domain or "ai.onnx"} {o.version}' for o in model.opset_import)
        print(f'{path}: valid, IR {model.ir_version}, {ops}, {len(model.graph.node)} nodes')
    except Exception as err:  # the checker, the protobuf reader and the file system each have their own
        failed = True
        print(f'{path}: not valid: {str(err).strip()}')
sys.exit(1 if failed else 0)
