package infer

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/ganlet/ganlet/infer/internal/graph"
	"github.com/ganlet/ganlet/infer/internal/plan"
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
	"github.com/ganlet/ganlet/internal/randmodel"
)

// This file compares plans with the plain one, in which every node is computed by
// its operator's plain function: no layers, nothing joined, nothing packed.

// comparePlain fails if a model's results are not those of its plain plan.
func (y *tally) comparePlain(c *randmodel.Case, m *Model, data []byte, inputs, got []Tensor) error {
	want, err := runPlain(m, data, inputs)
	if err != nil {
		return fmt.Errorf("its plain plan: %w", err)
	}
	y.plain++
	if same := equal(got, want); same == nil {
		y.exact++
		return nil
	} else if !layered(m.graph.Nodes) {
		return fmt.Errorf("the plain plan, of the same functions: %w", same)
	}
	for i := range want {
		if err := near64(m.outputs[i].Type, got[i], want[i]); err != nil {
			if c.Special || slices.Contains(c.Ops, "BitCast") || shaky(m, data, inputs, want) ||
				slices.Contains(c.Ops, "InstanceNormalization") { // whose layer squares in float32: it gives 0 from 1e19 on
				return nil
			}
			return fmt.Errorf("the plain plan: %w", err)
		}
	}
	return nil
}

// layered reports whether one of some nodes has a kernel of its own.
func layered(nodes []graph.Node) bool {
	for i := range nodes {
		n := &nodes[i]
		if n.Row != nil && n.Row.Layer != nil {
			return true
		}
		for _, body := range n.Bodies {
			if layered(body.Nodes) {
				return true
			}
		}
	}
	return false
}

// runPlain runs a model by its plain plan.
func runPlain(m *Model, data []byte, inputs []Tensor) ([]Tensor, error) {
	file, err := onnx.Unmarshal(data)
	if err != nil {
		return nil, err
	}
	memory, _ := m.limits.fold(m.file)
	g, err := graph.Build(file, graph.Options{Elements: elements(memory), Nodes: m.limits.nodes(), Budget: m.limits.load(m.file)})
	if err != nil {
		return nil, err
	}
	o := m.limits.plan(m.file, 1<<20, 3)
	o.Weights, o.Samples, o.Plain = plan.NewWeights(g, false, false), m.samples, true
	p, err := plan.New(g, shapesOf(inputs), o)
	if err != nil {
		return nil, err
	}
	r := p.Bind(new(plan.Block))
	for i, in := range inputs {
		elements, _ := tensor.Pointer(in.Data, g.Inputs[i].Elem)
		r.Input(i, elements, 0)
	}
	var outputs []Tensor
	if !p.Cut() {
		for i, v := range p.Outputs {
			t := tensor.New(v.Elem, slices.Clone(v.Shape)...)
			r.Output(i, t.Data, 0)
			outputs = append(outputs, Tensor{Name: g.Outputs[i].Name, Shape: t.Shape, Data: tensor.Slice(t.Data)})
		}
	}
	if err := r.Do(context.Background(), plan.Draws{Seed: m.seed, Whole: !m.batched}, nil, 1); err != nil {
		return nil, err
	}
	for i, t := range r.Results() {
		outputs = append(outputs, Tensor{Name: g.Outputs[i].Name, Shape: slices.Clone(t.Shape), Data: tensor.Slice(t.Data)})
	}
	return outputs, nil
}

// near64 compares floats to 1e-4 of the largest value; what is no number must be
// none.
func near64(elem string, got, want Tensor) error {
	if !slices.Equal(got.Shape, want.Shape) || fmt.Sprintf("%T", got.Data) != fmt.Sprintf("%T", want.Data) {
		return fmt.Errorf("%q is %T %v, want %T %v", want.Name, got.Data, got.Shape, want.Data, want.Shape)
	}
	a, b, off := doubles(elem, got.Data), doubles(elem, want.Data), 1e-4
	if a == nil {
		return nil // integers that a layer's last bits may round up or down
	}
	if elem == "float16" || elem == "bfloat16" {
		off = 2e-2
	}
	off *= max(most(b), 0.5)
	for i, w := range b {
		g := a[i]
		same := g == w || g != g && w != w || math.IsInf(g, 0) && math.IsInf(w, 0) // the sign may be that of a zero
		if !same && !(math.Abs(g-w) <= off) {
			return fmt.Errorf("%q[%d] = %v, want %v, of shape %v", want.Name, i, g, w, want.Shape)
		}
	}
	return nil
}

// doubles returns floats as float64; nil for other types.
func doubles(elem string, data any) (v []float64) {
	switch d := data.(type) {
	case []uint16:
		if elem == "float16" || elem == "bfloat16" {
			wide := tensor.New(onnx.Double, len(d))
			tensor.Convert(wide, tensor.From(typeNamed(elem), d, len(d)))
			return tensor.Of[float64](wide)
		}
	case []float32:
		for _, x := range d {
			v = append(v, float64(x))
		}
	case []float64:
		return d
	}
	return v
}

// shaky reports whether a model's results depend on the last bits of its inputs and
// constants, so that rounding otherwise may change them a lot.
func shaky(m *Model, data []byte, inputs, want []Tensor) bool {
	for _, factor := range []float64{1 + 3e-7, 1 - 3e-7, 1 + 3e-6} {
		file, err := onnx.Unmarshal(data)
		if err != nil {
			return true
		}
		for i := range file.Graph.Initializers {
			nudgeConstant(&file.Graph.Initializers[i], factor)
		}
		for i := range file.Graph.Nodes {
			for _, a := range file.Graph.Nodes[i].Attrs {
				if a.Tensor != nil {
					nudgeConstant(a.Tensor, factor)
				}
			}
		}
		moved := slices.Clone(inputs)
		for i := range moved {
			moved[i].Data = nudged(m.inputs[i].Type, moved[i].Data, factor)
		}
		other, err := runPlain(m, onnx.Marshal(file), moved)
		if err != nil {
			return true
		}
		for i := range want {
			if near64(m.outputs[i].Type, other[i], want[i]) != nil {
				return true
			}
		}
	}
	return false
}

func nudgeConstant(t *onnx.Tensor, factor float64) {
	switch v, err := t.Float32s(); {
	case err != nil:
	case t.Type == onnx.Float:
		t.SetFloat32(nudged("float32", v, factor).([]float32))
	case t.Type == onnx.Float16 || t.Type == onnx.BFloat16:
		for i := 0; i < len(t.Raw); i += 2 {
			t.Raw[i] ^= byte(up(i))
		}
	}
}

// up is 0 or 1, as it comes.
func up(k int) uint32 { return uint32(k) * 0x9e3779b9 >> 31 }

// nudged is floats, some times a factor and some divided by it, as they come, or
// with another last bit if they have 16; other data as they are.
func nudged(elem string, data any, factor float64) any {
	by := func(k int) float64 {
		if up(k) == 0 {
			return factor
		}
		return 1 / factor
	}
	switch d := data.(type) {
	case []uint16:
		if elem == "float16" || elem == "bfloat16" {
			d = slices.Clone(d)
			for k := range d {
				d[k] ^= uint16(up(k))
			}
		}
		return d
	case []float32:
		d = slices.Clone(d)
		for k := range d {
			d[k] = float32(float64(d[k]) * by(k))
		}
		return d
	case []float64:
		d = slices.Clone(d)
		for k := range d {
			d[k] *= by(k)
		}
		return d
	}
	return data
}
