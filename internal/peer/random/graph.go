package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/ganlet/ganlet/infer"
	"github.com/ganlet/ganlet/internal/onnx"
	"github.com/ganlet/ganlet/internal/peer"
	"github.com/ganlet/ganlet/internal/randmodel"
)

// This file is graphs on both sides.

// The outcomes of a seed.
const (
	agree  = "run on both, and agree"
	differ = "run on both, and differ"
	shapes = "run on both, and agree in type and shape: they have special or drawn numbers"
	sum    = "run on both; rounding adds up, no node differs alone"
	ours   = "run on infer only"
	none   = "refused by infer, which bounds what ONNX Runtime would take memory for"
	halves = "left out: they have 16-bit floats or types of less than 8 bits"
)

// compareAll compares a range of seeds, and writes a line for each.
func compareAll(first, n uint64, stdout io.Writer) error {
	if err := limit(); err != nil {
		return err
	}
	if err := peer.Start(os.Getenv("ORT_LIB")); err != nil {
		return err
	}
	lines := json.NewEncoder(stdout)
	if err := lines.Encode(result{Ready: true}); err != nil {
		return err
	}
	for seed := first; seed < first+n; seed++ {
		r := result{Seed: seed}
		r.compare(randmodel.Draw(binary.LittleEndian.AppendUint64(nil, seed), look))
		if err := lines.Encode(r); err != nil {
			return err
		}
	}
	return nil
}

// limit bounds this process, which ends where a graph asks for more: 6 GiB of memory, and no core files.
func limit() error {
	for what, most := range map[int]uint64{syscall.RLIMIT_AS: 6 << 30, syscall.RLIMIT_CORE: 0} {
		if err := syscall.Setrlimit(what, &syscall.Rlimit{Cur: most, Max: most}); err != nil {
			return err
		}
	}
	return nil
}

// look is a randmodel.Look by infer.
func look(file *onnx.Model) (values []randmodel.Value, err error) {
	m, err := infer.Parse(onnx.Marshal(file))
	if err != nil {
		return nil, err
	}
	for _, o := range m.Outputs() {
		v := randmodel.Value{}
		for t := range onnx.BFloat16 + 1 {
			if t.String() == o.Type {
				v.Type = t
			}
		}
		if o.Shape != nil {
			v.Shape = make([]int64, len(o.Shape))
			for k, d := range o.Shape {
				v.Shape[k] = int64(d)
			}
		}
		values = append(values, v)
	}
	return values, nil
}

// compare runs a case on both sides.
func (r *result) compare(c *randmodel.Case) {
	if !plain(&c.Model.Graph) {
		r.Outcome = halves
		return
	}
	inputs := feeds(c)
	got, err := inferred(c.Model, inputs)
	if err != nil {
		r.Outcome = none
		return
	}
	want, err := runtime(c.Model, inputs)
	if err != nil {
		r.Outcome = ours
		return
	}
	r.Outcome = agree
	loose := c.Special || draws(&c.Model.Graph, c.Model.Functions)
	if loose {
		r.Outcome = shapes
	}
	for name, w := range want {
		if err := compare(got[name], w, loose); err != nil {
			r.Outcome, r.Says = differ, err.Error()
		}
	}
	if r.Outcome == differ {
		r.find(c.Model, inputs, loose)
	}
}

// draws reports whether nodes draw random numbers.
func draws(g *onnx.Graph, functions []onnx.Function) bool {
	for i := range functions {
		if draws(&onnx.Graph{Nodes: functions[i].Nodes}, nil) {
			return true
		}
	}
	for i := range g.Nodes {
		n := &g.Nodes[i]
		if strings.HasPrefix(n.Op, "Random") || n.Op == "Bernoulli" || n.Op == "Multinomial" || n.Op == "Dropout" {
			return true
		}
		for _, a := range n.Attrs {
			if a.Graph != nil && draws(a.Graph, nil) {
				return true
			}
		}
	}
	return false
}

// plain reports whether a graph has only types that both sides compute with.
func plain(g *onnx.Graph) bool {
	fine := func(t onnx.DataType) bool {
		return t != onnx.Float16 && t < onnx.Complex64 && t != onnx.String
	}
	for _, in := range g.Inputs {
		if !fine(in.Type) {
			return false
		}
	}
	for i := range g.Initializers {
		if !fine(g.Initializers[i].Type) {
			return false
		}
	}
	for i := range g.Nodes {
		for _, a := range g.Nodes[i].Attrs {
			if a.Tensor != nil && !fine(a.Tensor.Type) || a.Graph != nil && !plain(a.Graph) ||
				slices.Contains([]string{"to", "dtype", "output_dtype", "output_datatype"}, a.Name) && !fine(onnx.DataType(a.Int)) {
				return false
			}
		}
	}
	return true
}

// feeds are the inputs of a case, for three samples.
func feeds(c *randmodel.Case) (inputs []infer.Tensor) {
	for _, in := range c.Model.Graph.Inputs {
		f, shape, n := c.Feeds[in.Name], make([]int, len(in.Shape)), 1
		for k, d := range in.Shape {
			if shape[k] = int(d.Size); d.Size < 0 {
				shape[k] = randmodel.Free
			}
			if shape[k] > 1<<16 || n > 1<<16 {
				return nil
			}
			n *= shape[k]
		}
		f.Type = in.Type
		inputs = append(inputs, infer.Tensor{Name: in.Name, Shape: shape, Data: f.Data(n)})
	}
	return inputs
}

// inferred runs a model on infer, and returns its outputs by name.
func inferred(file *onnx.Model, inputs []infer.Tensor) (map[string]infer.Tensor, error) {
	m, err := infer.Options{Limits: infer.Limits{MultiplyAdds: 1 << 24, Activations: 1 << 22}}.Parse(onnx.Marshal(file))
	if err != nil {
		return nil, err
	}
	s, err := m.NewSession(randmodel.Free)
	if err != nil {
		return nil, err
	}
	var given []infer.Tensor
	for _, in := range m.Inputs() {
		i := slices.IndexFunc(inputs, func(t infer.Tensor) bool { return t.Name == in.Name })
		if i < 0 {
			return nil, errors.New("there is no such input")
		}
		given = append(given, inputs[i])
	}
	outputs, err := s.Run(context.Background(), given...)
	if err != nil {
		return nil, err
	}
	results := make(map[string]infer.Tensor)
	for _, t := range outputs {
		results[t.Name] = t
	}
	return results, nil
}
