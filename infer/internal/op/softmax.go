package op

import (
	"slices"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is operators that replace the elements along axes together.

var softmaxes = family{
	{Name: "LogSoftmax", Make: softmax, How: 1, Least: 1, Most: 1, Attrs: "axis", Raise: raiseSoftmax},
	{Name: "LpNormalization", Make: lpNormalization, Least: 1, Most: 1, Attrs: "axis p"},
	{Name: "Softmax", Make: softmax, Least: 1, Most: 1, Attrs: "axis", Raise: raiseSoftmax},
}

// raiseSoftmax marks what joined all axes from the given one on, by default the
// second.
func raiseSoftmax(r *Raising) {
	if r.Version < 13 {
		r.Set(onnx.IntAttr("_flat", 1))
	}
}

// inDouble makes an Eval of one tensor that works in float64 on groups of
// elements along axes.
func inDouble(joined []int, f func(group []float64)) Eval {
	return func(m *Memory, out, in []tensor.Tensor) {
		x := m.Copied(onnx.Double, in[0])
		eachLane(m, x, joined, f)
		tensor.Convert(out[0], x)
	}
}

// eachLane replaces the elements along axes by what f makes of them.
func eachLane(m *Memory, x tensor.Tensor, joined []int, f func(group []float64)) {
	l, v := m.lanesOf(x.Shape, joined), tensor.Of[float64](x)
	n := len(l.members)
	room := tensor.Of[float64](m.Tensor(onnx.Double, []int{tensor.Together, n}))
	for i := 0; i < len(l.groups); i += tensor.Together {
		groups := l.groups[i:min(i+tensor.Together, len(l.groups))]
		gathered(room, v, groups, l.members)
		for k := range groups {
			f(room[k*n:][:n])
		}
		for j, m := range l.members {
			for k, g := range groups {
				v[g+m] = room[k*n+j]
			}
		}
	}
}

// softmax is Softmax and LogSoftmax.
func softmax(n *Node) Eval {
	log := n.how == 1
	x := n.In[0]
	elem, joined := n.Type(0, tensor.Floats), n.joined()
	if n.CountWork(x.Len(), 8); n.err != nil {
		return nil
	}
	if !n.Result(elem, x.Shape...) || n.empty() {
		return nothing
	}
	if elem == onnx.Float {
		f := logSoftmax32
		if !log {
			f = softmax32
			if rest := x.Shape[joined[0]:]; len(rest) == len(joined) {
				n.Softmax = tensor.Product(rest)
			}
		}
		return inRows(x.Shape, joined, f)
	}
	return inDouble(joined, func(g []float64) { softmaxOf(g, log) })
}

// inRows makes an Eval of one tensor of float32 that works on the elements along
// axes, which are one axis or the last ones; f is given each lane as a row, in
// room that it may use.
func inRows(shape, joined []int, f func(row, room []float32)) Eval {
	last := joined[len(joined)-1]
	n, inner := tensor.Product(shape[joined[0]:last+1]), tensor.Product(shape[last+1:])
	outer := tensor.Product(shape[:joined[0]])
	return func(m *Memory, out, in []tensor.Tensor) {
		y, x := tensor.Nth[float32](out, 0), tensor.Nth[float32](in, 0)
		if inner == 1 {
			room := m.Floats(n)
			for i := 0; i < len(y); i += n { // the row that is copied stays in the cache
				row := y[i:][:n]
				copy(row, x[i:])
				f(row, room)
			}
			return
		}
		floats := m.Floats((tensor.Together + 1) * n)
		rows, room := floats[:tensor.Together*n], floats[tensor.Together*n:]
		for o := range outer {
			to, from := y[o*n*inner:][:n*inner], x[o*n*inner:]
			for i := 0; i < inner; i += tensor.Together {
				few := min(tensor.Together, inner-i)
				for j := range n {
					for k, v := range from[j*inner+i:][:few] {
						rows[k*n+j] = v
					}
				}
				for k := range few {
					f(rows[k*n:][:n], room)
				}
				for j := range n {
					line := to[j*inner+i:][:few]
					for k := range line {
						line[k] = rows[k*n+j]
					}
				}
			}
		}
	}
}

// softmax32 is softmax of one row.
func softmax32(row, _ []float32) { kernel.Softmax(row, 1, len(row)) }

// logSoftmax32 is the logarithm of softmax: x - top - log(sum of e^(x-top)), with
// a sum of float64.
func logSoftmax32(row, room []float32) {
	top := slices.Max(row)
	for i, v := range row {
		room[i] = v - top
	}
	kernel.Exp(room[:len(row)])
	log := kernel.Log64(sumOf(room[:len(row)]))
	for i, v := range row {
		row[i] = float32(float64(v-top) - log)
	}
}

// joined is the axes that are joined: one, or all from one on.
func (n *Node) joined() []int {
	rank, flat := len(n.In[0].Shape), n.Bool("_flat", false)
	def := int64(-1)
	if flat {
		def = 1
	}
	if axis := n.Int("axis", def); flat && axis == int64(rank) || rank == 0 {
		n.Fail("axis %d is out of range for %d dimensions", axis, rank)
	}
	first := n.Axis(n.Int("axis", def), rank)
	if flat {
		return tensor.Steps(rank, 1)[first:]
	}
	return []int{first}
}

func softmaxOf(g []float64, log bool) {
	if len(g) == 0 {
		return
	}
	top, sum := slices.Max(g), 0.0
	for _, v := range g {
		sum += kernel.Exp64(v - top)
	}
	for i, v := range g {
		if log {
			g[i] = v - top - kernel.Log64(sum)
		} else {
			g[i] = kernel.Exp64(v-top) / sum
		}
	}
}

// lpNormalization is LpNormalization: divided by the norm along an axis.
func lpNormalization(n *Node) Eval {
	x := n.In[0]
	n.Result(n.Type(0, tensor.Floats), x.Shape...)
	axis, p := n.Axis(n.Int("axis", -1), len(x.Shape)), n.Int("p", 2)
	if p != 1 && p != 2 {
		n.Fail("p is %d, want 1 or 2", p)
	}
	how := reduceL2
	if p == 1 {
		how = reduceL1
	}
	return inDouble([]int{axis}, func(g []float64) {
		if norm := reduced(how, g); norm != 0 {
			for i := range g {
				g[i] /= norm
			}
		}
	})
}
