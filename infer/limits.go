package infer

import (
	"math"

	"github.com/ganlet/ganlet/infer/internal/budget"
	"github.com/ganlet/ganlet/infer/internal/plan"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is what a model may take: memory and work are charged before they
// are spent, while loading, planning and running.

// Limits bounds what a file may ask for. A zero means the default, which grows
// with the file and with the inputs of a run: far above every generator, and
// such that a small file cannot take all memory or hours. A limit that is given
// holds in its place, be it lower or higher. What is beyond a limit is refused
// with an [*UnsupportedError].
type Limits struct {
	Nodes        int   // of the graph, functions inlined
	Parameters   int64 // numbers in initializers and Constant nodes, of any type
	Activations  int64 // numbers in all values of a run, for one sample
	MultiplyAdds int64 // of a run, for one sample; elements that are computed or moved count as well
}

// The defaults: so much, and so much for each byte of the file's constants or,
// where the sizes of inputs are not the file's, of a run's inputs.
const (
	baseMemory      = 40 << 20
	memoryPerFile   = 1 << 11
	memoryPerInput  = 1 << 9
	maxMemory       = min(16<<30, math.MaxInt/2) // more is a mistake or an attack
	foldPerFile     = 10
	baseWork        = 1 << 29
	workPerFile     = 1 << 21
	workPerInput    = 1 << 18
	baseFoldWork    = 1 << 28
	foldWorkPerFile = 1 << 5
	maxElements     = 1 << 28
	maxNodes        = 1 << 17
)

// times multiplies without running over, up to a bound.
func times(a, b, most int64) int64 {
	if a > 0 && b > most/a {
		return most
	}
	return min(a*b, most)
}

// nodes is how many nodes a graph may have.
func (l *Limits) nodes() int {
	if l.Nodes > 0 {
		return l.Nodes
	}
	return maxNodes
}

// load is the budget of loading a file with constants of so many bytes.
func (l *Limits) load(file int64) *budget.Budget {
	memory, work := l.fold(file)
	return budget.New("loading", memory, work)
}

// fold is what may be spent on constants that are computed.
func (l *Limits) fold(file int64) (memory, work int64) {
	memory, work = baseMemory+times(file, foldPerFile, maxMemory), baseFoldWork+times(file, foldWorkPerFile, math.MaxInt64/4)
	if l.Activations > 0 {
		memory = max(memory, times(l.Activations, 4, maxMemory))
	}
	if l.MultiplyAdds > 0 {
		work = l.MultiplyAdds
	}
	return memory, work
}

// elements is how many a value may have that takes part in so much memory.
func elements(memory int64) int { return int(min(memory/8, maxElements)) }

// plan is what a plan may take for so many samples, of a file with constants
// of so many bytes and inputs whose sizes are the run's of so many.
func (l *Limits) plan(file, inputs, samples int64) plan.Options {
	var o plan.Options
	o.FoldMemory, o.FoldWork = l.fold(file)
	o.Memory = times(baseMemory+times(file, memoryPerFile, maxMemory), samples, maxMemory)
	o.Memory = min(o.Memory+times(inputs, memoryPerInput, maxMemory), maxMemory)
	o.Values = times(o.Memory, 64, math.MaxInt64)
	if l.Activations > 0 {
		o.Values = times(l.Activations, 4*samples, math.MaxInt64)
		o.Memory = max(o.Memory, min(o.Values, maxMemory))
	}
	o.Work = times(baseWork+times(file, workPerFile, math.MaxInt64/4), samples, math.MaxInt64/2)
	o.Work += times(inputs, workPerInput, math.MaxInt64/4)
	if l.MultiplyAdds > 0 {
		o.Work = times(l.MultiplyAdds, samples, math.MaxInt64)
	}
	o.Elements = max(elements(o.Memory), elements(o.FoldMemory))
	return o
}

// check refuses a file of so many nodes and parameters.
func (l *Limits) check(nodes int, parameters int64) error {
	if min(int64(l.Nodes), l.Parameters, l.Activations, l.MultiplyAdds) < 0 {
		return refuse("", "limits are %+v, want none below 0", *l)
	}
	if l.Nodes > 0 && nodes > l.Nodes {
		return refuse("", "it has %d nodes, want at most %d", nodes, l.Nodes)
	}
	if l.Parameters > 0 && parameters > l.Parameters {
		return refuse("", "it has %d parameters, want at most %d", parameters, l.Parameters)
	}
	return nil
}

// constantsOf counts the numbers of a file's constants, and the bytes that it has
// of them. Those of other files are counted when they are read.
func constantsOf(m *onnx.Model) (numbers, bytes int64) {
	add := func(t *onnx.Tensor) { numbers, bytes = numbers+int64(t.Len()), bytes+int64(len(t.Raw)) }
	m.Walk(func(g *onnx.Graph) {
		for i := range g.Initializers {
			add(&g.Initializers[i])
		}
		for i := range g.Sparse {
			add(&g.Sparse[i].Values)
		}
	}, func(n *onnx.Node) {
		for _, a := range n.Attrs {
			numbers += int64(len(a.Floats) + len(a.Ints))
			bytes += 4*int64(len(a.Floats)) + 8*int64(len(a.Ints))
			if a.Tensor != nil {
				add(a.Tensor)
			}
		}
	})
	return numbers, bytes
}
