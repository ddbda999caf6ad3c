package infer

import (
	"fmt"

	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is limits for files of unknown origin.

// Limits bounds what a file may ask for. A zero is no bound but those that
// [Parse] has, which are far above every generator.
type Limits struct {
	Nodes        int   // of the graph
	Parameters   int64 // numbers in initializers and Constant nodes, of any type
	Activations  int64 // numbers in all values that a session holds for one sample
	MultiplyAdds int64 // of layers, for one sample
}

// ParseLimits is [Parse] for files of unknown origin: what is beyond a limit is
// refused with an [*UnsupportedError], the number of nodes and parameters before
// anything is planned. No constant that is computed while loading has more
// numbers than the larger of Parameters and Activations.
func ParseLimits(data []byte, l Limits) (*Model, error) {
	m, err := parseLimits(data, l)
	if err != nil {
		return nil, fmt.Errorf("infer: %w", err)
	}
	return m, nil
}

func parseLimits(data []byte, l Limits) (*Model, error) {
	if min(int64(l.Nodes), l.Parameters, l.Activations, l.MultiplyAdds) < 0 {
		return nil, fmt.Errorf("limits are %+v, want none below 0", l)
	}
	file, err := onnx.Unmarshal(data)
	if err != nil {
		return nil, public(err)
	}
	if n := len(file.Graph.Nodes); l.Nodes > 0 && n > l.Nodes {
		return nil, refuse("", "it has %d nodes, want at most %d", n, l.Nodes)
	}
	if n := parameters(&file.Graph); l.Parameters > 0 && n > l.Parameters {
		return nil, refuse("", "it has %d parameters, want at most %d", n, l.Parameters)
	}
	inner := defaults
	if l.Parameters > 0 && l.Activations > 0 {
		inner.elements = int(min(int64(inner.elements), max(l.Parameters, l.Activations)))
	}
	if l.MultiplyAdds > 0 {
		inner.work = min(inner.work, l.MultiplyAdds)
	}
	m, err := compileFile(file, inner, nil)
	if err != nil {
		return nil, err
	}
	if n := m.plan.activations(); l.Activations > 0 && n > float64(l.Activations) {
		return nil, refuse("", "it has %.0f activations a sample, want at most %d", n, l.Activations)
	}
	return m, nil
}

// parameters counts the numbers that the file has.
func parameters(g *onnx.Graph) (n int64) {
	for i := range g.Initializers {
		n += int64(g.Initializers[i].Len())
	}
	for i := range g.Nodes {
		for _, a := range g.Nodes[i].Attrs {
			n += int64(len(a.Floats) + len(a.Ints))
			if a.Tensor != nil {
				n += int64(a.Tensor.Len())
			}
		}
	}
	return n
}

// activations counts the numbers that a session of one sample holds besides
// constants: its buffers, though some share memory, and its scratch memory.
func (p *plan) activations() (n float64) {
	for i := range p.buffers {
		if b := &p.buffers[i]; b.kind != constantBuffer {
			n += float64(b.perSample) + float64(b.fixed)
		}
	}
	scratch := 0
	for _, s := range p.steps {
		scratch = max(scratch, s.scratch(1))
	}
	return n + float64(scratch)
}
