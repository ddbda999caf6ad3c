package op

import (
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is MatMul where no dense layer fits: both matrices computed, stacks of
// matrices, vectors, of any type.

var matrixProducts = family{
	{Name: "MatMul", Make: matMul, Layer: matMulLayer, Least: 2, Most: 2},
}

// matrices are the shapes of a product: stacks of m x k times stacks of k x n.
type matrices struct {
	m, k, n        int
	aStack, bStack int // dimensions of the stacks
	stack          []int
	row, column    bool // a is a vector, b is
}

// matrices works out a product as NumPy has it, and declares its result.
func (n *Node) matrices(a, b []int, elem tensor.Type) (p matrices) {
	if len(a) == 0 || len(b) == 0 {
		n.Fail("inputs of shapes %v and %v do not fit", a, b)
		return p
	}
	if p.row = len(a) == 1; p.row {
		a = []int{1, a[0]}
	}
	if p.column = len(b) == 1; p.column {
		b = []int{b[0], 1}
	}
	p.aStack, p.bStack = len(a)-2, len(b)-2
	p.m, p.k, p.n = a[p.aStack], a[p.aStack+1], b[p.bStack+1]
	if b[p.bStack] != p.k {
		n.Fail("inputs of shapes %v and %v do not fit", a, b)
	}
	p.stack = n.Broadcast(a[:p.aStack], b[:p.bStack])
	if n.err != nil {
		return p
	}
	shape := cloneShape(p.stack)
	if !p.row {
		shape = append(shape, p.m)
	}
	if !p.column {
		shape = append(shape, p.n)
	}
	n.CountMulAdds(append(cloneShape(p.stack), p.m, p.k, p.n)...)
	n.Result(elem, shape...)
	return p
}

// walk pairs the matrices of the stacks.
func (p *matrices) walk(m *Memory, a, b []int) *tensor.Walk {
	return m.Walk(p.stack, a[:p.aStack], b[:p.bStack], nil)
}

// matMul is MatMul as NumPy has it.
func matMul(n *Node) Eval {
	elem := n.SameType(tensor.Numbers)
	p := n.matrices(n.In[0].Shape, n.In[1].Shape, elem)
	if n.err != nil || n.empty() {
		return nothing
	}
	if elem != onnx.Float {
		return inWide(func(m *Memory, out, in []tensor.Tensor) {
			plainStacks(out[0], in[0], in[1], p.walk(m, in[0].Shape, in[1].Shape), &p)
		})
	}
	weights := n.packedWeights()
	turned := n.In[1].Turnable
	n.ReadsTurned = turned
	if paired := len(p.stack) == p.aStack && len(p.stack) == p.bStack && sameShape(n.In[0].Shape[:p.aStack], n.In[1].Shape[:p.bStack]); paired && weights == nil && p.k > 0 && !few(p.m, p.n) {
		n.Product = &Product{tensor.Product(p.stack), p.m, p.k, p.n, turned}
	}
	return func(m *Memory, out, in []tensor.Tensor) {
		products(m, tensor.Nth[float32](out, 0), tensor.Nth[float32](in, 0), tensor.Nth[float32](in, 1),
			p.walk(m, in[0].Shape, in[1].Shape), p.m, p.k, p.n, weights, turned)
	}
}

// matMulLayer is MatMul of [rows, k] and a constant [k, n].
func matMulLayer(n *Node) Layer {
	if !n.computed(0) || !n.constant(1) || len(n.In[0].Shape) != 2 || len(n.In[1].Shape) != 2 {
		return nil
	}
	return &Dense{Alpha: 1}
}

// packedWeights packs input 1 for the kernel when it is first needed, if it is a
// constant matrix of float32.
func (n *Node) packedWeights() func() *kernel.Packed {
	v := n.In[1]
	if v.Const == nil || v.Elem != onnx.Float || len(v.Shape) != 2 {
		return nil
	}
	return once(func() *kernel.Packed {
		p := new(kernel.Packed)
		t, err := v.Const.Value()
		if err != nil {
			panic(err) // it was read before
		}
		p.Pack(tensor.Of[float32](t), v.Shape[0], v.Shape[1], v.Shape[1], 1)
		return p
	})
}

// products multiplies pairs of matrices, m x k by k x n. The second is always
// weights, unless those are nil; it lies with columns for rows if turned.
func products(mem *Memory, c, a, b []float32, stack *tensor.Walk, m, k, n int, weights func() *kernel.Packed, turned bool) {
	if k == 0 {
		clear(c)
		return
	}
	last := -1
	stack.Lines(func(o, count int, at, step [3]int) {
		rows := m
		if step[0] == 1 && step[1] == 0 { // all with the same second matrix
			rows, count = m*count, 1
		}
		for i := range count {
			z, x, right, by := c[(o+i)*m*n:], a[(at[0]+i*step[0])*m*k:], (at[1]+i*step[1])*k*n, (*kernel.Packed)(nil)
			if few(rows, n) && (turned || n == 1) {
				for j := range z[:rows*n] {
					z[j] = kernel.Dot(x[j/n*k:][:k], b[right+j%n*k:])
				}
				continue
			}
			if turned && turnsFirst(rows, k, n) {
				result := mem.Floats(rows * n)
				mem.pad.packed.Pack(x, k, rows, 1, k)
				kernel.Gemm(result, rows, b[right:], k, n, &mem.pad.packed, nil, 0, 1)
				kernel.Transpose(z, result, 1, n, rows, 0, 1)
				continue
			}
			if weights != nil {
				by = weights()
			} else {
				by = &mem.pad.packed
				if right != last {
					by.PackTurned(b[right:], k, n, turned)
					last = right
				}
			}
			kernel.Gemm(z, n, x, k, rows, by, nil, 0, 1)
		}
	})
}

// turnsFirst reports whether it is less to turn the first matrix of a product, and
// the result, than the second.
func turnsFirst(m, k, n int) bool { return m*(n+k) < n*k }

// plainStacks is products of float64 or int64.
func plainStacks(c, a, b tensor.Tensor, stack *tensor.Walk, p *matrices) {
	if c.Elem == onnx.Double {
		plainProducts(tensor.Of[float64](c), tensor.Of[float64](a), tensor.Of[float64](b), stack, p.m, p.k, p.n)
	} else {
		plainProducts(tensor.Of[int64](c), tensor.Of[int64](a), tensor.Of[int64](b), stack, p.m, p.k, p.n)
	}
}

func plainProducts[T float64 | int64](c, a, b []T, stack *tensor.Walk, m, k, n int) {
	clear(c)
	if k == 0 {
		return
	}
	stack.Lines(func(o, count int, at, step [3]int) {
		for i := range count * m {
			line, left := c[(o*m+i)*n:][:n], a[((at[0]+i/m*step[0])*m+i%m)*k:][:k]
			for p, x := range left {
				for j, y := range b[((at[1]+i/m*step[1])*k+p)*n:][:n] {
					line[j] += T(x * y)
				}
			}
		}
	})
}
