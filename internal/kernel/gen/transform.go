package main

import (
	"bytes"
	"fmt"
	"math"
)

// This file is the transforms of Winograd's convolution, as transform.go has them
// in Go: the same operations in the same order.

// A transform makes out arrays of in others, both at most 6, which lie equal
// steps apart. Its numbers stay in registers. Arrays 0 to in-1 are read, each
// once; those from in on are written.
type transform struct {
	name    string
	in, out int
	numbers []float32
	body    func(v *vec, numbers []reg)
}

var transforms = []transform{
	// Gradients: in place, weightsOut reads all before it writes.
	{"gradsIn", 4, 6, []float32{0.5, 2, math.Sqrt2 / 2, -math.Sqrt2 / 2, math.Sqrt2, -math.Sqrt2}, func(v *vec, k []reg) {
		g0, g1, g2, g3 := v.in(0), v.in(1), v.in(2), v.in(3)
		v.store(g0, 4)
		v.store(g3, 9)
		for i := range 2 {
			even, odd := v.mulAdd(k[i], g2, g0), v.mulAdd(k[i], g3, g1)
			v.out(v.mulAdd(k[2+2*i], odd, even), 5+2*i)
			v.out(v.mulAdd(k[3+2*i], odd, even), 6+2*i)
			v.drop(even, odd)
		}
	}},
	{"weightsOut", 6, 3, []float32{-2.0 / 3, 1.0 / 6, -math.Sqrt2 / 3, math.Sqrt2 / 6, -1.0 / 3, 1.0 / 3}, func(v *vec, k []reg) {
		u1, u2 := v.in(1), v.in(2)
		s, d := v.do("add", u1, u2), v.do("sub", u1, u2)
		v.drop(u1, u2)
		u3, u4 := v.in(3), v.in(4)
		t, e := v.do("add", u3, u4), v.do("sub", u3, u4)
		v.drop(u3, u4)
		u0, u5 := v.in(0), v.in(5)
		v.isa.fma(u0, k[1], t, u0)
		v.isa.fma(u0, k[0], s, u0)
		v.out(u0, 6)
		v.op("mul", e, e, k[3])
		v.isa.fma(e, k[2], d, e)
		v.out(e, 7)
		v.isa.fma(u5, k[5], t, u5)
		v.isa.fma(u5, k[4], s, u5)
		v.out(u5, 8)
	}},
	{"gradsIn5", 4, 5, []float32{0.25, 2.25, 0.5, -0.5, 1.5, -1.5}, func(v *vec, k []reg) {
		g0, g1, g2, g3 := v.in(0), v.in(1), v.in(2), v.in(3)
		v.store(g3, 8)
		for i := range 2 {
			even, odd := v.mulAdd(k[i], g2, g0), v.mulAdd(k[i], g3, g1)
			v.out(v.mulAdd(k[2+2*i], odd, even), 4+2*i)
			v.out(v.mulAdd(k[3+2*i], odd, even), 5+2*i)
			v.drop(even, odd)
		}
	}},
	{"weightsOut5", 5, 2, []float32{0.5, 1.0 / 6, 0.25}, func(v *vec, k []reg) {
		u0, u1, u2, u3, u4 := v.in(0), v.in(1), v.in(2), v.in(3), v.in(4)
		s, d := v.do("add", u0, u1), v.do("sub", u1, u0)
		t, e := v.do("add", u2, u3), v.do("sub", u2, u3)
		v.op("mul", d, d, k[0])
		v.isa.fma(d, k[1], e, d)
		v.out(d, 5)
		v.op("sub", t, t, s)
		v.isa.fma(u4, k[2], t, u4)
		v.out(u4, 6)
	}},
	{"tilesIn5", 5, 5, []float32{-2.25, -0.25, -2.5, 0.5625, 0.5, -0.5, 1.5, -1.5}, func(v *vec, k []reg) {
		d0, d2, d4 := v.in(0), v.in(2), v.in(4)
		x := v.mulAdd(k[3], d0, d4)
		v.isa.fma(x, k[2], d2, x)
		v.out(x, 9)
		v.drop(d4)
		a, c := v.mulAdd(k[0], d0, d2), v.mulAdd(k[1], d0, d2)
		v.drop(d0, d2)
		d1, d3 := v.in(1), v.in(3)
		b := v.mulAdd(k[0], d1, d3)
		v.out(v.mulAdd(k[4], a, b), 5)
		v.out(v.mulAdd(k[5], a, b), 6)
		v.drop(a, b)
		e := v.mulAdd(k[1], d1, d3)
		v.out(v.mulAdd(k[6], c, e), 7)
		v.out(v.mulAdd(k[7], c, e), 8)
	}},
	{"tilesOut5", 5, 4, []float32{3, 9, 27, 0.5, 0.25, 0.125}, func(v *vec, k []reg) {
		m0, m1 := v.in(0), v.in(1)
		s, d := v.do("add", m0, m1), v.do("sub", m0, m1)
		v.drop(m0, m1)
		m2, m3 := v.in(2), v.in(3)
		t, e := v.do("add", m2, m3), v.do("sub", m2, m3)
		v.drop(m2, m3)
		m4 := v.in(4)
		v.out(v.do("add", s, t), 5)
		y := v.mulAdd(k[0], e, d)
		v.op("mul", y, y, k[3])
		v.out(y, 6)
		y = v.mulAdd(k[1], t, s)
		v.op("mul", y, y, k[4])
		v.out(y, 7)
		y = v.mulAdd(k[2], e, d)
		v.out(v.mulAdd(k[5], y, m4), 8)
	}},
	{"weightsIn5", 2, 5, []float32{0.5, -0.5, 1.5, -1.5, 1.0 / 6, -1.0 / 6}, func(v *vec, k []reg) {
		g0, g1 := v.in(0), v.in(1)
		for i, by := range []reg{k[1], k[0], k[4], k[5]} {
			x := v.mulAdd(k[i], g1, g0)
			v.op("mul", x, x, by)
			v.out(x, 2+i)
		}
		v.store(g1, 6)
	}},
	{"tilesIn", 6, 6, []float32{-2, -0.5, -2.5, math.Sqrt2 / 2, -math.Sqrt2 / 2, math.Sqrt2, -math.Sqrt2}, func(v *vec, k []reg) {
		ends := func(low, middle, high reg, at int) {
			x := v.mulAdd(k[2], middle, high)
			v.op("add", x, x, low)
			v.out(x, at)
		}
		d0, d2, d4 := v.in(0), v.in(2), v.in(4)
		ends(d0, d2, d4, 6)
		v.drop(d0)
		a, c := v.mulAdd(k[0], d2, d4), v.mulAdd(k[1], d2, d4)
		v.drop(d2, d4)
		d1, d3, d5 := v.in(1), v.in(3), v.in(5)
		ends(d1, d3, d5, 11)
		v.drop(d5)
		b, e := v.mulAdd(k[0], d1, d3), v.mulAdd(k[1], d1, d3)
		v.drop(d1, d3)
		v.out(v.mulAdd(k[3], b, a), 7)
		v.out(v.mulAdd(k[4], b, a), 8)
		v.out(v.mulAdd(k[5], e, c), 9)
		v.out(v.mulAdd(k[6], e, c), 10)
	}},
	{"tilesOut", 6, 4, []float32{2, 8, math.Sqrt2 / 2, math.Sqrt2 / 4, 0.5}, func(v *vec, k []reg) {
		m1, m2 := v.in(1), v.in(2)
		s, d := v.do("add", m1, m2), v.do("sub", m1, m2)
		v.drop(m1, m2)
		m3, m4 := v.in(3), v.in(4)
		t, e := v.do("add", m3, m4), v.do("sub", m3, m4)
		v.drop(m3, m4)
		m0, m5 := v.in(0), v.in(5)
		v.op("add", m0, m0, s)
		v.op("add", m0, m0, t)
		v.out(m0, 6)
		y := v.mulAdd(k[0], e, d)
		v.op("mul", y, y, k[2])
		v.out(y, 7)
		v.op("mul", s, s, k[4])
		v.out(v.mulAdd(k[0], t, s), 8)
		y = v.mulAdd(k[1], e, d)
		v.out(v.mulAdd(k[3], y, m5), 9)
	}},
	{"weightsIn", 3, 6, []float32{0.5, 2, math.Sqrt2 / 2, -math.Sqrt2 / 2, math.Sqrt2, -math.Sqrt2, -2.0 / 3, 1.0 / 6}, func(v *vec, k []reg) {
		g0, g1, g2 := v.in(0), v.in(1), v.in(2)
		a, b := v.mulAdd(k[0], g2, g0), v.mulAdd(k[1], g2, g0)
		v.out(g0, 3)
		v.out(g2, 8)
		for i, even := range []reg{a, a, b, b} {
			x := v.mulAdd(k[2+i], g1, even)
			v.op("mul", x, x, k[6+i/2])
			v.out(x, 4+i)
		}
	}},
}

// out stores a register and gives it back.
func (v *vec) out(r reg, array int) {
	v.store(r, array)
	v.drop(r)
}

// writeTransforms prints all transforms for one isa.
func writeTransforms(m machine, asm, dispatch, stubs *bytes.Buffer) {
	fmt.Fprintf(dispatch, "// transform%s runs the routine of f.\nfunc transform%s(f transform, t *transformArgs) {\nswitch f {\n", m.name(), m.name())
	for _, f := range transforms {
		name := f.name + m.name()
		fmt.Fprintf(dispatch, "case %s:\n%s(t)\n", f.name, name)
		fmt.Fprintf(stubs, "//go:noescape\nfunc %s(t *transformArgs)\n\n", name)
		fmt.Fprintf(asm, "\n// func %s(t *transformArgs)\n", name)
		m.beginTransform(name, f.in, f.out)
		v := newVec(m, nil)
		var numbers []reg
		for _, x := range f.numbers {
			numbers = append(numbers, v.num(x))
		}
		m.loopTransform()
		f.body(v, numbers)
		m.endTransform()
	}
	fmt.Fprintf(dispatch, "}\n}\n\n")
}
