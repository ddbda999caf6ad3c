package infer

import (
	"context"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/infer/internal/op"
	"github.com/ganlet/ganlet/internal/onnx"
	"github.com/ganlet/ganlet/internal/randmodel"
)

// This file runs random models: all operators, used well and badly.

var (
	randomFirst = flag.Uint64("random.first", 0, "the first seed of TestRandomModels and TestRandomMutants")
	randomCount = flag.Int("random.count", 0, "how many seeds; 0: as many as CI takes")
	randomSave  = flag.String("random.save", "", "a folder for models that fail")
	randomKnown = flag.String("random.known", "", "a regexp of failures that are known")
)

// seed is the bytes of a random model's number.
func seed(n uint64) []byte { return binary.LittleEndian.AppendUint64(nil, n) }

// looked is a randmodel.Look by Parse. It keeps the first model that made it
// panic.
func looked(bad **onnx.Model) randmodel.Look {
	return func(file *onnx.Model) (values []randmodel.Value, err error) {
		m, err := Parse(onnx.Marshal(file))
		if err != nil {
			if *bad == nil && isPanic(err) {
				model := *file
				model.Graph.Nodes, model.Graph.Outputs = slices.Clone(file.Graph.Nodes), slices.Clone(file.Graph.Outputs)
				model.Graph.Initializers, model.Graph.Inputs = slices.Clone(file.Graph.Initializers), slices.Clone(file.Graph.Inputs)
				*bad = &model
			}
			return nil, err
		}
		for i := range m.outputs {
			v := randmodel.Value{Type: typeNamed(m.outputs[i].Type)}
			if s := m.outputs[i].Shape; s != nil {
				v.Shape = make([]int64, len(s))
				for k, d := range s {
					v.Shape[k] = int64(d)
				}
			}
			values = append(values, v)
		}
		return values, nil
	}
}

func typeNamed(name string) onnx.DataType {
	for t := range onnx.BFloat16 + 1 {
		if t.String() == name {
			return t
		}
	}
	return 0
}

// isPanic reports whether an error was a panic.
func isPanic(err error) bool {
	return err != nil && strings.Contains(err.Error(), "should have been refused before")
}

// refused fails unless an error of loading is one of the two.
func refused(err error) error {
	var format *FormatError
	var unsupported *UnsupportedError
	if err == nil || errors.As(err, &format) || errors.As(err, &unsupported) {
		return nil
	}
	return fmt.Errorf("it is refused by %T: %w", err, err)
}

// describe is the nodes, inputs and constants of a model, for people.
func describe(m *onnx.Model) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\nopset %d, IR %d", m.Opset(), m.IRVersion)
	describeGraph(&b, &m.Graph, "\n")
	for _, f := range m.Functions {
		fmt.Fprintf(&b, "\nfunction %s %v %v", f.Name, f.Inputs, f.Outputs)
		describeGraph(&b, &onnx.Graph{Nodes: f.Nodes}, "\n\t")
	}
	return b.String()
}

func describeGraph(b *strings.Builder, g *onnx.Graph, line string) {
	for _, v := range g.Inputs {
		fmt.Fprintf(b, "%s%s: %v %v", line, v.Name, v.Type, v.Shape)
	}
	for _, t := range g.Initializers {
		fmt.Fprintf(b, "%s%s = %v %v % x", line, t.Name, t.Type, t.Dims, t.Raw[:min(len(t.Raw), 32)])
	}
	for i := range g.Nodes {
		n := &g.Nodes[i]
		fmt.Fprintf(b, "%s%v = %s.%s%v", line, n.Outputs, n.Domain, n.Op, n.Inputs)
		for _, a := range n.Attrs {
			switch a.Type {
			case onnx.AttrInt:
				fmt.Fprintf(b, " %s=%d", a.Name, a.Int)
			case onnx.AttrInts:
				fmt.Fprintf(b, " %s=%d", a.Name, a.Ints)
			case onnx.AttrFloat:
				fmt.Fprintf(b, " %s=%g", a.Name, a.Float)
			case onnx.AttrFloats:
				fmt.Fprintf(b, " %s=%g", a.Name, a.Floats)
			case onnx.AttrString:
				fmt.Fprintf(b, " %s=%q", a.Name, a.String)
			case onnx.AttrStrings:
				fmt.Fprintf(b, " %s=%q", a.Name, a.Strings)
			case onnx.AttrTensor:
				fmt.Fprintf(b, " %s=%v %v % x", a.Name, a.Tensor.Type, a.Tensor.Dims, a.Tensor.Raw[:min(len(a.Tensor.Raw), 32)])
			case onnx.AttrGraph:
				fmt.Fprintf(b, " %s:", a.Name)
				describeGraph(b, a.Graph, line+"\t")
			default:
				fmt.Fprintf(b, " %s of type %v, reference %q", a.Name, a.Type, a.Ref)
			}
		}
	}
	fmt.Fprintf(b, "%s->", line)
	for _, v := range g.Outputs {
		fmt.Fprintf(b, " %s %v", v.Name, v.Type)
	}
}

// tried draws a model and checks it.
func tried(data []byte, tally *tally) error {
	var bad *onnx.Model
	c := randmodel.Draw(data, looked(&bad))
	if bad != nil {
		c = &randmodel.Case{Model: bad}
	}
	return failed(fmt.Sprintf("model-%x", data), c, tally)
}

// failed checks a case. A failure comes with the smallest part of it that fails.
func failed(name string, c *randmodel.Case, tally *tally) error {
	err := tally.check(c)
	if err == nil {
		return nil
	}
	c, err = shrunk(c, err, newTally().check)
	return kept(name, c, err)
}

// TestRandomModels: no random model makes the package panic, take more than it may
// or compute something else in another batch, with other workers or by another
// plan.
func TestRandomModels(t *testing.T) {
	n := *randomCount
	if n == 0 {
		if n = 8000; testing.Short() || raceEnabled {
			n = 400
		}
	}
	all := newTally()
	for i := range uint64(n) {
		if err := tried(seed(*randomFirst+i), all); err != nil {
			t.Errorf("seed %d: %v", *randomFirst+i, err)
		}
	}
	t.Log(all)
	if n >= 8000 {
		for _, name := range randmodel.Names() {
			if all.ran[name] == 0 {
				t.Errorf("no model ran with a %s", name)
			}
		}
	}
}

// The generator has a recipe for every operator, and gives every attribute.
func TestRandomComplete(t *testing.T) {
	names := randmodel.Names()
	for _, name := range op.Names() {
		if !strings.HasPrefix(name, "_") && !slices.Contains(names, name) {
			t.Errorf("there is no recipe for %s", name)
		}
	}
	planned := strings.Fields("If Loop Optional Scan Sequence SequenceMap SplitToSequence function")
	for _, name := range names {
		if !slices.Contains(op.Names(), name) && !slices.Contains(planned, name) {
			t.Errorf("there is a recipe for %s, but no such operator", name)
		}
	}
	given := make(map[string]map[string]bool)
	for i := range uint64(6000) {
		c := randmodel.Draw(seed(i), looked(new(*onnx.Model)))
		for i := range c.Model.Graph.Nodes {
			n := &c.Model.Graph.Nodes[i]
			name := n.Op
			if n.Domain != "" {
				name = n.Domain + "." + n.Op
			}
			if given[name] == nil {
				given[name] = make(map[string]bool)
			}
			for _, a := range n.Attrs {
				given[name][a.Name] = true
			}
		}
	}
	for _, name := range op.Names() {
		row := op.Lookup("", name)
		for _, a := range strings.Fields(row.Attrs) {
			if !strings.HasPrefix(name, "_") && name != "Upsample" && !given[name][a] {
				t.Errorf("no model gives %s attribute %s, only %v", name, a, slices.Sorted(maps.Keys(given[name])))
			}
		}
	}
}

// FuzzModel is TestRandomModels for a fuzzer, whose bytes are the generator's
// choices.
func FuzzModel(f *testing.F) {
	for i := range uint64(64) {
		f.Add(seed(i))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := tried(data, newTally()); err != nil {
			t.Fatal(err)
		}
	})
}

// run is Session.Run in the background context.
func (s *Session) run(inputs []Tensor) ([]Tensor, error) {
	return s.Run(context.Background(), inputs...)
}
