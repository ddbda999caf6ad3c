// Tests of what needs no library.
package main

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/infer"
	"github.com/ganlet/ganlet/internal/randmodel"
)

func TestCompare(t *testing.T) {
	nan := float32(math.NaN())
	x := infer.Tensor{Shape: []int{2}, Data: []float32{1, nan}}
	for _, c := range []struct {
		got   infer.Tensor
		loose bool
		want  string
	}{
		{infer.Tensor{Shape: []int{2}, Data: []float32{1.00005, nan}}, false, ""},
		{infer.Tensor{Shape: []int{2}, Data: []float32{1.001, nan}}, false, "[0] of [2] = 1.00"},
		{infer.Tensor{Shape: []int{2}, Data: []float32{1.001, 7}}, true, ""},
		{infer.Tensor{Shape: []int{1, 2}, Data: []float32{1, nan}}, true, "shape [1 2]"},
		{infer.Tensor{Shape: []int{2}, Data: []float64{1, 2}}, true, "type []float64"},
	} {
		err := compare(c.got, x, c.loose)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("compare(%v, %v) = %v, want %q", c.got, x, err, c.want)
		}
	}
}

// Each node of a model that runs, alone on the values that infer computes, gives what it gives in the model.
func TestSingle(t *testing.T) {
	nodes := 0
	for seed := range uint64(300) {
		c := randmodel.Draw(binary.LittleEndian.AppendUint64(nil, seed), look)
		if len(c.Model.Graph.Nodes) == 0 || c.Special || !plain(&c.Model.Graph) || draws(&c.Model.Graph, c.Model.Functions) {
			continue
		}
		inputs := feeds(c)
		values, err := inferred(c.Model, inputs)
		if err != nil {
			continue
		}
		for _, in := range inputs {
			values[in.Name] = in
		}
		last := &c.Model.Graph.Nodes[len(c.Model.Graph.Nodes)-1]
		one, args := single(c.Model, last, values)
		got, err := inferred(one, args)
		if err != nil {
			continue // it reads what is no output
		}
		for name, g := range got {
			if w, ok := values[name]; ok {
				nodes++
				if err := compare(g, w, false); err != nil {
					t.Errorf("seed %d: %s alone: %v\n%s", seed, label(last), err, describe(one, args))
				}
			}
		}
	}
	if nodes < 20 {
		t.Errorf("%d nodes were compared, want more", nodes)
	}
}

func TestCounts(t *testing.T) {
	c := newCounts()
	c.add(&result{Seed: 1, Outcome: agree}, false, nil)
	c.add(&result{Seed: 2, Outcome: differ, Op: "function Relu Celu", Node: "alpha=0", Says: "0, ONNX Runtime NaN"}, false, nil)
	c.add(&result{Seed: 3, Crashed: true}, false, nil)
	var text bytes.Buffer
	if err := c.print(&text); err != nil || !strings.Contains(text.String(), "an alpha of 0 gives 0") || !strings.Contains(text.String(), "seeds [3]") {
		t.Errorf("print says %q, error %v", &text, err)
	}
	c.add(&result{Seed: 4, Outcome: differ, Op: "Relu"}, false, nil)
	if err := c.print(&text); err == nil || !strings.Contains(text.String(), "seeds [4]") {
		t.Errorf("print says %q, error %v", &text, err)
	}
}
