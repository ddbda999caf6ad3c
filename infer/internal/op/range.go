package op

import (
	"math"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is Range.

var counting = family{
	{Name: "Range", Make: rangeOf, Least: 3, Most: 3},
}

// rangeOf is Range: numbers from start to below limit in steps of delta, or
// above it where delta is below 0.
func rangeOf(n *Node) Eval {
	elem := n.SameType(tensor.Numbers)
	var v [3]float64
	var whole [3]int64
	for i := range v {
		v[i] = n.One(i)
		if tensor.Integers.Has(elem) && n.err == nil {
			whole[i] = n.Ints(i)[0]
		}
	}
	if n.err != nil {
		return nil
	}
	count := math.Ceil((v[1] - v[0]) / v[2])
	if tensor.Integers.Has(elem) && v[2] != 0 {
		count = float64(steps(whole, elem))
	}
	if v[2] == 0 || !(count <= float64(n.Elements)) {
		n.Fail("from %v to %v in steps of %v are too many", v[0], v[1], v[2])
		return nil
	}
	if !n.Result(elem, int(max(count, 0))) || n.empty() {
		return nothing
	}
	return inWide(func(_ *Memory, out, _ []tensor.Tensor) {
		for i := range out[0].Len() {
			switch at := v[0] + float64(float64(i)*v[2]); out[0].Elem {
			case onnx.Float:
				tensor.Nth[float32](out, 0)[i] = float32(at)
			case onnx.Double:
				tensor.Nth[float64](out, 0)[i] = at
			default:
				tensor.Nth[int64](out, 0)[i] = whole[0] + int64(i)*whole[2]
			}
		}
	})
}

// steps returns how many integers there are from the first to below the second
// in steps of the third, which is not 0. Differences fit uint64.
func steps(v [3]int64, elem tensor.Type) uint64 {
	from, to, by := v[0], v[1], uint64(v[2])
	down := v[2] < 0
	if elem == onnx.Uint64 {
		from, to, down = from^math.MinInt64, to^math.MinInt64, false
	}
	if down {
		from, to, by = to, from, -by
	}
	if from >= to {
		return 0
	}
	return (uint64(to)-uint64(from)-1)/by + 1
}
