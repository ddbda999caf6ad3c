package op

import (
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is products of matrices of 8-bit integers.

var integerProducts8 = family{
	{Name: "MatMulInteger", Make: matMulInteger, Least: 2, Most: 4},
	{Name: "QLinearMatMul", Make: qLinearMatMul, Least: 8, Most: 8},

	{Name: "com.microsoft.DynamicQuantizeMatMul", Raise: raiseDynamicMatMul, Make: matMulIntegerToFloat, Least: 3, Most: 5},
	{Name: "com.microsoft.MatMulIntegerToFloat", Make: matMulIntegerToFloat, Least: 4, Most: 7},
}

// byteProduct is a product of stacks of matrices of 8-bit integers, with the
// inputs that have the zero points.
type byteProduct struct {
	matrices
	signed, weightsSigned bool
	aShape, bShape        []int
	packed                func() []kernel.Bytes // of a constant second matrix, else nil
}

// byteProduct checks inputs a and b and their zero points, and declares the result.
func (n *Node) byteProduct(a, aZero, b, bZero int, result tensor.Type) *byteProduct {
	p := &byteProduct{
		aShape: n.In[a].Shape, bShape: n.In[b].Shape,
		signed: n.Type(a, bytes8) == onnx.Int8, weightsSigned: n.Type(b, bytes8) == onnx.Int8,
	}
	p.matrices = n.matrices(p.aShape, p.bShape, result)
	for _, v := range [][2]int{{aZero, a}, {bZero, b}} {
		if zero := n.In[v[0]]; zero != nil && zero.Elem != n.In[v[1]].Elem {
			n.Fail("input %d is %v, want %v as input %d", v[0], zero.Elem, n.In[v[1]].Elem, v[1])
		}
	}
	n.perLine(aZero, a, p.m, 1)
	n.perLine(bZero, b, p.n, 2)
	if limit := int64(n.Elements); more(0, []int{min(p.m, 24), p.k}) > limit || more(0, []int{(p.n + 15) &^ 15, p.k}) > limit {
		n.Fail("its matrices take more than %d elements", n.Elements)
	}
	if len(p.bShape) == 2 {
		p.packed = n.In[b].packedBytes(1, p.pack)
	}
	return p
}

// perLine checks that input i, if it is given, is one number, or one for each of so
// many lines of each matrix of another input: those along all dimensions but one,
// counted from the last.
func (n *Node) perLine(i, of, lines, but int) {
	v := n.In[i]
	if v == nil || n.err != nil || v.one() || sameShape(v.Shape, []int{lines}) {
		return
	}
	want := cloneShape(n.In[of].Shape)
	if len(want) >= 2 {
		want[len(want)-but] = 1
	}
	if !sameShape(v.Shape, want) {
		n.Fail("input %d has shape %v, want one number, [%d] or %v", i, v.Shape, lines, want)
	}
}

// line is element j of line numbers of matrix i, as perLine has them.
func line[T any](v []T, i, j, lines int) T {
	switch len(v) {
	case 1:
		return v[0]
	case lines:
		return v[j]
	}
	return v[i*lines+j]
}

func (p *byteProduct) pack(b *kernel.Bytes, w []uint8) {
	b.Pack(w, p.weightsSigned, p.n, 1, p.k, [3]int{0, p.n, 1})
}

// run calls result for each product: of matrix i of a and j of b, as sums, which
// are to be written from an element on.
func (p *byteProduct) run(m *Memory, a, b, aZero, bZero tensor.Tensor, result func(at, i, j int, sums []int32)) {
	x, w := tensor.Bytes8(a), tensor.Bytes8(b)
	az, bz := m.int32s(aZero), m.int32s(bZero)
	sums := tensor.Of[int32](m.Tensor(onnx.Int32, []int{p.m * p.n}))
	zeros := tensor.Of[int32](m.Tensor(onnx.Int32, []int{p.n}))
	k := kernel.ByteConv{Geometry: kernel.MatrixProduct(p.m, p.k, p.n)}
	if p.packed != nil && p.k > 0 {
		k.Weights = p.packed()[0]
	} else {
		data, columns := kernel.BytesLen(p.n, 1, p.k)
		k.Weights.Use(tensor.Of[int8](m.Tensor(onnx.Int8, []int{data})), tensor.Of[int32](m.Tensor(onnx.Int32, []int{columns})))
	}
	last := -1
	p.walk(m, p.aShape, p.bShape).Lines(func(o, count int, at, step [3]int) {
		for c := range count {
			i, j := at[0]+c*step[0], at[1]+c*step[1]
			if p.k == 0 {
				clear(sums)
				result((o+c)*p.m*p.n, i, j, sums)
				continue
			}
			if p.packed == nil && j != last {
				p.pack(&k.Weights, w[j*p.k*p.n:][:p.k*p.n])
			}
			s := kernel.ByteSums{Signed: p.signed, Ints: sums, WeightZeros: zeros}
			clear(zeros)
			for col := range zeros {
				if bz != nil {
					zeros[col] = line(bz, j, col, p.n)
				}
			}
			if len(az) == 1 {
				s.Zero = az[0]
			}
			k.Run(&s, x[i*p.m*p.k:][:p.m*p.k], 1, m.Floats(k.ScratchLen()), 0, 1)
			if last = j; len(az) > 1 {
				p.rowZeros(sums, w[j*p.k*p.n:], az, zeros, i)
			}
			result((o+c)*p.m*p.n, i, j, sums)
		}
	})
}

// rowZeros takes off the zero points of rows: each times what a column sums up to.
func (p *byteProduct) rowZeros(sums []int32, w []uint8, rows, columns []int32, i int) {
	for col := range p.n {
		sum := int32(0)
		for at := col; at < p.k*p.n; at += p.n {
			v := int32(w[at])
			if p.weightsSigned {
				v = int32(int8(w[at]))
			}
			sum += v - columns[col]
		}
		for r := range p.m {
			sums[r*p.n+col] -= line(rows, i, r, p.m) * sum
		}
	}
}

// matMulInteger is MatMulInteger.
func matMulInteger(n *Node) Eval {
	p := n.byteProduct(0, 2, 1, 3, onnx.Int32)
	if n.err != nil || n.empty() {
		return nothing
	}
	return func(m *Memory, out, in []tensor.Tensor) {
		y := tensor.Nth[int32](out, 0)
		p.run(m, in[0], in[1], in[2], in[3], func(at, _, _ int, sums []int32) { copy(y[at:], sums) })
	}
}

// qLinearMatMul is QLinearMatMul: the sums times both scales, by the result's,
// rounded to even.
func qLinearMatMul(n *Node) Eval {
	to := n.Type(7, bytes8)
	p := n.byteProduct(0, 2, 3, 5, to)
	for _, i := range []int{1, 4, 6} {
		n.Type(i, tensor.TypeSet(onnx.Float))
	}
	n.perLine(1, 0, p.m, 1)
	n.perLine(4, 3, p.n, 2)
	if n.err == nil && (!n.In[6].one() || !n.In[7].one()) {
		n.Fail("scale and zero point of the result have shapes %v and %v, want one number", n.In[6].Shape, n.In[7].Shape)
	}
	if n.err != nil || n.empty() {
		return nothing
	}
	low, high, _ := tensor.IntegerRange(to)
	return func(m *Memory, out, in []tensor.Tensor) {
		as, bs, ys := tensor.Nth[float32](in, 1), tensor.Nth[float32](in, 4), tensor.Nth[float32](in, 6)[0]
		zero, y := float64(m.zeroPoint(in[7])), tensor.Bytes8(out[0])
		p.run(m, in[0], in[3], in[2], in[5], func(at, i, j int, sums []int32) {
			for e, v := range sums {
				scale := float32(line(as, i, e/p.n, p.m)*line(bs, j, e%p.n, p.n)) / ys
				y[at+e] = uint8(rounded(float32(v)*scale, zero, float64(low), float64(high)))
			}
		})
	}
}

// matMulIntegerToFloat is MatMulIntegerToFloat: the sums times both scales, plus a
// bias for each column.
func matMulIntegerToFloat(n *Node) Eval {
	p := n.byteProduct(0, 4, 1, 5, onnx.Float)
	for _, i := range []int{2, 3, 6} {
		n.Type(i, tensor.TypeSet(onnx.Float))
	}
	n.perLine(2, 0, p.m, 1)
	n.perLine(3, 1, p.n, 2)
	n.vector(6, p.n)
	if n.err != nil || n.empty() {
		return nothing
	}
	return func(m *Memory, out, in []tensor.Tensor) {
		as, bs, y := tensor.Nth[float32](in, 2), tensor.Nth[float32](in, 3), tensor.Nth[float32](out, 0)
		var bias []float32
		if in[6].Given() {
			bias = tensor.Nth[float32](in, 6)
		}
		p.run(m, in[0], in[1], in[4], in[5], func(at, i, j int, sums []int32) {
			for r := range p.m {
				scale, row := line(as, i, r, p.m), y[at+r*p.n:][:p.n]
				for c, v := range sums[r*p.n:][:p.n] {
					row[c] = float32(float32(v) * float32(scale*line(bs, j, c, p.n)))
					if bias != nil {
						row[c] += bias[c]
					}
				}
			}
		})
	}
}

// raiseDynamicMatMul makes DynamicQuantizeMatMul (a, b, scale, zero, bias) a
// DynamicQuantizeLinear and a MatMulIntegerToFloat.
func raiseDynamicMatMul(r *Raising) {
	name := r.Fresh()
	q := onnx.Node{Op: "DynamicQuantizeLinear", Inputs: []string{r.input(0)}, Outputs: []string{name, name + " scale", name + " zero point"}}
	r.Add(q)
	r.Op, r.Inputs = "MatMulIntegerToFloat", []string{q.Outputs[0], r.input(1), q.Outputs[1], r.input(2), q.Outputs[2], r.input(3), r.input(4)}
}
