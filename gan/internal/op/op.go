// Package op is the few Gorgonia operations that ganlet's networks are made
// of, each a kernel of internal/kernel and the rule of its gradient.
//
// An [Op] owns its output: Do returns the same value on every run, so a step
// allocates next to nothing, and no register of the tape machine is shared with another
// node. Image values are [N, H, W, C]; features are [N, F].
package op

import (
	"fmt"
	"hash"
	"hash/fnv"
	"sync"
	"sync/atomic"

	"github.com/chewxy/hm"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

// ids tells instances apart: Gorgonia merges nodes whose hashes are equal.
var ids atomic.Uint64

// Op is a graph operation over float32 that owns its output buffer.
//
// ReturnsPtr false, CallsExtern false and OverwritesInput -1 make the tape
// machine give it a register of its own and call Do and nothing else. Do never
// panics: RunAll runs it in a goroutine where nobody could recover.
type Op struct {
	name  string
	id    uint64
	in    []hm.Type
	shape tensor.Shape // nil: a scalar
	wrt   []bool       // which inputs get a gradient
	run   func(out []float32, in [][]float32) error
	grad  func(in G.Nodes, out, dout *G.Node) (G.Nodes, error)
	hold  *bool

	out  G.Value
	buf  []float32
	args [][]float32
}

var (
	_ G.Op   = (*Op)(nil)
	_ G.SDOp = (*Op)(nil)
)

// Env is what the ops of one graph share.
type Env struct {
	Threads int // goroutines that a kernel is split over; bits do not depend on it
	// Hold, while true, makes ops return what they hold instead of computing it
	// again: their inputs have not changed since. It may be nil.
	Hold *bool
}

// split runs f for every part, each in a goroutine, and waits.
func (e *Env) split(f func(part, parts int)) {
	if e.Threads <= 1 {
		f(0, 1)
		return
	}
	var wg sync.WaitGroup
	var failed atomic.Value // what a part panicked with
	for part := 1; part < e.Threads; part++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer func() {
				if r := recover(); r != nil {
					failed.Store(fmt.Sprint(r))
				}
			}()
			f(part, e.Threads)
		}()
	}
	defer func() {
		wg.Wait()
		if r := failed.Load(); r != nil {
			panic(r) // for Do to make an error of
		}
	}()
	f(0, e.Threads)
}

// apply makes an op of o and applies it to ins.
func (e *Env) apply(o *Op, ins ...*G.Node) (*G.Node, error) {
	o.id = ids.Add(1)
	o.hold = e.Hold
	o.args = make([][]float32, len(ins))
	if o.wrt == nil {
		o.wrt = make([]bool, len(ins)) // a nil slice would make Grad fail
	}
	for _, n := range ins {
		o.in = append(o.in, typeOf(len(n.Shape())))
	}
	if o.shape == nil {
		o.out = new(G.F32)
		o.buf = make([]float32, 1)
	} else {
		o.buf = make([]float32, o.shape.TotalSize())
		o.out = tensor.New(tensor.WithShape(o.shape...), tensor.WithBacking(o.buf))
	}
	return G.ApplyOp(o, ins...)
}

func typeOf(dims int) hm.Type {
	if dims == 0 {
		return tensor.Float32
	}
	return G.TensorType{Dims: dims, Of: tensor.Float32}
}

// Arity is the number of inputs.
func (o *Op) Arity() int { return len(o.in) }

// Type is built afresh on each call: Gorgonia puts it into a pool afterwards.
func (o *Op) Type() hm.Type {
	return hm.NewFnType(append(append([]hm.Type{}, o.in...), typeOf(len(o.shape)))...)
}

// InferShape returns a copy: Gorgonia changes and pools what it is given.
func (o *Op) InferShape(...G.DimSizer) (tensor.Shape, error) { return o.shape.Clone(), nil }

// Do computes the output. The value belongs to the op and is overwritten by
// the next Do.
func (o *Op) Do(in ...G.Value) (v G.Value, err error) {
	if o.hold != nil && *o.hold {
		return o.out, nil
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("op: %v: panic: %v", o, r)
		}
	}()
	if len(in) != len(o.in) {
		return nil, fmt.Errorf("op: %v: got %d inputs, want %d", o, len(in), len(o.in))
	}
	for i, x := range in {
		o.args[i] = Floats(x)
	}
	if err := o.run(o.buf, o.args); err != nil {
		return nil, fmt.Errorf("op: %v: %w", o, err)
	}
	if f, ok := o.out.(*G.F32); ok {
		*f = G.F32(o.buf[0])
	}
	return o.out, nil
}

// The answers that make the tape machine call Do (see Op).

func (o *Op) ReturnsPtr() bool     { return false }
func (o *Op) CallsExtern() bool    { return false }
func (o *Op) OverwritesInput() int { return -1 }

// WriteHash writes a hash that no other op has.
func (o *Op) WriteHash(h hash.Hash) { fmt.Fprintf(h, "ganlet/%s#%d", o.name, o.id) }

// Hashcode is WriteHash's.
func (o *Op) Hashcode() uint32 {
	h := fnv.New32a()
	o.WriteHash(h)
	return h.Sum32()
}

func (o *Op) String() string { return fmt.Sprintf("%s#%d", o.name, o.id) }

// DiffWRT says which inputs get a gradient.
func (o *Op) DiffWRT(int) []bool { return o.wrt }

// SymDiff adds the gradient's nodes to the graph.
func (o *Op) SymDiff(in G.Nodes, out, dout *G.Node) (G.Nodes, error) {
	if o.grad == nil {
		return nil, fmt.Errorf("op: %v is not differentiable", o)
	}
	return o.grad(in, out, dout)
}

// Floats is the storage of a float32 value, not copied; a scalar's is a copy.
func Floats(v G.Value) []float32 {
	switch v := v.(type) {
	case *tensor.Dense:
		if v.Dtype() == tensor.Float32 {
			return v.Float32s() // Data would allocate
		}
	case *G.F32:
		return []float32{float32(*v)}
	}
	return nil
}
