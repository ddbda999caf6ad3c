package op

import (
	"slices"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is operators that ONNX Runtime's optimiser writes: most become those
// of ONNX again, which the planner joins as it sees fit.

var contribs = family{
	{Name: "com.microsoft.BiasGelu", Make: notRaised, Least: 2, Most: 2, Raise: raiseGelu},
	{Name: "com.microsoft.FastGelu", Make: notRaised, Least: 1, Most: 2, Raise: raiseGelu},
	{Name: "com.microsoft.FusedConv", Make: notRaised, Least: 2, Most: 4, Raise: raiseFusedConv},
	{Name: "com.microsoft.FusedGemm", Make: notRaised, Least: 2, Most: 3, Raise: raiseFusedGemm},
	{Name: "com.microsoft.FusedMatMul", Make: fusedMatMul, Least: 2, Most: 2, Attrs: "alpha transA transB transBatchA transBatchB"},
	{Name: "com.microsoft.Gelu", Make: notRaised, Least: 1, Most: 1, Raise: raiseGelu},
	{Name: "com.microsoft.Pad", Make: notRaised, Least: 2, Most: 3, Raise: raiseToDefault},
	{Name: "com.microsoft.QuickGelu", Make: notRaised, Least: 1, Most: 1, Raise: raiseQuickGelu},
	{Name: "com.microsoft.Range", Make: notRaised, Least: 2, Most: 3, Raise: raiseToDefault},
	{Name: "com.microsoft.Trilu", Make: notRaised, Least: 1, Most: 2, Raise: raiseToDefault},

	{Name: "com.microsoft.TransposeMatMul", Make: fusedMatMul, Least: 2, Most: 2, Attrs: "alpha transA transB"},
}

// notRaised stands for what Raise always turns into another operator.
func notRaised(n *Node) Eval {
	n.Fail("it was not raised")
	return nil
}

// become makes the node one of ONNX's newest, with the same attributes.
//
//go:noinline
func (r *Raising) become(op string) { r.Op, r.Domain = op, "" }

// before puts an operator of ONNX before the node, with its inputs, and lets the
// node read its result.
func (r *Raising) before(op string, attrs []onnx.Attr, inputs ...string) {
	to := r.Fresh()
	r.Add(onnx.Node{Op: op, Name: r.Label(), Inputs: slices.Clone(inputs), Outputs: []string{to}, Attrs: attrs})
	r.Inputs = []string{to}
}

// given reports whether input i is there.
func (r *Raising) given(i int) bool { return r.input(i) != "" }

func raiseGelu(r *Raising) {
	approximate := "none"
	if r.Op == "FastGelu" {
		approximate = "tanh"
	}
	if r.given(1) {
		r.before("Add", nil, r.Inputs[0], r.Inputs[1])
	} else if len(r.Inputs) > 1 {
		r.Inputs = r.Inputs[:1]
	}
	r.become("Gelu")
	r.Attrs = []onnx.Attr{onnx.StringAttr("approximate", approximate)}
}

// raiseQuickGelu makes x*sigmoid(alpha*x).
func raiseQuickGelu(r *Raising) {
	alpha := float32(1.702)
	if a := r.Take("alpha"); a != nil {
		alpha = a.Float
	}
	r.Set(onnx.FloatAttr("alpha", alpha))
	r.become("Swish")
}

// raiseFusedConv makes a convolution, a sum if it has one, and an activation.
func raiseFusedConv(r *Raising) {
	name, params := r.Take("activation"), r.Take("activation_params")
	var list []float32
	if params != nil {
		list = params.Floats
	}
	if len(r.Inputs) < 2 {
		r.Refuse("it has %d inputs, want 2 to 4", len(r.Inputs))
		return
	}
	z := r.input(3)
	r.before("Conv", r.Attrs, r.Inputs[:min(len(r.Inputs), 3)]...)
	if z != "" {
		r.before("Add", nil, r.Inputs[0], z)
	}
	r.activate(name, list)
}

// raiseFusedGemm makes a Gemm and an activation.
func raiseFusedGemm(r *Raising) {
	name := r.Take("activation")
	var list []float32
	for _, p := range []string{"activation_alpha", "activation_beta", "activation_gamma"} {
		if a := r.Take(p); a != nil {
			list = append(list, a.Float)
		}
	}
	r.before("Gemm", r.Attrs, r.Inputs...)
	r.activate(name, list)
}

// activationNames is an activation, and the names of its parameters.
type activationNames struct {
	op     string
	params []string
}

var activations = []activationNames{
	{"Identity", nil}, {"Relu", nil}, {"Tanh", nil}, {"Sigmoid", nil}, {"HardSwish", nil}, {"Softplus", nil}, {"Softsign", nil},
	{"LeakyRelu", []string{"alpha"}}, {"Elu", []string{"alpha"}}, {"ThresholdedRelu", []string{"alpha"}},
	{"HardSigmoid", []string{"alpha", "beta"}}, {"Selu", []string{"alpha", "gamma"}}, {"Clip", []string{"min", "max"}},
}

// activate makes the node an activation with parameters.
func (r *Raising) activate(name *onnx.Attr, params []float32) {
	r.Attrs = nil
	op := "Identity"
	if name != nil && (name.Type != onnx.AttrString || name.String != "") {
		op = name.String
	}
	at := slices.IndexFunc(activations, func(a activationNames) bool { return a.op == op })
	if at < 0 {
		r.Refuse("activation %q is not known", op)
		return
	}
	names := activations[at].params
	if len(params) > len(names) {
		r.Refuse("activation %q has %d parameters, want %d", op, len(params), len(names))
		return
	}
	for i, v := range params {
		if op == "Clip" {
			r.Input(1+i, r.Constant(onnx.NewFloat32("", []float32{v})))
		} else {
			r.Set(onnx.FloatAttr(names[i], v))
		}
	}
	r.become(op)
}

// fusedMatMul is FusedMatMul: alpha*A*B with A or B turned: the last two axes, or
// the first axis put behind those of the stack.
func fusedMatMul(n *Node) Eval {
	elem := n.SameType(tensor.Floats)
	turn := func(shape []int, last, first bool) ([]int, reading) {
		order := tensor.Steps(len(shape), 1)
		if k := len(order); k > 1 {
			if first {
				order = joinLists(order[1:k-1], order[:1], order[k-1:])
			}
			if last {
				order[k-2], order[k-1] = order[k-1], order[k-2]
			}
		}
		strides, sizes, steps := tensor.Strides(shape), make([]int, len(shape)), make([]int, len(shape))
		for d, axis := range order {
			sizes[d], steps[d] = shape[axis], strides[axis]
		}
		return sizes, newReading(sizes, steps)
	}
	a, readA := turn(n.In[0].Shape, n.Bool("transA", false), n.Bool("transBatchA", false))
	b, readB := turn(n.In[1].Shape, n.Bool("transB", false), n.Bool("transBatchB", false))
	alpha := n.Float("alpha", 1)
	p := n.matrices(a, b, elem)
	if n.err != nil || n.empty() {
		return nothing
	}
	return func(m *Memory, out, in []tensor.Tensor) {
		walk := p.walk(m, a, b)
		if elem == onnx.Float {
			products(m, tensor.Nth[float32](out, 0), read[float32](m, &readA, in[0]), read[float32](m, &readB, in[1]), walk, p.m, p.k, p.n, nil, false)
		} else {
			plainProducts(tensor.Nth[float64](out, 0), read[float64](m, &readA, in[0]), read[float64](m, &readB, in[1]), walk, p.m, p.k, p.n)
		}
		scale(out[0], alpha)
	}
}
