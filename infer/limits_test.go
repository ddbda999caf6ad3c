package infer

import (
	"errors"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/internal/onnx"
)

// TestParseLimits: a model loads within limits that are exactly its own size,
// and is refused by each that is one less.
func TestParseLimits(t *testing.T) {
	s := newSketch(-1, 7)
	data := onnx.Marshal(s.outputs(s.act("Tanh", s.gemm("z", 7, 5))))
	own := Limits{Nodes: 2, Parameters: 7*5 + 5, Activations: 0, MultiplyAdds: 7 * 5}
	m, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	own.Activations = int64(m.plan.activations())
	if own.Activations < 7+5 {
		t.Errorf("%d activations, want at least the 12 of z and output", own.Activations)
	}
	for _, l := range []Limits{{}, own} {
		if _, err := ParseLimits(data, l); err != nil {
			t.Errorf("%+v: %v", l, err)
		}
	}
	for what, less := range map[string]func(*Limits){
		"nodes":         func(l *Limits) { l.Nodes-- },
		"parameters":    func(l *Limits) { l.Parameters-- },
		"activations":   func(l *Limits) { l.Activations-- },
		"multiply-adds": func(l *Limits) { l.MultiplyAdds-- },
	} {
		l := own
		less(&l)
		_, err := ParseLimits(data, l)
		var refused *UnsupportedError
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), what) {
			t.Errorf("one less %s: %v, want it refused by that name", what, err)
		}
	}
	if _, err := ParseLimits(data, Limits{Nodes: -1}); err == nil {
		t.Error("a limit of -1 is taken")
	}
	if _, err := ParseLimits(data[:40], Limits{}); !errors.As(err, new(*FormatError)) {
		t.Errorf("a damaged file: %v, want a FormatError", err)
	}
}
