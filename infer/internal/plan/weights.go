package plan

import (
	"math"
	"sync"

	"github.com/ganlet/ganlet/infer/internal/graph"
	"github.com/ganlet/ganlet/infer/internal/op"
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is packed weights: each constant once a layout, for all plans of a
// model.

// Weights is the packed weights of one model, and what its plans do with its
// constants.
type Weights struct {
	mu     sync.Mutex
	packed map[weightsKey]any
	uses   map[*tensor.Const]use  // of the graph's constants
	once   map[*tensor.Const]bool // those that one node reads
	own    bool
	fixed  bool // all plans are of the same sizes but for the batch
}

// use is what plans did with a constant.
type use uint8

const (
	unused use = iota
	packed     // only packed, in a layout that serves all sizes
	sized      // packed for some sizes
	read       // read as it is
)

// NewWeights prepares for the constants of a graph. Own says that their elements
// stand in a file's bytes that are to be freed (Release); fixed, that all plans are of
// the same sizes but for the batch.
func NewWeights(g *graph.Graph, own, fixed bool) *Weights {
	w := &Weights{packed: make(map[weightsKey]any), uses: make(map[*tensor.Const]use), once: make(map[*tensor.Const]bool), own: own, fixed: fixed}
	reads := make([]int, len(g.Values))
	count(g.Nodes, reads, 1)
	for _, out := range g.Outputs {
		reads[out.Value]++
	}
	first := make(map[*byte]*tensor.Const) // tensors may have one stretch of external data together
	for i := range g.Values {
		if c := g.Values[i].Const; c != nil {
			if p := c.Memory(); p != nil && first[p] != nil && first[p] != c {
				c.Share()
				first[p].Share()
			} else if p != nil {
				first[p] = c
			}
			_, twice := w.uses[c]
			w.uses[c], w.once[c] = unused, reads[i] == 1 && !twice
		}
	}
	return w
}

// note remembers a use of a constant, if it is the graph's.
func (w *Weights) note(c *tensor.Const, u use) {
	if before, ok := w.uses[c]; ok {
		w.uses[c] = max(before, u)
	}
}

// Release lets constants that are packed go, and the others own their memory, so
// that a file's bytes can be freed. It is called after the first plan.
func (w *Weights) Release() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c, u := range w.uses {
		switch {
		case u == packed, u == sized && w.fixed:
			w.drop(c)
		case w.own:
			kernel.Forget(c.Own())
		}
	}
}

// drop lets a constant go, with the memory that it had in the file's bytes.
func (w *Weights) drop(c *tensor.Const) {
	if raw := c.Drop(); w.own {
		kernel.Forget(raw)
	}
}

// elements returns a constant's elements as a step reads them.
func (w *Weights) elements(c *tensor.Const) (tensor.Tensor, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.note(c, read); w.own {
		kernel.Forget(c.Own())
	}
	return c.Value()
}

// weightsKey is a constant in a layout.
type weightsKey struct {
	of     *tensor.Const
	layout any // a denseLayout, or the layout of a convolution
}

// denseLayout is how a dense layer's weights are packed.
type denseLayout struct {
	transposed     bool
	alpha          uint32 // the bits of what they are multiplied by: NaN is itself
	channels, area int    // columns that were planes become pixels, unless 0
}

// order is which column comes at each place; nil: as they are.
func (d denseLayout) order() (order []int) {
	for p := range d.area {
		for c := range d.channels {
			order = append(order, c*d.area+p)
		}
	}
	return order
}

// dense returns weights [k, n], or [n, k] if transposed, packed.
func (w *Weights) dense(c *tensor.Const, k, n int, how denseLayout) (*kernel.Packed, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	key := weightsKey{c, how}
	w.note(c, packed)
	if p, ok := w.packed[key].(*kernel.Packed); ok {
		return p, nil
	}
	p, alpha := &kernel.Packed{Group: kernel.WideGroup}, math.Float32frombits(how.alpha)
	row, col := n, 1
	if how.transposed {
		row, col = 1, k
	}
	if other, order := w.inOtherOrder(c, how); other != nil {
		p.Reorder(other, order)
	} else if half := c.Half(); half != nil && alpha == 1 {
		if order := how.order(); order != nil {
			half, row, col = permuted(half, order, k, row, col), n, 1
		}
		p.PackHalf(half, k, n, row, col)
	} else {
		t, err := c.Value()
		if err != nil {
			return nil, err
		}
		v := scaled(tensor.Of[float32](t), alpha)
		if order := how.order(); order != nil {
			v, row, col = permuted(v, order, k, row, col), n, 1
		}
		p.Pack(v, k, n, row, col)
	}
	w.put(key, p)
	return p, nil
}

// inOtherOrder returns weights whose elements were let go as they were packed for
// plans of other sizes, with their columns in another order, and which of those
// columns comes at each place. It is nil for others.
func (w *Weights) inOtherOrder(c *tensor.Const, how denseLayout) (*kernel.Packed, []int) {
	if !c.Dropped() {
		return nil, nil
	}
	for key, p := range w.packed {
		had, ok := key.layout.(denseLayout)
		if !ok || key.of != c || had.transposed != how.transposed || had.alpha != how.alpha {
			continue
		}
		other := p.(*kernel.Packed)
		at := make([]int, other.N) // where each column is
		for j := range at {
			at[j] = j
		}
		for j, column := range had.order() {
			at[column] = j
		}
		order := how.order()
		if order == nil {
			return other, at
		}
		for j, column := range order {
			order[j] = at[column]
		}
		return other, order
	}
	return nil, nil
}

// varies says that the model is cut: what follows is planned for sizes that a run
// finds.
func (w *Weights) varies() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fixed = false
}

// put keeps packed weights of the graph's constants; others are one plan's own. What
// one node reads, and only packed, in plans of the same sizes, goes at once, so that a
// file and its packed weights are never in memory together.
func (w *Weights) put(key weightsKey, packed any) {
	if _, ok := w.uses[key.of]; !ok {
		return
	}
	if w.packed[key] = packed; w.own && w.fixed && w.once[key.of] && w.uses[key.of] != read {
		w.drop(key.of)
	}
}

// conv gives a convolution its weights, packed: those of another kernel where
// that has them in the same layout.
func (w *Weights) conv(k op.ConvKernel, c *tensor.Const, layout string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if op.Portable(k) {
		w.note(c, packed)
	} else {
		w.note(c, sized)
	}
	key := weightsKey{c, layout}
	if other, ok := w.packed[key].(op.ConvKernel); ok && op.Adopt(k, other) {
		return nil
	}
	if half := c.Half(); half != nil {
		k.PackHalf(half)
	} else {
		t, err := c.Value()
		if err != nil {
			return err
		}
		k.Pack(tensor.Of[float32](t))
	}
	w.put(key, k)
	return nil
}

// bytes is conv for weights of 8 bits.
func (w *Weights) bytes(k *kernel.DynamicConv, c *tensor.Const, layout string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.note(c, packed)
	key := weightsKey{c, layout}
	if other, ok := w.packed[key].(*kernel.DynamicConv); ok && k.Adopt(other) {
		return nil
	}
	t, err := c.Value()
	if err != nil {
		return err
	}
	k.PackBytes(tensor.Bytes8(t), t.Elem == onnx.Int8)
	w.put(key, k)
	return nil
}

// scaled returns v times a factor: v itself if that is 1.
func scaled(v []float32, factor float32) []float32 {
	if factor == 1 {
		return v
	}
	out := make([]float32, len(v))
	for i, x := range v {
		out[i] = x * factor
	}
	return out
}

// permuted returns a k x len(order) matrix with its columns in another order.
func permuted[T float32 | uint16](w []T, order []int, k, rowStride, colStride int) []T {
	out := make([]T, 0, k*len(order))
	for i := range k {
		for _, j := range order {
			out = append(out, w[i*rowStride+j*colStride])
		}
	}
	return out
}
