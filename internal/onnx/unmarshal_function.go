package onnx

import "unsafe"

// This file is the decoder of model functions.

func (d *decoder) function(s span) (fn Function) {
	d.charge(1, unsafe.Sizeof(scope{}))
	outer := d.enter()
	d.scope.function = true
	n := d.tally(s)
	fn.Inputs = room[string](d, n[functionInput])
	fn.Outputs = room[string](d, n[functionOutput])
	fn.Params = room[string](d, n[functionParam])
	fn.Defaults = room[Attr](d, n[functionAttrProto])
	fn.Nodes = room[Node](d, n[functionNode])
	fn.Opsets = room[Opset](d, n[functionOpset])
	attrs := make(map[string]bool)
	for f := range d.fields(s) {
		switch f.num {
		case functionName:
			fn.Name = d.text(f)
		case functionDomain:
			fn.Domain = d.text(f)
		case functionOverload:
			fn.Overload = d.text(f)
		case functionInput:
			name := d.text(f)
			fn.Inputs = append(fn.Inputs, name)
			if name != "" && !d.makes(name, byInput) {
				d.fail(f.at, "function %q has input %q twice, or a node makes it", fn.Name, name)
			}
		case functionOutput:
			name := d.text(f)
			fn.Outputs = append(fn.Outputs, name)
			if name != "" {
				d.reads(name, read{f.at, true})
			}
		case functionParam:
			name := d.text(f)
			fn.Params = append(fn.Params, name)
			d.once(attrs, name, fn.Name, f)
		case functionAttrProto:
			a := d.attr(d.sub(f, attrMessage), fn.Name)
			fn.Defaults = append(fn.Defaults, a)
			d.once(attrs, a.Name, fn.Name, f)
		case functionNode:
			fn.Nodes = append(fn.Nodes, d.node(d.sub(f, nodeMessage), f.at))
		case functionOpset:
			fn.Opsets = append(fn.Opsets, d.opset(d.sub(f, opsetMessage)))
		}
	}
	if fn.Name == "" {
		d.fail(s.from, "a function has no name")
	}
	fn.Opsets = distinctOpsets(fn.Opsets)
	d.leave(outer)
	return fn
}
