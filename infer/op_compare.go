package infer

import (
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is operators whose results are bools.

// compare makes an operator that compares two numbers, or for Equal also bools.
func compare(float func(a, b float64) bool, integer func(a, b int64) bool, want types) func(*node) evaluate {
	return func(n *node) evaluate { return n.compare(float, integer, want) }
}

func (n *node) compare(float func(a, b float64) bool, integer func(a, b int64) bool, want types) evaluate {
	n.sameElem(want)
	n.result(onnx.Bool, n.broadcast(n.in[0].shape, n.in[1].shape)...)
	return func(m *memory, out, in []tensor) {
		a, b, z := m.widened(in[0]), m.widened(in[1]), of[bool](out[0])
		w := m.walkOver(out[0].shape, a.shape, b.shape, nil)
		w.lines(func(o, n int, at, step [3]int) {
			for k := range n {
				i, j := at[0]+k*step[0], at[1]+k*step[1]
				switch a.elem {
				case onnx.Float:
					z[o+k] = float(float64(of[float32](a)[i]), float64(of[float32](b)[j]))
				case onnx.Double:
					z[o+k] = float(of[float64](a)[i], of[float64](b)[j])
				default:
					z[o+k] = integer(of[int64](a)[i], of[int64](b)[j])
				}
			}
		})
	}
}

func less[T wide](a, b T) bool           { return a < b }
func lessOrEqual[T wide](a, b T) bool    { return a <= b }
func greater[T wide](a, b T) bool        { return a > b }
func greaterOrEqual[T wide](a, b T) bool { return a >= b }
func equal[T wide](a, b T) bool          { return a == b }

func and(a, b int64) bool { return a != 0 && b != 0 }
func or(a, b int64) bool  { return a != 0 || b != 0 }
func xor(a, b int64) bool { return a != b }

// not is Not.
func not(n *node) evaluate {
	n.result(n.elem(0, booleans), n.in[0].shape...)
	return func(m *memory, out, in []tensor) {
		for i, v := range of[bool](in[0]) {
			of[bool](out[0])[i] = !v
		}
	}
}
