package export

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/gan"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
	"github.com/ganlet/ganlet/internal/randmodel"
)

// This file tests reading: what was written comes back, what is wrong is refused.

// sameGenerator compares all there is: the data, and the bits of what it makes.
func sameGenerator(t *testing.T, name string, got, want *gan.Generator) {
	t.Helper()
	for i := range min(len(got.Layers), len(want.Layers)) {
		theirs := make(map[string][]float32)
		for parameter, v := range parameters(&want.Layers[i]) {
			theirs[parameter] = v
		}
		for parameter, v := range parameters(&got.Layers[i]) {
			sameBits(t, name+": "+parameter, v, theirs[parameter])
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: Read = %+v, want %+v", name, got, want)
	}
	z := make([]float32, 3*want.LatentDim)
	kernel.Latents(z, 5, 0, want.LatentDim, want.Distribution == gan.Normal)
	sameBits(t, name+": Sample", sampled(t, got, z), sampled(t, want, z))
}

func TestReadWritten(t *testing.T) {
	for name, g := range generators() {
		file := written(t, g, Options{})
		got, err := Read(bytes.NewReader(file))
		if err != nil {
			t.Errorf("%s: Read: %v", name, err)
			continue
		}
		sameGenerator(t, name, got, g)
		if !bytes.Equal(written(t, got, Options{}), file) {
			t.Errorf("%s: Write(Read(file)) is not the file", name)
		}
	}
}

// A file may name its values as it likes, keep constants that nobody reads, fix
// the batch, leave defaults out and use -1 for the batch.
func TestReadVariants(t *testing.T) {
	m := model(t, mixed(), Options{})
	g := &m.Graph
	g.Nodes[0].Attrs = []onnx.Attr{onnx.IntAttr("transB", 1)}
	g.Nodes[2].Attrs = g.Nodes[2].Attrs[4:] // strides
	g.Initializers = append(g.Initializers, onnx.Tensor{Name: "unused", Type: onnx.Int8, Dims: []int64{0}})
	for i := range g.Initializers {
		if tensor := &g.Initializers[i]; strings.HasSuffix(tensor.Name, "input.shape") {
			shape, _ := tensor.Int64s()
			shape[0] = -1
			*tensor = onnx.NewInt64(tensor.Name, shape, int64(len(shape)))
		}
	}
	g.Inputs[0].Shape[0] = onnx.Dim{Size: 1}
	rename := func(s *string) {
		if *s != "" {
			*s = "/model/" + *s
		}
	}
	for i := range g.Nodes {
		for j := range g.Nodes[i].Inputs {
			rename(&g.Nodes[i].Inputs[j])
		}
		rename(&g.Nodes[i].Outputs[0])
		g.Nodes[i].Name = ""
	}
	for i := range g.Initializers {
		rename(&g.Initializers[i].Name)
	}
	rename(&g.Inputs[0].Name)
	rename(&g.Outputs[0].Name)
	got, err := Read(bytes.NewReader(onnx.Marshal(m)))
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	sameGenerator(t, "renamed", got, mixed())
}

// initializer returns the one of that name.
func initializer(m *onnx.Model, name string) *onnx.Tensor {
	for i := range m.Graph.Initializers {
		if t := &m.Graph.Initializers[i]; t.Name == name {
			return t
		}
	}
	panic("no initializer " + name)
}

func TestReadErrors(t *testing.T) {
	type change func(m *onnx.Model)
	node := func(i int, f func(n *onnx.Node)) change { return func(m *onnx.Model) { f(&m.Graph.Nodes[i]) } }
	op := func(i int, op string) change { return node(i, func(n *onnx.Node) { n.Op = op }) }
	attrs := func(i int, list ...onnx.Attr) change {
		return node(i, func(n *onnx.Node) {
			for _, a := range list {
				for j := range n.Attrs {
					if n.Attrs[j].Name == a.Name {
						n.Attrs[j] = a
						a.Name = ""
					}
				}
				if a.Name != "" {
					n.Attrs = append(n.Attrs, a)
				}
			}
		})
	}
	input := func(i, j int, name string) change { return node(i, func(n *onnx.Node) { n.Inputs[j] = name }) }
	shape := func(name string, v ...int64) change {
		return func(m *onnx.Model) { *initializer(m, name) = onnx.NewInt64(name, v, int64(len(v))) }
	}
	meta := func(key, value string) change {
		return func(m *onnx.Model) {
			for i := range m.Metadata {
				if m.Metadata[i].Key == key {
					m.Metadata[i].Value = value
				}
			}
		}
	}
	// The nodes of mixed: 0 Gemm, 1 Reshape, 2 ConvTranspose, 3 LeakyRelu,
	// 4 Conv, 5 BatchNormalization, 6 Reshape, 7 Gemm, 8 Sigmoid, 9 Reshape.
	tests := []struct {
		change
		node string // that an UnsupportedError is to name; empty: another error
		want string
	}{
		{op(3, "Softplus"), "conv_transpose1.act", "the operator is not supported"},
		{op(8, "Softmax"), "dense3.act", "the operator is not supported"},
		{node(8, func(n *onnx.Node) { n.Domain = "com.example" }), "dense3.act", `operator of the foreign domain "com.example"`},
		{func(m *onnx.Model) { m.Functions = []onnx.Function{{Name: "Sigmoid"}} }, "", "the model has functions of its own"},
		{func(m *onnx.Model) {
			*initializer(m, "conv2.bias") = onnx.Tensor{Name: "conv2.bias", Type: onnx.Float, Dims: []int64{2}, External: &onnx.External{Location: "x"}}
		}, "", `the data of constant "conv2.bias" lie in another file`},
		{op(8, "Cast"), "dense3.act", "want one input, one output and a cast to float32"},
		{node(8, func(n *onnx.Node) { n.Op, n.Attrs = "Cast", []onnx.Attr{onnx.IntAttr("to", 1)} }), "dense3.act", `"dense3" is no float16 constant`},
		{input(4, 0, "z"), "conv2", `does not read "conv_transpose1.act"`},
		{input(4, 0, "conv2.weight"), "conv2", `does not read "conv_transpose1.act"`},
		{input(4, 1, "conv_transpose1"), "conv2", `"conv_transpose1" is no constant`},
		{input(4, 1, "z"), "conv2", `"z" is no constant`},
		{input(4, 1, "conv2.bias"), "conv2", "input 1 is left out"},
		{input(4, 2, ""), "conv2", "input 2 is left out"},
		{input(4, 1, "conv_transpose1.input.shape"), "conv2", `"conv_transpose1.input.shape" has 1 dimensions of int64, want 4 of float32`},
		{input(5, 3, "conv2.norm.var"), "conv2.norm", "input 3 is left out, or the same as a later one"},
		{input(5, 3, "dense0.bias"), "conv2.norm", `"dense0.bias" has 48 values, want 2`},
		{node(5, func(n *onnx.Node) { n.Outputs = append(n.Outputs, "more") }), "conv2.norm", "2 outputs, want one"},
		{attrs(5, onnx.IntAttr("training_mode", 1)), "conv2.norm", `"training_mode" is 1, want 0`},
		{attrs(5, onnx.IntAttr("spatial", 0)), "conv2.norm", `"spatial" is not supported`},
		{attrs(0, onnx.IntAttr("transB", 0)), "dense0", `"transB" is 0, want 1`},
		{attrs(0, onnx.IntAttr("transA", 1)), "dense0", `"transA" is 1, want 0`},
		{attrs(0, onnx.FloatAttr("alpha", 2)), "dense0", `"alpha" is 2, want 1`},
		{attrs(0, onnx.FloatAttr("beta", 0)), "dense0", `"beta" is 0, want 1`},
		{attrs(0, onnx.IntAttr("alpha", 1)), "dense0", `"alpha" is of type int64, want float32`},
		{attrs(2, onnx.IntAttr("group", 3)), "conv_transpose1", `"group" is 3, want 1`},
		{attrs(2, onnx.StringAttr("auto_pad", "VALID")), "conv_transpose1", `"auto_pad" is VALID, want NOTSET`},
		{attrs(2, onnx.IntsAttr("output_padding", 1, 1)), "conv_transpose1", "output_padding 1, want 0"},
		{attrs(2, onnx.IntsAttr("output_shape", 8, 8)), "conv_transpose1", `"output_shape" is not supported`},
		{attrs(2, onnx.IntsAttr("dilations", 2, 2)), "conv_transpose1", "dilations 2, want 1"},
		{attrs(2, onnx.IntsAttr("strides", 2, 1)), "conv_transpose1", `"strides" is [2 1], want 2 equal numbers`},
		{attrs(2, onnx.IntsAttr("strides", 0, 0)), "conv_transpose1", "strides 0, want 1 or more"},
		{attrs(2, onnx.IntsAttr("strides", 1<<40, 1<<40)), "conv_transpose1", `"strides" is [1099511627776 1099511627776]`},
		{attrs(2, onnx.IntsAttr("strides", 1<<14, 1<<14)), "conv_transpose1", "it makes images of 49154x49154, want sides of 1 to 16384"},
		{attrs(2, onnx.IntsAttr("pads", 0, 0, 0, -1)), "conv_transpose1", `"pads" is [0 0 0 -1]`},
		{attrs(2, onnx.IntsAttr("pads", 7, 7, 7, 7)), "conv_transpose1", "it makes images of -6x-6"},
		{attrs(2, onnx.IntsAttr("kernel_shape", 3, 3)), "conv_transpose1", "kernel_shape 3, want 2"},
		{shape("conv_transpose1.input.shape", 0, 4, 4, 3), "conv_transpose1", "it is given samples of [4 4 3], want [3 H W]"},
		{shape("conv_transpose1.input.shape", 0, 3, 4, 5), "conv_transpose1.input", "shape [0 3 4 5], want one for samples of [48]"},
		{shape("conv_transpose1.input.shape", 1, 3, 4, 4), "conv_transpose1.input", "shape [1 3 4 4], want [0 F] or [0 C H W]"},
		{shape("conv_transpose1.input.shape", 0, 48, 1), "conv_transpose1.input", "shape [0 48 1], want [0 F] or [0 C H W]"},
		{shape("conv_transpose1.input.shape", 0, 3, -1, 4), "conv_transpose1.input", "sizes of 1 to 16384"},
		{shape("image.shape", 0, 5, 3, 2), "", `output "image": the layers make samples of [5 3 2], want [2 3 5]`},
		{func(m *onnx.Model) {
			m.Graph.Inputs[0].Name = "dense0/input"
			m.Graph.Nodes[0].Inputs = nil
		}, "dense0", "no inputs, want one or more"},
		{op(1, "Relu"), "conv_transpose1.input", "2 inputs, want 1 to 1"},
		{func(m *onnx.Model) { // batch norm after activation
			n := m.Graph.Nodes
			n[4], n[5] = n[5], n[4]
			n[4].Inputs[0], n[5].Inputs[0], n[6].Inputs[0] = "conv_transpose1.act", "conv2.norm", "conv2"
		}, "conv2.norm", "it does not follow a layer's sum at once"},
		{func(m *onnx.Model) {
			m.Graph.Nodes = append([]onnx.Node{{Name: "first", Op: "Tanh", Inputs: []string{"z"}, Outputs: []string{"tanh"}}}, m.Graph.Nodes...)
			m.Graph.Nodes[1].Inputs[0] = "tanh"
		}, "first", "it follows no layer of a sum, or another activation"},
		{func(m *onnx.Model) {
			m.Graph.Nodes = append(m.Graph.Nodes, onnx.Node{Op: "Tanh", Inputs: []string{"image"}, Outputs: []string{"end"}})
			m.Graph.Outputs[0].Name = "end"
		}, "end", "it follows no layer of a sum, or another activation"},
		{func(m *onnx.Model) { m.Graph.Outputs[0].Name = "dense3.act" }, "", `the last node makes "image", want the output "dense3.act"`},
		{func(m *onnx.Model) { m.Graph.Outputs[0].Shape[1].Size = 1 }, "", "make samples of [2 3 5], want [1 3 5]"},
		{func(m *onnx.Model) { m.Graph.Outputs[0].Shape = nil }, "", `output "image" has 0 dimensions, want one of [2 4]`},
		{func(m *onnx.Model) { m.Graph.Outputs[0].Shape = onnx.Shape(-1, 30, 1, 1) }, "", `output "image" has samples of [30 1 1], want [30]`},
		{func(m *onnx.Model) { m.Graph.Outputs[0].Shape = onnx.Shape(-1, 30) }, "", "make samples of [2 3 5], want [30]"},
		{func(m *onnx.Model) { m.Graph.Outputs[0].Type = onnx.Double }, "", `output "image" is float64, want float32`},
		{func(m *onnx.Model) { m.Graph.Inputs[0].Shape[1] = onnx.Dim{Size: -1, Param: "latent"} }, "", `input "z": dimension 1 is no fixed size`},
		{func(m *onnx.Model) { m.Graph.Inputs[0].Shape[1].Size = 1 << 30 }, "", `input "z": dimension 1 is no fixed size`},
		{func(m *onnx.Model) { m.Graph.Inputs[0].Shape[1].Size = 7 }, "", `input "z" has latents of 7 numbers, want 6`},
		{func(m *onnx.Model) {
			m.Graph.Inputs = append(m.Graph.Inputs, onnx.ValueInfo{Name: "label", Type: onnx.Int64})
		}, "", "2 inputs and 1 outputs"},
		{func(m *onnx.Model) { m.Graph.Nodes = nil; m.Graph.Outputs[0].Name = "z" }, "", "the model has no layers"},
		{func(m *onnx.Model) { m.Opsets[0].Version = 8 }, "", "version 8 of ONNX's operators, want 9 to 27"},
		{func(m *onnx.Model) { m.Metadata = nil }, "", `metadata "ganlet.version" is "", want "1"`},
		{meta(keyDistribution, "cauchy"), "", `"cauchy", want "normal" or "uniform"`},
		{meta(keyProbeSum, "00"), "", `"00", want a SHA-256`},
		{meta(keyDim, "six"), "", `"six", want a positive number`},
		{func(m *onnx.Model) {
			name := "conv2.norm.var"
			*initializer(m, name) = onnx.NewFloat16(name, []float32{1, 2}, 2)
		}, "conv2.norm", `constant "conv2.norm.var" is float16 [2]`},
		{func(m *onnx.Model) {
			name := "dense3.weight"
			*initializer(m, name) = onnx.NewFloat32(name, nil, 30, 0)
		}, "dense3", `constant "dense3.weight" is float32 [30 0]`},
		{func(m *onnx.Model) {
			name := "dense3.weight"
			*initializer(m, name) = onnx.NewFloat32(name, make([]float32, 30*16), 30, 16)
		}, "dense3", "it is given samples of [32], want [16]"},
		{func(m *onnx.Model) {
			name := "conv2.weight"
			*initializer(m, name) = onnx.NewFloat32(name, make([]float32, 2*4*6), 2, 4, 3, 2)
		}, "conv2", "a window of 3x2, want a square"},
	}
	for _, test := range tests {
		m := model(t, mixed(), Options{})
		test.change(m)
		refuses(t, m, test.node, test.want)
	}
	// The nodes of resized: 0 Gemm, 1 Relu, 2 Reshape, 3 Resize, 4 Conv,
	// 5 BatchNormalization, 6 Relu, 7 Resize.
	scales := func(v ...float32) change {
		return func(m *onnx.Model) {
			*initializer(m, "nearest1.scales") = onnx.NewFloat32("nearest1.scales", v, int64(len(v)))
		}
	}
	for _, test := range []struct {
		change
		node string
		want string
	}{
		{scales(1, 1, 3, 3), "nearest1", `mode "nearest", places "asymmetric" and scales [1 1 3 3], want those of a resizing by 2 or by half`},
		{scales(1, 1, 2), "nearest1", "scales [1 1 2]"},
		{attrs(3, onnx.StringAttr("mode", "cubic")), "nearest1", `mode "cubic"`},
		{attrs(3, onnx.StringAttr("nearest_mode", "ceil")), "nearest1", `"nearest_mode" is ceil, want floor`},
		{attrs(7, onnx.StringAttr("coordinate_transformation_mode", "align_corners")), "bilinear3", `places "align_corners"`},
		{attrs(7, onnx.IntAttr("antialias", 1)), "bilinear3", `"antialias" is not supported`},
		{input(3, 1, "conv2.norm.gamma"), "nearest1", "want inputs X and scales, no roi and no sizes"},
		{input(3, 0, "dense0.act"), "nearest1", `does not read "nearest1.input"`},
		{node(2, func(n *onnx.Node) { n.Op, n.Inputs = "Identity", n.Inputs[:1] }), "nearest1.input", "the operator is not supported"},
		{func(m *onnx.Model) { // without the Reshape
			m.Graph.Nodes = append(m.Graph.Nodes[:2], m.Graph.Nodes[3:]...)
			m.Graph.Nodes[2].Inputs[0] = "dense0.act"
		}, "nearest1", "it is given samples of [12], want [C H W]"},
		{func(m *onnx.Model) { // an activation after a Resize
			m.Graph.Nodes = append(m.Graph.Nodes[:4], append([]onnx.Node{{Name: "after", Op: "Relu", Inputs: []string{"nearest1"}, Outputs: []string{"after"}}}, m.Graph.Nodes[4:]...)...)
			m.Graph.Nodes[5].Inputs[0] = "after"
		}, "after", "it follows no layer of a sum, or another activation"},
	} {
		m := model(t, resized(), Options{})
		test.change(m)
		refuses(t, m, test.node, test.want)
	}
	// The nodes of residuals: 2 BatchNormalization, 3 Relu, 4 Conv, 5 LeakyRelu,
	// 6 Conv in groups, 9 and 11 Add.
	for _, test := range []struct {
		change
		node string
		want string
	}{
		{input(11, 1, "conv_transpose0.norm"), "residual1", `"conv_transpose0.norm" is no image that whole layers have made since`},
		{input(11, 1, "residual1.conv0"), "residual1", `"residual1.conv0" is no image`},
		{input(11, 1, "residual1.residual1.conv0.act"), "residual1", "is no image that whole layers have made since"},
		{input(11, 1, "residual1.conv0.act"), "residual1", "it adds samples of [3 4 4] to [32 4 4]"},
		{input(11, 1, "z"), "residual1", `"z" is no image`},
		{input(11, 1, "residual1.conv0.bias"), "residual1", `"residual1.conv0.bias" is no image`},
		{input(11, 1, "residual1.conv2"), "residual1", `does not read "residual1.conv2"`},
		{input(11, 0, "conv_transpose0.act"), "residual1", `does not read "residual1.conv2"`},
		{op(11, "Mul"), "residual1", "the operator is not supported"},
		{attrs(6, onnx.IntAttr("group", 4)), "residual1.residual1.conv0", "it is given samples of [32 4 4], want [64 H W]"},
		{attrs(6, onnx.IntAttr("group", 1<<40)), "residual1.residual1.conv0", `"group" is 1099511627776`},
		{attrs(6, onnx.IntAttr("group", -2)), "residual1.residual1.conv0", `"group" is -2`},
	} {
		m := model(t, residuals(), Options{})
		test.change(m)
		refuses(t, m, test.node, test.want)
	}
}

// refuses checks that Read fails with an error of these words, that names node
// if there is one to name.
func refuses(t *testing.T, m *onnx.Model, node, want string) {
	t.Helper()
	_, err := Read(bytes.NewReader(onnx.Marshal(m)))
	if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "export: ") {
		t.Errorf("Read = %v, want export: ... %s", err, want)
	}
	var refused *onnx.UnsupportedError
	if errors.As(err, &refused); (refused != nil) != (node != "") || refused != nil && refused.Node != node {
		t.Errorf("Read = %v, want an error that names node %q", err, node)
	}
}

// What makes onnx-go panic is an error.
func TestDecodePanic(t *testing.T) {
	m := model(t, tiny(), Options{})
	m.Graph.Nodes[1].Inputs[0] = m.Graph.Nodes[1].Outputs[0] // an edge from a node to itself
	if ops, err := decode(m); err == nil || !strings.Contains(err.Error(), "onnx-go cannot decode the model: ") {
		t.Errorf("decode = %v, %v, want an error", ops, err)
	}
}

func TestReadLimit(t *testing.T) {
	file := written(t, tiny(), Options{})
	if _, err := read(bytes.NewReader(file), int64(len(file))); err != nil {
		t.Errorf("read with a limit of the file's size: %v", err)
	}
	if _, err := read(bytes.NewReader(file), int64(len(file)-1)); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("read with a limit below the file's size = %v, want an error", err)
	}
}

// A file cut short anywhere is refused, and damage of any one byte is refused
// or gives another valid generator.
func TestReadDamaged(t *testing.T) {
	file := written(t, tiny(), Options{})
	for n := range file {
		if _, err := Read(bytes.NewReader(file[:n])); err == nil {
			t.Errorf("Read of the first %d of %d bytes succeeded", n, len(file))
		}
	}
	for i := range file {
		for _, flip := range []byte{0x01, 0x80, 0xff} {
			damaged := bytes.Clone(file)
			damaged[i] ^= flip
			if g, err := Read(bytes.NewReader(damaged)); err == nil && g.Validate() != nil {
				t.Errorf("Read with byte %d flipped by %#x gave an invalid generator: %v", i, flip, g.Validate())
			}
		}
	}
	for _, text := range []string{"", "P5 1 1 255\n", strings.Repeat("\xff", 100)} {
		if _, err := Read(strings.NewReader(text)); err == nil {
			t.Errorf("Read(%q) succeeded", text)
		}
	}
}

// FuzzRead: whatever the bytes, an error or a valid generator. The input is a
// file's number, 0 for an empty one, and changes to it.
func FuzzRead(f *testing.F) {
	files := [][]byte{nil, written(f, tiny(), Options{}), written(f, tiny(), Options{Float16: true}), written(f, mixed(), Options{}), written(f, residuals(), Options{}),
		written(f, styled(f, 0), Options{}), written(f, styled(f, 2), Options{Float16: true})}
	for i := range files {
		f.Add(uint8(i), []byte("\x02\x00\x00\x08\x02\x01\x00\x07"))
		f.Add(uint8(i), []byte(nil))
		f.Add(uint8(i), []byte("\x05\x40\x80\x03\x03\x99\x01\xff"))
	}
	f.Fuzz(func(t *testing.T, which uint8, edits []byte) {
		g, err := Read(bytes.NewReader(randmodel.Edit(files[int(which)%len(files)], edits[:min(len(edits), 64)])))
		if err != nil {
			return
		}
		if err := g.Validate(); err != nil {
			t.Errorf("Read gave an invalid generator: %v", err)
		}
	})
}
