package main

import (
	"bytes"
	"fmt"
	"log"
	"math"
	"slices"
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
	// arrays is how many the function has. What is printed before loop runs once.
	begin(name string, arrays int)
	loop()
	end()
	// The same around loops over rows in one over columns: the first array's stays.
	loopColumns()
	loopRows()
	endRows()
	endColumns()
	// rehearsal is the same isa, printing to nowhere.
	rehearsal() isa
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
	fma(dst, a, b, c reg)          // dst = a*b + c; dst may be c, and a where overFactor
	overFactor() bool
	move(dst, a reg)
	shift(name string, dst, a reg, n int) // shl, sar
	less(dst, a, b reg)                   // mask: a < b
	sel(dst, mask, a, b reg)              // mask ? a : b
	sqrt(dst, a reg)
}

// A vec builds one function. Its registers are those below len(used); above them
// are the numbers that stay in registers, which nothing may write to.
type vec struct {
	isa
	used []bool
	full bool // there was no register left
	kept map[number]reg
	uses []number // in the order of their first use
	held *reg     // what stands for array 0, in a routine of rows
}

// A number is a scalar argument, or else a constant.
type number struct {
	argument int // none: noArgument
	bits     uint32
}

const noArgument = -1

// newVec keeps numbers in the last registers of m.
func newVec(m isa, numbers []number) *vec {
	v := &vec{isa: m, used: make([]bool, m.registers()-len(numbers)), kept: make(map[number]reg)}
	for i, n := range numbers {
		v.kept[n] = reg(len(v.used) + i)
	}
	return v
}

// kept returns the numbers of a function that find room beside its registers.
func kept(m isa, f *function) []number {
	v := newVec(m.rehearsal(), nil)
	v.begin(f.name, f.arrays)
	f.body(v)
	for n := min(len(v.uses), m.registers()-1); n > 0; n-- {
		with := newVec(m.rehearsal(), v.uses[:n])
		with.begin(f.name, f.arrays)
		if f.body(with); !with.full {
			return v.uses[:n]
		}
	}
	return nil
}

func (v *vec) new() reg {
	for i, u := range v.used {
		if !u {
			v.used[i] = true
			return reg(i)
		}
	}
	v.full = true
	return 0
}

// fixed returns the register of a number, which is only to be read.
func (v *vec) fixed(n number) reg {
	if r, ok := v.kept[n]; ok {
		return r
	}
	if !slices.Contains(v.uses, n) {
		v.uses = append(v.uses, n)
	}
	r := v.new()
	v.fetch(r, n)
	return r
}

func (v *vec) fetch(r reg, n number) {
	if n.argument == noArgument {
		v.constant(r, n.bits)
	} else {
		v.scalar(r, n.argument)
	}
}

// ours reports whether a register may be written to.
func (v *vec) ours(r reg) bool { return int(r) < len(v.used) }

// drop gives registers back.
func (v *vec) drop(rs ...reg) {
	for _, r := range rs {
		if v.ours(r) {
			v.used[r] = false
		}
	}
}

func (v *vec) in(array int) reg {
	if array == 0 && v.held != nil {
		return *v.held
	}
	r := v.new()
	v.load(r, array)
	return r
}

func (v *vec) store(r reg, array int) {
	if array == 0 && v.held != nil {
		v.move(*v.held, r)
		return
	}
	v.isa.store(r, array)
}

func (v *vec) half(array int) reg { r := v.new(); v.widen(r, array); return r }
func (v *vec) arg(i int) reg      { return v.fixed(number{argument: i}) }
func (v *vec) word(x uint32) reg  { return v.fixed(number{noArgument, x}) }
func (v *vec) num(x float32) reg  { return v.word(math.Float32bits(x)) }

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
	if v.overFactor() && v.ours(p) {
		v.fma(p, p, x, k)
		v.drop(k)
		return p
	}
	r := v.mulAdd(p, x, k)
	v.drop(p, k)
	return r
}

// peakFMAs is how many multiply-adds one turn of a peak routine has.
const peakFMAs = 12

// A function is element-wise over arrays of n floats, or float16s.
type function struct {
	name   string
	doc    string // its Go twin
	arrays int
	body   func(v *vec)
	down   bool // the first array is one row, which all rows of the others follow
}

// elementwise prints all functions for one machine.
func elementwise(m machine, asm, dispatch, stubs *bytes.Buffer) {
	fmt.Fprintf(dispatch, "// element%s runs the routine of f.\nfunc element%s(f element, v *vecArgs) {\nswitch f {\n", m.name(), m.name())
	for _, f := range functions {
		fmt.Fprintf(dispatch, "case %sElement:\n%s%s(v)\n", f.name, f.name, m.name())
	}
	fmt.Fprintf(dispatch, "}\n}\n\n")
	for _, f := range functions {
		name := f.name + m.name()
		if f.down {
			f.doc += ", each of n x over all rows"
		}
		fmt.Fprintf(asm, "\n// func %s(v *vecArgs)\n", name)
		numbers := kept(m, &f)
		v := newVec(m, numbers)
		m.begin(name, f.arrays)
		for _, n := range numbers {
			v.fetch(v.kept[n], n)
		}
		if f.down {
			held := v.new()
			m.loopColumns()
			v.load(held, 0)
			m.loopRows()
			v.held = &held
			f.body(v)
			m.endRows()
			m.store(held, 0)
			m.endColumns()
		} else {
			m.loop()
			f.body(v)
			m.end()
		}
		if v.full {
			log.Fatalf("%s: no register left", name)
		}
		fmt.Fprintf(stubs, "// %s: %s\n//\n//go:noescape\nfunc %s(v *vecArgs)\n\n", name, f.doc, name)
	}
}
