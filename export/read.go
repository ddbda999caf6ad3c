package export

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/ganlet/ganlet/gan"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is the way in: a file to a generator, in three steps. What onnx-go
// cannot read (metadata, dynamic sizes, float16) is read by internal/onnx and
// taken away; onnx-go decodes the graph; its operations become layers.

// maxFile is the size in bytes of the largest file that Read takes.
const maxFile = 1 << 30

// Read reads a generator that [Write] has written. It has the weights that the
// file holds, float16 ones widened; written again with the same options, it
// gives the bytes of the file.
//
// Of r at most 1 GiB is read, to its end; memory use is a few times that of
// the file. The file may have come from anywhere: if it is broken, or if it is
// a model other than such a generator, there is an error, which names the node
// and its operator where one is at fault. The generator is the caller's.
func Read(r io.Reader) (*gan.Generator, error) {
	g, err := read(r, maxFile)
	if err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	return g, nil
}

func read(r io.Reader, limit int64) (*gan.Generator, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("the file has more than %d bytes", limit)
	}
	m, err := onnx.Unmarshal(data)
	if err != nil {
		return nil, err
	}
	g := new(gan.Generator)
	if err := readEnds(g, m); err != nil {
		return nil, err
	}
	plain, err := simplify(m)
	if err != nil {
		return nil, err
	}
	ops, err := decode(plain)
	if err != nil {
		return nil, err
	}
	if len(required(&m.Graph)) < len(m.Graph.Inputs) {
		return g, readStyled(g, ops, m)
	}
	if err := readLayers(g, ops, m.Graph.Inputs, m.Graph.Outputs[0].Name); err != nil {
		return nil, err
	}
	return g, g.Validate()
}

// The operator versions between which none of the operators that Write emits
// changed in what it computes.
const (
	minOpset = 9
	maxOpset = 27
)

// readEnds fills in what stands around the graph: metadata, input and output.
func readEnds(g *gan.Generator, m *onnx.Model) error {
	if v := m.Opset(); v < minOpset || v > maxOpset {
		return fmt.Errorf("the model uses version %d of ONNX's operators, want %d to %d", v, minOpset, maxOpset)
	}
	if err := readMetadata(g, m.Metadata); err != nil {
		return err
	}
	inputs := 1
	if len(g.Classes) > 0 {
		inputs = 2
	}
	given := required(&m.Graph)
	if len(given) != inputs || len(m.Graph.Outputs) != 1 {
		return fmt.Errorf("the model has %d inputs and %d outputs, want %d and one for %d classes", len(given), len(m.Graph.Outputs), inputs, len(g.Classes))
	}
	z, err := sampleShape(given[0], 2)
	if err != nil {
		return fmt.Errorf("input %w", err)
	}
	if z[0] != g.LatentDim {
		return fmt.Errorf("input %q has latents of %d numbers, want %d as metadata %q says", given[0].Name, z[0], g.LatentDim, keyDim)
	}
	if inputs == 2 {
		if v := given[1]; v.Type != onnx.Int64 || len(v.Shape) != 1 {
			return fmt.Errorf("input %q is %v with %d dimensions, want labels: int64 with one", v.Name, v.Type, len(v.Shape))
		}
	}
	out, err := sampleShape(m.Graph.Outputs[0], 2, 4)
	if err != nil {
		return fmt.Errorf("output %w", err)
	}
	g.Shape = gan.Shape{C: out[0], H: 1, W: 1}
	if len(out) == 3 {
		g.Shape.H, g.Shape.W = out[1], out[2]
	}
	if want := sampleDims(g.Shape); !slices.Equal(out, want) {
		return fmt.Errorf("output %q has samples of %v, want %v", m.Graph.Outputs[0].Name, out, want)
	}
	return nil
}

// required are the inputs that no initializer stands in for.
func required(g *onnx.Graph) (inputs []onnx.ValueInfo) {
	for _, v := range g.Inputs {
		if !slices.ContainsFunc(g.Initializers, func(t onnx.Tensor) bool { return t.Name == v.Name }) {
			inputs = append(inputs, v)
		}
	}
	return inputs
}

// maxSide bounds every size that is read, so that sums and products of few
// stay far from overflow.
const maxSide = 1 << 14

// sampleShape returns the shape of one sample of v, which must have one of these
// numbers of dimensions.
func sampleShape(v onnx.ValueInfo, dimensions ...int) ([]int, error) {
	if v.Type != onnx.Float {
		return nil, fmt.Errorf("%q is %v, want float32", v.Name, v.Type)
	}
	if !slices.Contains(dimensions, len(v.Shape)) {
		return nil, fmt.Errorf("%q has %d dimensions, want one of %v", v.Name, len(v.Shape), dimensions)
	}
	shape := make([]int, len(v.Shape)-1)
	for i, d := range v.Shape[1:] {
		if d.Param != "" || d.Size < 1 || d.Size > maxSide {
			return nil, fmt.Errorf("%q: dimension %d is no fixed size of 1 to %d", v.Name, i+1, maxSide)
		}
		shape[i] = int(d.Size)
	}
	return shape, nil
}

// simplify returns the model without all that onnx-go cannot take: Casts of
// float16 constants are done, and of the ends only the names are left.
func simplify(m *onnx.Model) (*onnx.Model, error) {
	constants := make(map[string]*onnx.Tensor)
	if len(m.Functions)+len(m.Graph.Sparse) > 0 {
		return nil, errors.New("the model has functions of its own or sparse constants")
	}
	for i := range m.Graph.Initializers {
		t := &m.Graph.Initializers[i]
		if t.External != nil {
			return nil, fmt.Errorf("the data of constant %q lie in another file", t.Name)
		}
		constants[t.Name] = t
	}
	plain := &onnx.Model{IRVersion: m.IRVersion, Opsets: m.Opsets}
	g := &plain.Graph
	g.Name = m.Graph.Name
	for _, v := range m.Graph.Inputs {
		constants[v.Name] = nil // of an optional one
		g.Inputs = append(g.Inputs, onnx.ValueInfo{Name: v.Name, Type: onnx.Float})
	}
	for _, v := range m.Graph.Outputs {
		g.Outputs = append(g.Outputs, onnx.ValueInfo{Name: v.Name, Type: onnx.Float})
	}
	for _, n := range m.Graph.Nodes {
		if !onnx.IsDefault(n.Domain) || n.Overload != "" {
			return nil, &onnx.UnsupportedError{Node: n.Label(), Op: n.Op, Reason: fmt.Sprintf("operator of the foreign domain %q", n.Domain)}
		}
		if n.Op == "Cast" {
			wide, err := widen(&n, constants)
			if err != nil {
				return nil, err
			}
			constants[wide.Name] = wide
			continue
		}
		if len(n.Inputs) == 0 { // onnx-go would make one up
			return nil, &onnx.UnsupportedError{Node: n.Label(), Op: n.Op, Reason: "no inputs, want one or more"}
		}
		for _, name := range n.Inputs {
			t := constants[name]
			if t == nil {
				continue
			}
			constants[name] = nil // moved
			if t.Type != onnx.Float && t.Type != onnx.Int64 || t.Len() == 0 {
				return nil, &onnx.UnsupportedError{Node: n.Label(), Op: n.Op, Reason: fmt.Sprintf("constant %q is %v %v, want float32 or int64, not empty", name, t.Type, t.Dims)}
			}
			g.Initializers = append(g.Initializers, *t)
		}
		g.Nodes = append(g.Nodes, n)
	}
	if len(g.Nodes) == 0 {
		return nil, errors.New("the model has no layers")
	}
	return plain, nil
}

// widen does the Cast of a float16 constant to float32.
func widen(n *onnx.Node, constants map[string]*onnx.Tensor) (*onnx.Tensor, error) {
	refuse := func(reason string) (*onnx.Tensor, error) {
		return nil, &onnx.UnsupportedError{Node: n.Label(), Op: n.Op, Reason: reason}
	}
	if len(n.Inputs) != 1 || len(n.Outputs) != 1 || len(n.Attrs) != 1 || n.Attrs[0].Name != "to" || n.Attrs[0].Int != int64(onnx.Float) {
		return refuse("want one input, one output and a cast to float32")
	}
	t := constants[n.Inputs[0]]
	if t == nil || t.Type != onnx.Float16 {
		return refuse(fmt.Sprintf("%q is no float16 constant", n.Inputs[0]))
	}
	v, err := t.Float32s()
	if err != nil {
		return refuse(err.Error())
	}
	wide := onnx.NewFloat32(n.Outputs[0], v, t.Dims...)
	return &wide, nil
}
