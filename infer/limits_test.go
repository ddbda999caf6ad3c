package infer

import (
	"errors"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/internal/onnx"
)

// TestLimits: a model loads within limits that are exactly its own size,
// and is refused by each that is one less.
func TestLimits(t *testing.T) {
	s := newSketch(-1, 7)
	data := onnx.Marshal(s.outputs(s.act("Tanh", s.gemm("z", 7, 5))))
	own := Limits{Nodes: 2, Parameters: 7*5 + 5}
	m, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	p, err := m.plan(m.shapes(1))
	if err != nil {
		t.Fatal(err)
	}
	own.Activations, own.MultiplyAdds = p.Values/4, p.Work
	if own.Activations < 7+5 {
		t.Errorf("%d activations, want at least the 12 of z and output", own.Activations)
	}
	for _, l := range []Limits{{}, own} {
		if _, err := (Options{Limits: l}).Parse(data); err != nil {
			t.Errorf("%+v: %v", l, err)
		}
	}
	for what, less := range map[string]func(*Limits){
		"nodes":      func(l *Limits) { l.Nodes-- },
		"parameters": func(l *Limits) { l.Parameters-- },
		"bytes":      func(l *Limits) { l.Activations-- },
		"operations": func(l *Limits) { l.MultiplyAdds-- },
	} {
		l := own
		less(&l)
		_, err := Options{Limits: l}.Parse(data)
		var refused *UnsupportedError
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), what) {
			t.Errorf("one less %s: %v, want it refused by that name", what, err)
		}
	}
	if _, err := (Options{Limits: Limits{Nodes: -1}}).Parse(data); err == nil {
		t.Error("a limit of -1 is taken")
	}
	if _, err := (Options{Limits: Limits{}}).Parse(data[:40]); !errors.As(err, new(*FormatError)) {
		t.Errorf("a damaged file: %v, want a FormatError", err)
	}
	big := newSketch(-1, 1)
	grown := big.node("Expand", []string{"z", big.ints(1, 1<<25)})
	data = onnx.Marshal(big.outputs(big.node("ReduceMean", []string{grown}, onnx.IntsAttr("axes", 1))))
	if _, err := Parse(data); !errors.As(err, new(*UnsupportedError)) {
		t.Errorf("128 MB of activations: %v, want it refused", err)
	}
	if _, err := (Options{Limits: Limits{Activations: 1 << 26, MultiplyAdds: 1 << 30}}).Parse(data); err != nil {
		t.Errorf("128 MB of activations within limits of 256: %v", err)
	}
}
