package infer

import (
	"slices"

	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is operators that replace the elements along axes together.

// inDouble makes an evaluate of one tensor that works in float64 on groups of
// elements along axes.
func inDouble(joined []int, f func(group []float64)) evaluate {
	return func(m *memory, out, in []tensor) {
		x := m.copied(onnx.Double, in[0])
		eachLane(m, x, joined, f)
		convert(out[0], x)
	}
}

// eachLane replaces the elements along axes by what f makes of them.
func eachLane(m *memory, x tensor, joined []int, f func(group []float64)) {
	l, v := m.lanesOf(x.shape, joined), of[float64](x)
	n := len(l.members)
	room := of[float64](m.tensor(onnx.Double, []int{together, n}))
	for i := 0; i < len(l.groups); i += together {
		groups := l.groups[i:min(i+together, len(l.groups))]
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

// softmax is Softmax and LogSoftmax. Before opset 13 all axes from the given
// one on are joined.
func softmax(log bool) func(*node) evaluate {
	return func(n *node) evaluate {
		x := n.in[0]
		n.result(n.elem(0, floats), x.shape...)
		def := int64(-1)
		if n.opset < 13 {
			def = 1
		}
		first := n.axis(n.intAttr("axis", def), len(x.shape))
		if n.within(x.shape, first); n.err != nil {
			return nil
		}
		joined := []int{first}
		if n.opset < 13 {
			joined = nil
			for d := first; d < len(x.shape); d++ {
				joined = append(joined, d)
			}
		}
		if x.elem == onnx.Float && !log && product(x.shape[joined[len(joined)-1]+1:]) == 1 {
			return func(_ *memory, out, in []tensor) {
				y, x := of[float32](out[0]), of[float32](in[0])
				n := product(in[0].shape[first:])
				for i := 0; i < len(y); i += n { // the row that is copied stays in the cache
					kernel.Softmax(y[i:][:copy(y[i:][:n], x[i:])], 1, n)
				}
			}
		}
		return inDouble(joined, func(g []float64) { softmaxOf(g, log) })
	}
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
func lpNormalization(n *node) evaluate {
	x := n.in[0]
	n.result(n.elem(0, floats), x.shape...)
	axis, p := n.axis(n.intAttr("axis", -1), len(x.shape)), n.intAttr("p", 2)
	if p != 1 && p != 2 {
		n.fail("p is %d, want 1 or 2", p)
	}
	n.within(x.shape, axis)
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
