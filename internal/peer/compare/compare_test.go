package main

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/gan"
)

// The sides take turns, row by row; what a first round says is thrown away.
func TestPlay(t *testing.T) {
	var order strings.Builder
	n := 0.
	side := func(name string, figures int) func() ([]float64, error) {
		return func() ([]float64, error) {
			order.WriteString(name)
			n++
			return slices.Repeat([]float64{n}, figures), nil
		}
	}
	contests := []*contest{
		{rows: []*row{{name: "one"}}, ours: side("a", 1), theirs: side("b", 1)},
		{rows: []*row{{name: "two"}, {name: "three"}}, ours: side("c", 2), theirs: side("d", 2)},
	}
	if err := play(contests, 2, func(int) {}); err != nil {
		t.Fatal(err)
	}
	if want := "abcdabcdabcd"; order.String() != want {
		t.Errorf("the order is %q, want %q", &order, want)
	}
	if r := contests[1].rows[1]; !slices.Equal(r.ours, []float64{7, 11}) || !slices.Equal(r.theirs, []float64{8, 12}) {
		t.Errorf("the second contest's rows have %v and %v, want [7 11] and [8 12]", r.ours, r.theirs)
	}
	broken := errors.New("broken")
	fails := func() ([]float64, error) { return nil, broken }
	zero := func() ([]float64, error) { return []float64{0}, nil }
	for _, theirs := range []func() ([]float64, error){fails, zero} {
		c := &contest{rows: []*row{{name: "one"}}, ours: side("a", 1), theirs: theirs}
		if play([]*contest{c}, 1, func(int) {}) == nil {
			t.Error("a side that fails, or takes no time, gave no error")
		}
	}
}

func TestPerCall(t *testing.T) {
	got, err := perCall(20, func(calls int) (float64, error) { return 50e6 + 3e6*float64(calls), nil })
	if err != nil || got != 3 {
		t.Errorf("perCall = %v, %v, want 3", got, err)
	}
}

// The yardsticks are the networks that figures are quoted on.
func TestYardsticks(t *testing.T) {
	// as PyTorch counts them in the same networks
	parameters := map[string]int{"mlp": 1_489_424, "mlp16": 1_489_424, "dcgan28": 759_680, "dcgan64": 3_576_704}
	for _, name := range modelNames {
		g := yardstick(name)
		if err := g.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		n := 0
		for _, l := range g.Layers {
			n += len(l.Weight) + len(l.Bias)
			if l.Norm != nil {
				n += 2 * l.Out // gamma and beta
			}
		}
		if n != parameters[name] {
			t.Errorf("%s has %d parameters, want %d", name, n, parameters[name])
		}
		if last := g.Layers[len(g.Layers)-1]; last.Norm != nil || last.Act != gan.Tanh {
			t.Errorf("%s ends with %v and %v, want tanh alone", name, last.Norm, last.Act)
		}
		if again := yardstick(name); !slices.Equal(again.Layers[0].Weight, g.Layers[0].Weight) {
			t.Errorf("%s has other weights the second time", name)
		}
	}
}

func TestOrtArgs(t *testing.T) {
	m := model{path: "m.onnx", in: "z", out: "image", shape: []int{-1, 100, 1, 1}}
	if got := strings.Join(ortArgs(m, 16, 2, 30), " "); got != "-model m.onnx -shape 16,100,1,1 -threads 2 -n 30 -in z -out image" {
		t.Errorf("ortArgs = %q", got)
	}
}

func TestFlags(t *testing.T) {
	o, err := parse([]string{"-rounds", "3", "-n", "50", "-only", "^mlp"}, io.Discard)
	if err != nil || o.rounds != 3 || o.calls != 50 || !o.wants([]*row{{name: "mlp"}}) || o.wants([]*row{{name: "dcgan28"}}) {
		t.Errorf("parse = %+v, %v", o, err)
	}
	for _, bad := range [][]string{{"-rounds", "0"}, {"-n", "0"}, {"-only", "("}, {"more"}, {"-x"}, {"-train", "-arm64", "x"}} {
		if _, err := parse(bad, io.Discard); err == nil {
			t.Errorf("parse(%q) gave no error", bad)
		}
	}
}
