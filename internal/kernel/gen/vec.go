package main

import (
	"bytes"
	"fmt"
	"math"
)

// This file is a small language for element-wise functions: each is written
// once, in elementwise.go, and printed for every instruction set by an isa.

// A reg is a vector register of the isa at hand.
type reg int

// An isa prints the instructions of one instruction set.
type isa interface {
	name() string
	lanes() int
	registers() int
	// begin and end print the routine around the loop over whole vectors;
	// arrays is how many the function has.
	begin(name string, arrays int)
	end()
	// The same around a transform's numbers and its loop.
	beginTransform(name string, in, out int)
	loopTransform()
	endTransform()
	load(dst reg, array int)
	widen(dst reg, array int) // load of an array of float16
	store(src reg, array int)
	loadBytes(dst reg, array int)  // widened to 32 bits
	storeBytes(src reg, array int) // of lanes from 0 to 255; src is lost
	float(dst, a reg)              // of int32
	scalar(dst reg, i int)         // broadcast of scalar argument i
	constant(dst reg, bits uint32) // broadcast of a constant
	op(name string, dst, a, b reg) // dst = a op b
	fma(dst, a, b, c reg)          // dst = a*b + c
	move(dst, a reg)
	shift(name string, dst, a reg, n int) // shl, sar
	less(dst, a, b reg)                   // mask: a < b
	sel(dst, mask, a, b reg)              // mask ? a : b
	sqrt(dst, a reg)
}

// A vec builds one function.
type vec struct {
	isa
	used []bool
}

func (v *vec) new() reg {
	for i, u := range v.used {
		if !u {
			v.used[i] = true
			return reg(i)
		}
	}
	panic("no register left")
}

// drop gives registers back.
func (v *vec) drop(rs ...reg) {
	for _, r := range rs {
		v.used[r] = false
	}
}

func (v *vec) in(array int) reg   { r := v.new(); v.load(r, array); return r }
func (v *vec) half(array int) reg { r := v.new(); v.widen(r, array); return r }
func (v *vec) arg(i int) reg      { r := v.new(); v.scalar(r, i); return r }
func (v *vec) num(x float32) reg {
	r := v.new()
	v.constant(r, math.Float32bits(x))
	return r
}
func (v *vec) word(x uint32) reg { r := v.new(); v.constant(r, x); return r }

// do is a op b; both are kept.
func (v *vec) do(op string, a, b reg) reg { r := v.new(); v.op(op, r, a, b); return r }

// with is a op a constant, in a's place.
func (v *vec) with(op string, a reg, x float32) reg {
	c := v.num(x)
	v.op(op, a, a, c)
	v.drop(c)
	return a
}

// withBits is a op a constant of bits, in a's place.
func (v *vec) withBits(op string, a reg, x uint32) reg {
	c := v.word(x)
	v.op(op, a, a, c)
	v.drop(c)
	return a
}

// mulAdd is a*b + c in a register of its own; all are kept.
func (v *vec) mulAdd(a, b, c reg) reg { r := v.new(); v.isa.fma(r, a, b, c); return r }

// horner is p*x + the constant, in p's place.
func (v *vec) horner(p, x reg, c float32) reg {
	k := v.num(c)
	v.isa.fma(k, p, x, k)
	v.drop(p)
	return k
}

// peakFMAs is how many multiply-adds one turn of a peak routine has.
const peakFMAs = 12

// A function is element-wise over arrays of n floats, or float16s.
type function struct {
	name   string
	doc    string // its Go twin
	arrays int
	body   func(v *vec)
}

// elementwise prints all functions for one isa.
func elementwise(m isa, asm, stubs *bytes.Buffer) {
	for _, f := range functions {
		name := f.name + m.name()
		fmt.Fprintf(asm, "\n// func %s(v *vecArgs)\n", name)
		m.begin(name, f.arrays)
		f.body(&vec{isa: m, used: make([]bool, m.registers())})
		m.end()
		fmt.Fprintf(stubs, "// %s: %s\n//\n//go:noescape\nfunc %s(v *vecArgs)\n\n", name, f.doc, name)
	}
}
