package op

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/ganlet/ganlet/infer/internal/conformance"
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// plainCell is the equations of ONNX for one sample and one direction, in float64.
type plainCell struct {
	op                  string
	hidden              int
	w, r, b, p          []float64 // [gates, input], [gates, hidden], [2*gates], [3*hidden]
	act                 [3]func(float64) float64
	clip                float64
	beforeReset, forget bool
}

func (p *plainCell) gate(g int, x, h []float64, scale []float64) (in, state []float64) {
	all := len(p.w) / len(x)
	in, state = make([]float64, p.hidden), make([]float64, p.hidden)
	for i := range p.hidden {
		row := g*p.hidden + i
		in[i], state[i] = p.b[row], p.b[all+row]
		for j, v := range x {
			in[i] += p.w[row*len(x)+j] * v
		}
		for j, v := range h {
			if scale != nil {
				v *= scale[j]
			}
			state[i] += p.r[row*p.hidden+j] * v
		}
	}
	return in, state
}

func (p *plainCell) bound(v float64) float64 {
	if p.clip >= 0 {
		return math.Max(math.Min(v, p.clip), -p.clip)
	}
	return v
}

// step changes h and c.
func (p *plainCell) step(x, h, c []float64) {
	sum := func(g, act int, scale []float64, peep int, of []float64) []float64 {
		in, state := p.gate(g, x, h, scale)
		for i := range in {
			in[i] += state[i]
			if peep >= 0 {
				in[i] += p.p[peep*p.hidden+i] * of[i]
			}
			in[i] = p.act[act](p.bound(in[i]))
		}
		return in
	}
	switch p.op {
	case "RNN":
		copy(h, sum(0, 0, nil, -1, nil))
	case "GRU":
		z, r := sum(0, 0, nil, -1, nil), sum(1, 0, nil, -1, nil)
		next := sum(2, 1, r, -1, nil)
		if p.beforeReset {
			in, state := p.gate(2, x, h, nil)
			for i := range in {
				next[i] = p.act[1](p.bound(in[i] + r[i]*state[i]))
			}
		}
		for i := range h {
			h[i] = (1-z[i])*next[i] + z[i]*h[i]
		}
	case "LSTM":
		in, forget, next := sum(0, 0, nil, 0, c), sum(2, 0, nil, 2, c), sum(3, 1, nil, -1, nil)
		for i := range c {
			if p.forget {
				forget[i] = 1 - in[i]
			}
			c[i] = forget[i]*c[i] + in[i]*next[i]
		}
		out := sum(1, 0, nil, 1, c)
		for i := range h {
			h[i] = out[i] * p.act[2](c[i])
		}
	}
}

func wide(t tensor.Tensor) []float64 {
	d := tensor.New(onnx.Double, t.Shape...)
	tensor.Convert(d, t)
	return tensor.Of[float64](d)
}

func TestRecurrentAgainstItsEquations(t *testing.T) {
	const steps, batch, input, hidden = 5, 3, 4, 2
	logistic := func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
	for _, op := range []string{"RNN", "GRU", "LSTM"} {
		gates := map[string]int{"RNN": 1, "GRU": 3, "LSTM": 4}[op] * hidden
		for variant := range 32 {
			dirs, layout := 1, variant&1
			direction := []string{"forward", "reverse", "bidirectional"}[variant/2%3]
			if direction == "bidirectional" {
				dirs = 2
			}
			flag, clip, lengths := variant&8 != 0, -1.0, []int64(nil)
			attrs := []onnx.Attr{onnx.StringAttr("direction", direction), onnx.IntAttr("layout", int64(layout)), onnx.IntAttr("hidden_size", hidden)}
			if flag && op == "GRU" {
				attrs = append(attrs, onnx.IntAttr("linear_before_reset", 1))
			}
			if flag && op == "LSTM" {
				attrs = append(attrs, onnx.IntAttr("input_forget", 1))
			}
			if variant%5 == 1 {
				clip = []float64{0.25, 0}[variant/5%2]
				attrs = append(attrs, onnx.FloatAttr("clip", float32(clip)))
			}
			acts := [3]func(float64) float64{logistic, math.Tanh, math.Tanh}
			if op == "RNN" {
				acts[0] = math.Tanh
			}
			if variant >= 16 {
				names := []string{"HardSigmoid", "Affine", "ScaledTanh"}
				names = names[:map[string]int{"RNN": 1, "GRU": 2, "LSTM": 3}[op]]
				alphas, betas := []float32{0.5, 0.75, 1.25}[:len(names)], []float32{0.25, -0.5, 2}[:len(names)]
				acts = [3]func(float64) float64{
					func(x float64) float64 { return max(0, min(1, 0.5*x+0.25)) },
					func(x float64) float64 { return 0.75*x - 0.5 },
					func(x float64) float64 { return 1.25 * math.Tanh(2*x) },
				}
				for range dirs - 1 {
					names, alphas, betas = slices.Repeat(names, 2), slices.Repeat(alphas, 2), slices.Repeat(betas, 2)
				}
				attrs = append(attrs, onnx.Attr{Name: "activations", Type: onnx.AttrStrings, Strings: names},
					onnx.FloatsAttr("activation_alpha", alphas...), onnx.FloatsAttr("activation_beta", betas...))
			}
			turned := func(a, b int, rest ...int) []int { // the batch first, or second
				if layout == 1 {
					a, b = b, a
				}
				return append([]int{a, b}, rest...)
			}
			x, w, r := ramp(onnx.Float, 1, turned(steps, batch, input)...), ramp(onnx.Float, 2, dirs, gates, input), ramp(onnx.Float, 3, dirs, gates, hidden)
			b, h0, c0, p := ramp(onnx.Float, 4, dirs, 2*gates), ramp(onnx.Float, 5, turned(dirs, batch, hidden)...), ramp(onnx.Float, 6, turned(dirs, batch, hidden)...), ramp(onnx.Float, 7, dirs, 3*hidden)
			in := []tensor.Tensor{x, w, r, b, {}, h0}
			if variant%7 == 1 {
				lengths = []int64{2, 5, 0}
				in[4] = tensor.From(onnx.Int32, []int32{2, 5, 0}, batch)
			}
			outputs := 2
			if op == "LSTM" {
				in, outputs = append(in, c0, p), 3
			}
			got, err := node(14, op, outputs, attrs, in...)
			if err != nil {
				t.Fatalf("%s %v: %v", op, attrs, err)
			}
			yShape := []int{steps, dirs, batch, hidden}
			if layout == 1 {
				yShape = []int{batch, steps, dirs, hidden}
			}
			y, last, lastC := tensor.New(onnx.Float, yShape...), tensor.New(onnx.Float, h0.Shape...), tensor.New(onnx.Float, h0.Shape...)
			for d := range dirs {
				cell := &plainCell{op, hidden, piece(wide(w), d, dirs), piece(wide(r), d, dirs), piece(wide(b), d, dirs), piece(wide(p), d, dirs), acts, clip, flag, flag}
				for s := range batch {
					at := d*batch + s
					if layout == 1 {
						at = s*dirs + d
					}
					h, c := slices.Clone(wide(h0)[at*hidden:][:hidden]), slices.Clone(wide(c0)[at*hidden:][:hidden])
					n := steps
					if lengths != nil {
						n = int(lengths[s])
					}
					for k := range n {
						if direction == "reverse" || d == 1 {
							k = n - 1 - k
						}
						from, to := k*batch+s, (k*dirs+d)*batch+s
						if layout == 1 {
							from, to = s*steps+k, (s*steps+k)*dirs+d
						}
						cell.step(wide(x)[from*input:][:input], h, c)
						for i, v := range h {
							tensor.Of[float32](y)[to*hidden+i] = float32(v)
						}
					}
					for i := range h {
						tensor.Of[float32](last)[at*hidden+i], tensor.Of[float32](lastC)[at*hidden+i] = float32(h[i]), float32(c[i])
					}
				}
			}
			for i, want := range []tensor.Tensor{y, last, lastC}[:outputs] {
				if err := conformance.Differ(got[i], want, 1e-4, 1e-5); err != nil {
					t.Errorf("%s %v, output %d: %v", op, attrs, i, err)
				}
			}
		}
	}
}

func TestRecurrentZeroSizes(t *testing.T) {
	for _, c := range [][4]int{{0, 2, 1, 1}, {1, 0, 1, 1}, {1, 1, 0, 1}, {1, 1, 1, 0}} {
		steps, batch, input, hidden := c[0], c[1], c[2], c[3]
		got, err := node(14, "GRU", 2, nil, f32([]int{steps, batch, input}, make([]float32, steps*batch*input)...),
			f32([]int{1, 3 * hidden, input}, make([]float32, 3*hidden*input)...), f32([]int{1, 3 * hidden, hidden}, make([]float32, 3*hidden*hidden)...))
		if err != nil || fmt.Sprint(got[0].Shape) != fmt.Sprint([]int{steps, 1, batch, hidden}) {
			t.Errorf("GRU of %v steps, batch, input, hidden: %v", c, err)
		}
	}
}

func TestRecurrentRefuses(t *testing.T) {
	x, w, r := f32([]int{1, 1, 2}, 1, 2), f32([]int{1, 1, 2}, 1, 1), f32([]int{1, 1, 1}, 1)
	for _, c := range []struct {
		attr onnx.Attr
		in   []tensor.Tensor
		want string
	}{
		{onnx.IntAttr("hidden_size", 3), []tensor.Tensor{x, w, r}, "hidden_size is 3"},
		{onnx.StringAttr("direction", "up"), []tensor.Tensor{x, w, r}, `attribute "direction" is "up"`},
		{onnx.StringAttr("direction", "bidirectional"), []tensor.Tensor{x, w, r}, "input 1 has shape [1 1 2], want [2 1 2]"},
		{onnx.Attr{Name: "activations", Type: onnx.AttrStrings, Strings: []string{"Nope"}}, []tensor.Tensor{x, w, r}, `activation "Nope" is not known`},
		{onnx.IntAttr("layout", 0), []tensor.Tensor{x, w, r, {}, tensor.From(onnx.Int32, []int32{2}, 1)}, "sequence length 2 of sample 0"},
		{onnx.IntAttr("layout", 0), []tensor.Tensor{x, w, f32([]int{1, 2, 2}, 1, 2, 3, 4)}, "input 1 has shape"},
	} {
		_, err := node(14, "RNN", 2, []onnx.Attr{c.attr}, c.in...)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: error is %v, want %q", c.attr, err, c.want)
		}
	}
}

// Weights that are computed give the same bits as constant ones.
func TestRecurrentComputedWeights(t *testing.T) {
	for op, gates := range map[string]int{"RNN": 1, "GRU": 3, "LSTM": 4} {
		const hidden = 5
		in := []tensor.Tensor{ramp(onnx.Float, 1, 4, 3, 6), ramp(onnx.Float, 2, 2, gates*hidden, 6), ramp(onnx.Float, 3, 2, gates*hidden, hidden)}
		attrs := []onnx.Attr{onnx.StringAttr("direction", "bidirectional")}
		want, err := node(14, op, 1, attrs, in...)
		if err != nil {
			t.Fatal(err)
		}
		n := &Node{Op: op, Attrs: attrs, Elements: 1 << 20, Outs: []bool{true}}
		for _, x := range in {
			n.In = append(n.In, &Value{Elem: x.Elem, Shape: x.Shape})
		}
		eval, err := n.Prepare(Lookup("", op))
		if err != nil {
			t.Fatal(err)
		}
		var out []tensor.Tensor
		for _, v := range n.Results {
			out = append(out, tensor.New(v.Elem, v.Shape...))
		}
		m := NewMemory(new(Scratchpad))
		for range 2 {
			m.Begin()
			eval(m, out, append(in, make([]tensor.Tensor, len(n.In)-len(in))...))
			if err := conformance.Differ(out[0], want[0], 0, 0); err != nil {
				t.Errorf("%s: %v", op, err)
			}
		}
	}
}
