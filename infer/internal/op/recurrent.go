package op

import (
	"slices"
	"strings"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is RNN, GRU and LSTM as nodes: shapes, attributes, weights. File
// recurrent_cell.go computes their steps.

var recurrents = family{
	{Name: "GRU", Make: recurrentOf, How: uint8(gru), Least: 3, Most: 6, Attrs: recurrentAttrs + " linear_before_reset", Raise: dropSequence},
	{Name: "LSTM", Make: recurrentOf, How: uint8(lstm), Least: 3, Most: 8, Attrs: recurrentAttrs + " input_forget", Raise: dropSequence},
	{Name: "RNN", Make: recurrentOf, How: uint8(rnn), Least: 3, Most: 6, Attrs: recurrentAttrs, Raise: dropSequence},
}

const recurrentAttrs = "activation_alpha activation_beta activations clip direction hidden_size layout"

// cell is a kind of recurrent layer: its value is the number of its gates.
type cell int

const (
	rnn  cell = 1
	gru  cell = 3
	lstm cell = 4
)

// defaults are a cell's activations where it names none.
func (c cell) defaults() []string {
	switch c {
	case lstm:
		return []string{"Sigmoid", "Tanh", "Tanh"}
	case gru:
		return []string{"Sigmoid", "Tanh"}
	}
	return []string{"Tanh"}
}

// recurrent is one recurrent layer.
type recurrent struct {
	cell
	steps, batch, input, hidden int
	dirs, reversed              int // directions, and which of them goes back: -1 for none
	acts                        []activation
	clip                        float32 // below 0: none
	beforeReset, forget         bool
	batchFirst                  bool
	chunk                       int // time steps whose inputs are multiplied at once
	packed                      func() [][3]kernel.Packed
}

// recurrentOf makes a node of a kind.
func recurrentOf(n *Node) Eval {
	c := cell(n.how)
	r := n.recurrent(c)
	if n.err != nil || r.batch == 0 || r.hidden == 0 {
		return nothing
	}
	n.CountMulAdds(r.dirs, r.steps, r.batch, int(c)*r.hidden, r.input+r.hidden)
	n.CountWork(r.dirs, r.steps, r.batch, int(c)*r.hidden, 10)
	return inType(singleFloats, r.run)
}

// dropSequence drops what says which results are wanted.
func dropSequence(r *Raising) { r.Take("output_sequence") }

// singleFloats is float32 for floats, and other types as they are.
func singleFloats(t tensor.Type) tensor.Type {
	if tensor.Floats.Has(t) {
		return onnx.Float
	}
	return t
}

// recurrent reads a node, and declares its results.
func (n *Node) recurrent(c cell) *recurrent {
	elem := n.Type(0, tensor.Floats)
	for i, v := range n.In {
		if v != nil && i != 4 && v.Elem != elem {
			n.Fail("input %d is %v, want %v", i, v.Elem, elem)
		}
	}
	n.Type(4, tensor.Integers)
	x, w := n.In[0].Shape, n.In[2].Shape
	if len(x) != 3 || len(w) != 3 {
		n.Fail("inputs 0 and 2 have shapes %v and %v, want 3 dimensions", x, w)
	}
	r := &recurrent{cell: c, batchFirst: n.Bool("layout", false), dirs: 1, reversed: -1}
	switch n.String("direction", "forward", "reverse", "bidirectional") {
	case "bidirectional":
		r.dirs, r.reversed = 2, 1
	case "reverse":
		r.reversed = 0
	}
	if n.err != nil {
		return nil
	}
	r.steps, r.batch, r.input, r.hidden = x[0], x[1], x[2], w[2]
	state := []int{r.dirs, r.batch, r.hidden}
	sequence := []int{r.steps, r.dirs, r.batch, r.hidden}
	if r.batchFirst {
		r.steps, r.batch = x[1], x[0]
		state = []int{r.batch, r.dirs, r.hidden}
		sequence = []int{r.batch, r.steps, r.dirs, r.hidden}
	}
	if h := n.Int("hidden_size", int64(r.hidden)); h != int64(r.hidden) {
		n.Fail("hidden_size is %d, but input 2 has shape %v", h, w)
	}
	gates := int(c) * r.hidden
	for i, want := range [][]int{
		1: {r.dirs, gates, r.input}, 2: {r.dirs, gates, r.hidden}, 3: {r.dirs, 2 * gates}, 4: {r.batch}, 5: state, 6: state, 7: {r.dirs, 3 * r.hidden},
	} {
		if i > 0 && i < len(n.In) && n.In[i] != nil && !sameShape(n.In[i].Shape, want) {
			n.Fail("input %d has shape %v, want %v", i, n.In[i].Shape, want)
		}
	}
	n.Result(elem, sequence...)
	n.Result(elem, state...)
	if c == lstm {
		n.Result(elem, state...)
	}
	r.clip = n.Float("clip", -1)
	r.beforeReset, r.forget = n.Bool("linear_before_reset", false), n.Bool("input_forget", false)
	r.acts = n.activations(c.defaults(), r.dirs)
	r.chunk = min(max(chunkLen/max(r.batch*gates, 1), 1), max(r.steps, 1))
	r.packed = n.packedCells(r)
	return r
}

// chunkLen is how many gates are computed of a sequence at once, if not one step
// has more.
const chunkLen = 1 << 18

// packedCells packs constant weights when they are first needed; it is nil for
// others.
func (n *Node) packedCells(r *recurrent) func() [][3]kernel.Packed {
	w, h := n.In[1], n.In[2]
	if n.err != nil || w.Const == nil || h.Const == nil || w.Elem != onnx.Float || h.Elem != onnx.Float {
		return nil
	}
	return once(func() [][3]kernel.Packed {
		all := make([][3]kernel.Packed, r.dirs)
		a, err := w.Const.Value()
		if err != nil {
			panic(err) // it was read before
		}
		b, err := h.Const.Value()
		if err != nil {
			panic(err)
		}
		for d := range all {
			r.pack(&all[d], piece(tensor.Of[float32](a), d, r.dirs), piece(tensor.Of[float32](b), d, r.dirs))
		}
		return all
	})
}

// pack packs a direction's weights: of the input, of the state, and of the state
// after a reset.
func (r *recurrent) pack(p *[3]kernel.Packed, w, h []float32) {
	gates := int(r.cell) * r.hidden
	p[0].Pack(w, r.input, gates, 1, r.input)
	if r.resets() {
		p[1].Pack(h, r.hidden, 2*r.hidden, 1, r.hidden)
		p[2].Pack(h[2*r.hidden*r.hidden:], r.hidden, r.hidden, 1, r.hidden)
		return
	}
	p[1].Pack(h, r.hidden, gates, 1, r.hidden)
}

// resets reports whether a part of the state is multiplied after it was reset.
func (r *recurrent) resets() bool { return r.cell == gru && !r.beforeReset }

// activation is an activation of a recurrent layer: the kernel's, or a function.
type activation struct {
	act   kernel.Act
	alpha float32
	f     func(float64) float64
}

// apply replaces every x by its activation.
func (a *activation) apply(x []float32) {
	if a.f == nil {
		kernel.Activate(x, a.act, a.alpha)
		return
	}
	for i, v := range x {
		x[i] = float32(a.f(float64(v)))
	}
}

// activations reads which activations each direction has. Alphas and betas go, in
// order, to those that have such.
func (n *Node) activations(names []string, dirs int) (list []activation) {
	each := len(names)
	if given := n.Strings("activations"); len(given) > 0 {
		names = given
	}
	if len(names) == each && dirs == 2 {
		names = slices.Concat(names, names)
	}
	if len(names) != dirs*each {
		n.Fail("it has %d activations, want %d", len(names), dirs*each)
		return nil
	}
	alphas, betas := n.Floats("activation_alpha"), n.Floats("activation_beta")
	next := func(list *[]float32, def float32) float64 {
		if len(*list) > 0 {
			def, *list = (*list)[0], (*list)[1:]
		}
		return float64(def)
	}
	for _, name := range names {
		var a activation
		switch strings.ToLower(name) {
		case "relu":
			a.act = kernel.ReLU
		case "tanh":
			a.act = kernel.Tanh
		case "sigmoid":
			a.act = kernel.Sigmoid
		case "leakyrelu":
			a.act, a.alpha = kernel.LeakyReLU, float32(next(&alphas, 0.01))
		case "affine":
			alpha, beta := next(&alphas, 1), next(&betas, 0)
			a.f = func(x float64) float64 { return float64(alpha*x) + beta }
		case "thresholdedrelu":
			alpha := next(&alphas, 1)
			a.f = func(x float64) float64 { return thresholdedRelu(x, alpha) }
		case "scaledtanh":
			alpha, beta := next(&alphas, 1), next(&betas, 1)
			a.f = func(x float64) float64 { return alpha * kernel.Tanh64(beta*x) }
		case "hardsigmoid":
			alpha, beta := next(&alphas, 0.2), next(&betas, 0.5)
			a.f = func(x float64) float64 { return hardSigmoid(x, alpha, beta) }
		case "elu":
			alpha := next(&alphas, 1)
			a.f = func(x float64) float64 {
				if x < 0 {
					return alpha * kernel.ExpLessOne64(x)
				}
				return x
			}
		case "softsign":
			a.f = func(x float64) float64 { return x / (1 + max(x, -x)) }
		case "softplus":
			a.f = softplus
		default:
			n.Fail("activation %q is not known", name)
		}
		list = append(list, a)
	}
	return list
}
