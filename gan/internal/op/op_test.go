package op

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/gan/internal/golden"
	"github.com/ganlet/ganlet/internal/kernel"
	G "gorgonia.org/gorgonia"
	"gorgonia.org/tensor"
)

var acts = map[string]kernel.Act{
	"": kernel.Identity, "identity": kernel.Identity, "relu": kernel.ReLU, "leaky_relu": kernel.LeakyReLU,
	"tanh": kernel.Tanh, "sigmoid": kernel.Sigmoid,
}

// A rig is a graph with one result, whose gradient is given from outside: the
// loss is the sum of result*dy, as an op of the test's own.
type rig struct {
	t    *testing.T
	g    *G.ExprGraph
	env  Env
	in   G.Nodes
	loss *G.Node
	out  *G.Node
	vm   G.VM
}

func newRig(t *testing.T) *rig { return &rig{t: t, g: G.NewGraph(), env: Env{Threads: 2}} }

func (r *rig) input(name string, data []float32, shape ...int) *G.Node {
	n := G.NewTensor(r.g, tensor.Float32, len(shape), G.WithName(name), G.WithShape(shape...),
		G.WithValue(tensor.New(tensor.WithShape(shape...), tensor.WithBacking(data))))
	r.in = append(r.in, n)
	return n
}

// finish makes the graph ready to run with dy as the gradient of out by wrt.
func (r *rig) finish(out *G.Node, err error, dy []float32, wrt ...*G.Node) {
	r.t.Helper()
	if err != nil {
		r.t.Fatal(err)
	}
	r.out = out
	r.loss, err = r.env.apply(&Op{
		name: "dot", wrt: []bool{true},
		run: func(to []float32, in [][]float32) error {
			sum := 0.0
			for i, v := range in[0] {
				sum += float64(v) * float64(dy[i])
			}
			to[0] = float32(sum)
			return nil
		},
		grad: func(in G.Nodes, _, _ *G.Node) (G.Nodes, error) {
			d, err := r.env.apply(&Op{name: "dot/dx", shape: in[0].Shape().Clone(), run: func(to []float32, _ [][]float32) error {
				copy(to, dy)
				return nil
			}}, in[0])
			return G.Nodes{d}, err
		},
	}, out)
	if err == nil {
		_, err = G.Grad(r.loss, wrt...)
	}
	if err != nil {
		r.t.Fatal(err)
	}
	r.vm = G.NewTapeMachine(r.g)
}

func (r *rig) run() float64 {
	r.t.Helper()
	if err := r.vm.RunAll(); err != nil {
		r.t.Fatal(err)
	}
	r.vm.Reset()
	return float64(Floats(r.loss.Value())[0])
}

func (r *rig) grad(n *G.Node) []float32 {
	r.t.Helper()
	g, err := n.Grad()
	if err != nil {
		r.t.Fatal(err)
	}
	return append([]float32(nil), Floats(g)...)
}

// differences checks the gradient of n against central finite differences of
// the loss at some of its values.
func (r *rig) differences(what string, n *G.Node, tolerance float64) {
	r.t.Helper()
	middle := r.run()
	got := r.grad(n)
	x := Floats(n.Value())
	checked, kinks := 0, 0
	most := 0.0
	for _, v := range got {
		most = max(most, math.Abs(float64(v)))
	}
	const h = 1.0 / 256
	for i := 0; i < len(x); i += max(1, len(x)/17) {
		was := x[i]
		x[i] = was + h
		up := r.run()
		x[i] = was - h
		down := r.run()
		x[i] = was
		if bend := math.Abs(up + down - 2*middle); bend > 0.2*math.Abs(up-down)+1e-3 {
			kinks++ // of an activation, which has no difference
			continue
		}
		checked++
		if want := (up - down) / (2 * h); math.Abs(float64(got[i])-want) > tolerance*(most+0.1) {
			r.t.Errorf("%s: gradient[%d] = %v, want %v by finite differences", what, i, got[i], want)
		}
	}
	if checked < kinks || checked == 0 {
		r.t.Errorf("%s: %d values could be checked, %d could not", what, checked, kinks)
	}
}

// last turns [N, C, H, W] into [N, H, W, C], first the reverse.
func last(x []float32, s []int) []float32 {
	if len(s) != 4 {
		return x
	}
	y, n := make([]float32, len(x)), s[1]*s[2]*s[3]
	for i := range s[0] {
		kernel.Transpose(y[i*n:][:n], x[i*n:], 1, s[1], s[2]*s[3], 0, 1)
	}
	return y
}

func first(x []float32, s []int) []float32 {
	return last(x, []int{s[0], s[2] * s[3], s[1], 1})
}

// linearCase builds the layer of a golden.
func linearCase(c *golden.Case, xs, ws, ys []int) Linear {
	l := Linear{N: xs[0], Act: acts[c.Act], Alpha: .2}
	switch {
	case strings.HasPrefix(c.Name, "dense"):
		l.Geometry = kernel.Geometry{H: 1, W: 1, C: xs[1], OH: 1, OW: 1, F: ys[1], KH: 1, KW: 1, StrideH: 1, StrideW: 1}
		l.Out = tensor.Shape{ys[0], ys[1]}
		return l
	case strings.HasPrefix(c.Name, "convtranspose"):
		l.Transpose = true
		xs, ys = ys, xs
	}
	s, p := c.Int("stride"), c.Int("pad")
	l.Geometry = kernel.Geometry{H: xs[2], W: xs[3], C: xs[1], OH: ys[2], OW: ys[3], F: ys[1], KH: ws[2], KW: ws[3], StrideH: s, StrideW: s, PadTop: p, PadLeft: p}
	l.Out = tensor.Shape{ys[0], ys[2], ys[3], ys[1]}
	if l.Transpose {
		l.Out = tensor.Shape{xs[0], xs[2], xs[3], xs[1]}
	}
	return l
}

func TestLinearEqualsPyTorch(t *testing.T) {
	for _, prefix := range []string{"dense-", "conv-", "convtranspose-"} {
		for _, c := range golden.LoadAll(t, prefix) {
			r := newRig(t)
			x, xs := c.Tensor("x")
			w, ws := c.Tensor("w")
			dy, ys := c.Tensor("dy")
			l := linearCase(c, xs, ws, ys)
			shape := xs
			if len(xs) == 4 {
				shape = []int{xs[0], xs[2], xs[3], xs[1]}
			}
			xn, wn := r.input("x", last(x, xs), shape...), r.input("w", w, ws...)
			wrt := G.Nodes{xn, wn}
			var bn *G.Node
			if c.Has("b") {
				b, bs := c.Tensor("b")
				bn = r.input("b", b, bs...)
				wrt = append(wrt, bn)
			}
			out, err := l.Apply(&r.env, xn, wn, bn)
			r.finish(out, err, last(dy, ys), wrt...)
			r.run()
			r.run() // a second run must not see the first
			y, dx := Floats(r.out.Value()), r.grad(xn)
			if len(ys) == 4 {
				y, dx = first(y, ys), first(dx, xs)
			}
			c.Check(t, "y", y, 1e-6)
			c.Check(t, "dx", dx, 1e-6)
			c.Check(t, "dw", r.grad(wn), 1e-6)
			if bn != nil {
				c.Check(t, "db", r.grad(bn), 1e-6)
			}
			for _, n := range wrt {
				r.differences(c.Name+" "+n.Name(), n, 5e-3)
			}
		}
	}
}

func TestNormEqualsPyTorch(t *testing.T) {
	for _, name := range []string{"norm-2d-training", "norm-1d-training"} {
		c := golden.Load(t, name)
		r := newRig(t)
		x, xs := c.Tensor("x")
		dy, _ := c.Tensor("dy")
		gamma, gs := c.Tensor("gamma")
		beta, _ := c.Tensor("beta")
		shape := xs
		if len(xs) == 4 {
			shape = []int{xs[0], xs[2], xs[3], xs[1]}
		}
		xn, gn, bn := r.input("x", last(x, xs), shape...), r.input("gamma", gamma, gs...), r.input("beta", beta, gs...)
		var mean, variance []float32
		n := Norm{Groups: 1, Eps: float32(c.Float("eps")), Observe: func(m, v []float32) {
			mean, variance = append([]float32(nil), m...), append([]float32(nil), v...)
		}}
		out, err := n.Apply(&r.env, xn, gn, bn)
		r.finish(out, err, last(dy, xs), xn, gn, bn)
		r.run()
		y, dx := Floats(r.out.Value()), r.grad(xn)
		if len(xs) == 4 {
			y, dx = first(y, xs), first(dx, xs)
		}
		c.Check(t, "y", y, 2e-6)
		c.Check(t, "dx", dx, 1e-5)
		c.Check(t, "dgamma", r.grad(gn), 2e-6)
		c.Check(t, "dbeta", r.grad(bn), 2e-6)
		c.Check(t, "batch_mean", mean, 2e-6)
		c.Check(t, "batch_var", variance, 2e-6)
		for _, n := range []*G.Node{xn, gn, bn} {
			r.differences(name+" "+n.Name(), n, 1e-2)
		}
	}
}

func TestDeviationEqualsPyTorch(t *testing.T) {
	for _, c := range golden.LoadAll(t, "deviation-") {
		r := newRig(t)
		x, xs := c.Tensor("x")
		dy, ys := c.Tensor("dy")
		shape := xs
		if len(xs) == 4 {
			shape = []int{xs[0], xs[2], xs[3], xs[1]}
		}
		in := r.input("x", last(x, xs), shape...)
		out, err := Deviation(&r.env, in, c.Int("group"))
		r.finish(out, err, last(dy, ys), in)
		r.run()
		y, dx := Floats(r.out.Value()), r.grad(in)
		if len(ys) == 4 {
			y, dx = first(y, ys), first(dx, xs)
		}
		c.Check(t, "y", y, 1e-6)
		c.Check(t, "dx", dx, 1e-6)
		r.differences(c.Name, in, 5e-3)
		if _, err := Deviation(&r.env, in, 4); err == nil {
			t.Errorf("groups of 4 of %v: no error", shape)
		}
	}
}

// Groups are normalised apart: two groups equal two norms.
func TestNormGroups(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	const rows, c = 6, 3
	x, dy := make([]float32, 2*rows*c), make([]float32, 2*rows*c)
	for i := range x {
		x[i], dy[i] = float32(rnd.NormFloat64()), float32(rnd.NormFloat64())
		if i >= rows*c {
			x[i] = x[i]*3 + 5
		}
	}
	gamma, beta := []float32{1, 2, .5}, []float32{0, 1, -1}
	do := func(x, dy []float32, groups int) (y, dx, dg []float32) {
		r := newRig(t)
		xn, gn, bn := r.input("x", x, len(x)/c, c), r.input("gamma", gamma, c), r.input("beta", beta, c)
		out, err := Norm{Groups: groups, Eps: 1e-5, Act: kernel.LeakyReLU, Alpha: .2}.Apply(&r.env, xn, gn, bn)
		r.finish(out, err, dy, xn, gn, bn)
		r.run()
		return append(y, Floats(r.out.Value())...), r.grad(xn), r.grad(gn)
	}
	y, dx, dg := do(x, dy, 2)
	y1, dx1, dg1 := do(x[:rows*c], dy[:rows*c], 1)
	y2, dx2, dg2 := do(x[rows*c:], dy[rows*c:], 1)
	kernel.AddTo(dg1, dg2)
	for what, pair := range map[string][2][]float32{"y": {y, append(y1, y2...)}, "dx": {dx, append(dx1, dx2...)}, "dgamma": {dg, dg1}} {
		if fmt.Sprint(pair[0]) != fmt.Sprint(pair[1]) {
			t.Errorf("two groups: %s = %v, want %v", what, pair[0], pair[1])
		}
	}
}

// At sampling time, batch norm in the layer equals PyTorch's in eval mode.
func TestLayerWithNormEqualsPyTorch(t *testing.T) {
	c := golden.Load(t, "norm-2d-eval")
	r := newRig(t)
	x, xs := c.Tensor("x")
	var norm [4]*G.Node
	for i, name := range []string{"gamma", "beta", "mean", "var"} {
		v, s := c.Tensor(name)
		norm[i] = r.input(name, v, s...)
	}
	// A 1x1 convolution by the identity leaves x to batch norm.
	one := make([]float32, xs[1]*xs[1])
	for i := range xs[1] {
		one[i*xs[1]+i] = 1
	}
	shape := []int{xs[0], xs[2], xs[3], xs[1]}
	l := Linear{N: xs[0], Out: shape, Geometry: kernel.Geometry{H: xs[2], W: xs[3], C: xs[1], OH: xs[2], OW: xs[3], F: xs[1], KH: 1, KW: 1, StrideH: 1, StrideW: 1}}
	out, err := l.ApplyNorm(&r.env, r.input("x", last(x, xs), shape...), r.input("w", one, xs[1], xs[1], 1, 1), nil, norm, float32(c.Float("eps")))
	if err != nil {
		t.Fatal(err)
	}
	vm := G.NewTapeMachine(r.g)
	if err := vm.RunAll(); err != nil {
		t.Fatal(err)
	}
	c.Check(t, "y", first(Floats(out.Value()), xs), 1e-6)
}

// At sampling time, a layer with batch norm has a gradient by its input.
func TestLayerWithNormDifferences(t *testing.T) {
	for _, name := range []string{"conv-", "convtranspose-", "dense-"} {
		for _, act := range []kernel.Act{kernel.Identity, kernel.Tanh, kernel.Sigmoid} {
			c := golden.LoadAll(t, name)[0]
			r := newRig(t)
			x, xs := c.Tensor("x")
			w, ws := c.Tensor("w")
			dy, ys := c.Tensor("dy")
			l := linearCase(c, xs, ws, ys)
			l.Act = act
			shape := xs
			if len(xs) == 4 {
				shape = []int{xs[0], xs[2], xs[3], xs[1]}
			}
			var norm [4]*G.Node
			for i, name := range []string{"gamma", "beta", "mean", "var"} {
				v := make([]float32, ys[1])
				for j := range v {
					v[j] = 0.5 + float32(i+j)/8
				}
				norm[i] = r.input(name, v, ys[1])
			}
			xn := r.input("x", last(x, xs), shape...)
			var bias *G.Node
			if c.Has("b") {
				b, bs := c.Tensor("b")
				bias = r.input("b", b, bs...)
			}
			out, err := l.ApplyNorm(&r.env, xn, r.input("w", w, ws...), bias, norm, 1e-5)
			r.finish(out, err, last(dy, ys), xn)
			r.differences(c.Name+" with norm", xn, 5e-3)
		}
	}
}

func TestDistances(t *testing.T) {
	r := newRig(t)
	x := r.input("x", []float32{1, 2, 3, 0.5, 2, -1}, 2, 3)
	each := make([]float64, 2)
	out, err := Distances(&r.env, x, []float32{1, 0, 0}, each)
	r.finish(out, err, []float32{1}, x)
	if got := r.run(); math.Abs(got-13.0/3-1.75) > 1e-6 || math.Abs(each[0]-13.0/3) > 1e-12 || math.Abs(each[1]-1.75) > 1e-12 {
		t.Errorf("distances %v, sum %v, want 13/3 and 7/4", each, got)
	}
	r.differences("distances", x, 1e-3)
	if _, err := Distances(&r.env, x, []float32{1, 0}, each); err == nil {
		t.Error("Distances takes a sample of another size")
	}
}

func TestActivationsEqualPyTorch(t *testing.T) {
	for _, c := range golden.LoadAll(t, "activation-") {
		x, _ := c.Tensor("x")
		dy, _ := c.Tensor("dy")
		kernel.Activate(x, acts[c.Act], .2)
		c.Check(t, "y", x, 1e-6)
		dx := make([]float32, len(x))
		kernel.ActivateGrad(dx, x, dy, acts[c.Act], .2)
		c.Check(t, "dx", dx, 1e-6)
	}
}

func TestLossesEqualPyTorch(t *testing.T) {
	for _, c := range golden.LoadAll(t, "loss-") {
		real, _ := c.Tensor("real")
		fake, _ := c.Tensor("fake")
		n := len(real)
		check := func(loss string, logits []float32, terms []Term, grads map[string][2]int) {
			r := newRig(t)
			x := r.input("logits", logits, len(logits), 1)
			out, err := Loss(&r.env, x, terms)
			r.finish(out, err, []float32{1}, x)
			r.run()
			c.Check(t, loss, Floats(r.out.Value()), 1e-6)
			if c.Name == "loss-moderate" {
				r.differences(loss, x, 5e-3)
				r.run()
			}
			for name, at := range grads {
				c.Check(t, name, r.grad(x)[at[0]:at[1]], 1e-6)
			}
		}
		check("loss_d", append(append([]float32(nil), real...), fake...),
			[]Term{{0, n, CrossEntropyReal}, {n, 2 * n, CrossEntropyFake}}, map[string][2]int{"d_dreal": {0, n}, "d_dfake": {n, 2 * n}})
		check("ns_loss_g", fake, []Term{{0, n, CrossEntropyReal}}, map[string][2]int{"ns_dfake": {0, n}})
		check("minimax_loss_g", fake, []Term{{0, n, Saturating}}, map[string][2]int{"minimax_dfake": {0, n}})
	}
}

func TestReorderAndItsGradient(t *testing.T) {
	const n, c, h, w = 2, 3, 2, 4
	x, dy := make([]float32, n*c*h*w), make([]float32, n*c*h*w)
	for i := range x {
		x[i], dy[i] = float32(i), float32(i%7)-2.5
	}
	first := func(r *rig, x *G.Node) (*G.Node, error) { return ChannelsFirst(&r.env, x, n, c, h, w) }
	last := func(r *rig, x *G.Node) (*G.Node, error) { return ChannelsLast(&r.env, x, n, c, h, w) }
	for name, reorder := range map[string]func(*rig, *G.Node) (*G.Node, error){"channels first": first, "channels last": last} {
		r := newRig(t)
		in := r.input("x", x, n, c*h*w)
		out, err := reorder(r, in)
		r.finish(out, err, dy, in)
		r.run()
		want := make([]float32, len(x))
		for i := range want {
			image, channel, pixel := i/(c*h*w), i/(h*w)%c, i%(h*w)
			if at := (image*h*w+pixel)*c + channel; name == "channels last" {
				want[at] = x[i]
			} else {
				want[i] = x[at]
			}
		}
		if got := Floats(r.out.Value()); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
		r.differences(name, in, 1e-3)
	}
}

// A panic inside a kernel is an error of the run, and the next run works.
func TestPanicsAreErrors(t *testing.T) {
	r := newRig(t)
	x := r.input("x", []float32{1, 2}, 2)
	bad := true
	out, err := r.env.apply(&Op{name: "bad", shape: tensor.Shape{2}, run: func([]float32, [][]float32) error {
		r.env.split(func(part, parts int) {
			if bad && part == parts-1 {
				panic("oh")
			}
		})
		return nil
	}}, x)
	if err != nil {
		t.Fatal(err)
	}
	vm := G.NewTapeMachine(r.g)
	if err := vm.RunAll(); err == nil || !strings.Contains(err.Error(), "oh") {
		t.Errorf("error %v, want the panic", err)
	}
	bad = false
	vm.Reset()
	if err := vm.RunAll(); err != nil || out.Value() == nil {
		t.Errorf("second run: %v", err)
	}
}
