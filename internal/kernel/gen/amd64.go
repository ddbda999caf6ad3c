package main

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
)

// This file prints AVX2 and AVX-512.

// An amd64 tier: its registers, and the most rows of a tile of so many panels.
type amd64 struct {
	tier   string
	letter string
	bytes  int // of a vector
	regs   int
	rows   []int
	out    *bytes.Buffer
	consts *constants
	shifts []int    // of the function at hand: the size of each array's elements is 1<<shift
	places []string // of a transform's arrays
}

func newAMD64(tier string) *amd64 {
	a := &amd64{tier: tier, letter: "Y", bytes: 32, regs: 16, rows: []int{0, 6, 3, 1, 1}}
	if tier == "AVX512" {
		a.letter, a.bytes, a.regs, a.rows = "Z", 64, 32, []int{0, 8, 8, 8, 6, 1, 1, 1, 1}
	}
	return a
}

func (a *amd64) p(f string, args ...any) { fmt.Fprintf(a.out, "\t"+f+"\n", args...) }
func (a *amd64) r(n int) string          { return fmt.Sprintf("%s%d", a.letter, n) }
func (a *amd64) v(r reg) string          { return a.r(int(r)) }
func (a *amd64) name() string            { return a.tier }
func (a *amd64) lanes() int              { return a.bytes / 4 }
func (a *amd64) registers() int          { return a.regs }
func (a *amd64) overFactor() bool        { return true }
func (a *amd64) rehearsal() isa {
	b := newAMD64(a.tier)
	b.to(new(bytes.Buffer), new(constants))
	return b
}
func (a *amd64) to(out *bytes.Buffer, c *constants) { a.out, a.consts = out, c }
func (a *amd64) mem(array int) string {
	if a.places != nil {
		return a.places[array]
	}
	return fmt.Sprintf("(R%d)(SI*%d)", 8+array, 1<<a.shifts[array])
}
func (a *amd64) load(dst reg, array int)  { a.p("VMOVUPS %s, %s", a.mem(array), a.v(dst)) }
func (a *amd64) store(src reg, array int) { a.p("VMOVUPS %s, %s", a.v(src), a.mem(array)) }
func (a *amd64) widen(dst reg, array int) {
	a.shifts[array] = 1
	a.p("VCVTPH2PS %s, %s", a.mem(array), a.v(dst))
}
func (a *amd64) loadBytes(dst reg, array int) {
	a.shifts[array] = 0
	a.p("VPMOVZXBD %s, %s", a.mem(array), a.v(dst))
}
func (a *amd64) storeBytes(src reg, array int) {
	a.shifts[array] = 0
	if a.letter == "Z" {
		a.p("VPMOVDB %s, %s", a.v(src), a.mem(array))
		return
	}
	a.p("VPACKUSDW %s, %s, %s", a.v(src), a.v(src), a.v(src))
	a.p("VPERMQ $0xD8, %s, %s", a.v(src), a.v(src))
	a.p("VPACKUSWB X%d, X%d, X%d", src, src, src)
	a.p("VMOVQ X%d, %s", src, a.mem(array))
}
func (a *amd64) float(dst, b reg) { a.p("VCVTDQ2PS %s, %s", a.v(b), a.v(dst)) }
func (a *amd64) scalar(dst reg, i int) {
	a.p("VBROADCASTSS vecArgs_s+%d(DI), %s", 4*i, a.v(dst))
}
func (a *amd64) constant(dst reg, bits uint32) {
	a.p("VBROADCASTSS consts<>+%d(SB), %s // %v", a.consts.at(bits), a.v(dst), math.Float32frombits(bits))
}
func (a *amd64) move(dst, b reg) { a.p("VMOVUPS %s, %s", a.v(b), a.v(dst)) }
func (a *amd64) sqrt(dst, b reg) { a.p("VSQRTPS %s, %s", a.v(b), a.v(dst)) }

func (a *amd64) begin(name string, arrays int) {
	fmt.Fprintf(a.out, "TEXT ·%s(SB), NOSPLIT, $0-8\n", name)
	a.p("MOVQ v+0(FP), DI")
	for i := range arrays {
		a.p("MOVQ vecArgs_p+%d(DI), R%d", 8*i, 8+i)
	}
	a.p("MOVQ vecArgs_n(DI), CX")
	a.p("MOVQ vecArgs_rows(DI), BX")
	a.shifts = slices.Repeat([]int{2}, arrays)
}

func (a *amd64) loop() {
	fmt.Fprintf(a.out, "\nrow:\n")
	a.p("XORQ SI, SI")
	fmt.Fprintf(a.out, "\nloop:\n")
}

func (a *amd64) end() {
	a.p("ADDQ $%d, SI", a.lanes())
	a.p("CMPQ SI, CX")
	a.p("JLT  loop")
	a.p("DECQ BX")
	a.p("JEQ  done")
	for i, shift := range a.shifts {
		a.p("MOVQ vecArgs_stride+%d(DI), DX", 8*i)
		a.p("LEAQ (R%d)(DX*%d), R%d", 8+i, 1<<shift, 8+i)
	}
	a.p("JMP  row")
	fmt.Fprintf(a.out, "\ndone:\n")
	a.p("VZEROUPPER")
	a.p("RET")
}

func (a *amd64) loopColumns() {
	a.p("MOVQ vecArgs_stride+8(DI), R10")
	a.p("SHLQ $2, R10")
	a.p("XORQ SI, SI")
	a.places = []string{"(R8)(SI*4)", "(R11)"}
	fmt.Fprintf(a.out, "\ncolumn:\n")
}

func (a *amd64) loopRows() {
	a.p("LEAQ (R9)(SI*4), R11")
	a.p("MOVQ BX, DX")
	fmt.Fprintf(a.out, "\nrow:\n")
}

func (a *amd64) endRows() {
	a.p("ADDQ R10, R11")
	a.p("DECQ DX")
	a.p("JNE  row")
}

func (a *amd64) endColumns() {
	a.p("ADDQ $%d, SI", a.lanes())
	a.p("CMPQ SI, CX")
	a.p("JLT  column")
	a.p("VZEROUPPER")
	a.p("RET")
	a.places = nil
}

// args loads fields of a routine's arguments, to which DI points, each into a
// register.
func (a *amd64) args(of string, fields ...string) {
	for _, f := range fields {
		field, to, _ := strings.Cut(f, " ")
		a.p("MOVQ %s_%s(DI), %s", of, field, to)
	}
}

// beginTransform keeps the steps between arrays in DX and AX. R8 is the first array
// read and R9 the fourth, R10 and R11 are those written; R12 and R13 are where the
// row began.
func (a *amd64) beginTransform(name string, in, out int) {
	fmt.Fprintf(a.out, "TEXT ·%s(SB), NOSPLIT, $0-8\n", name)
	a.p("MOVQ t+0(FP), DI")
	a.args("transformArgs", "src R12", "dst R13", "srcTap DX", "dstTap AX", "rows BX")
	a.p("SHLQ $2, DX")
	a.p("SHLQ $2, AX")
	taps := func(n int, low, high, step string) {
		for i := range n {
			base := []string{low, high}[i/3]
			a.places = append(a.places, []string{"(" + base + ")", "(" + base + ")(" + step + "*1)", "(" + base + ")(" + step + "*2)"}[i%3])
		}
	}
	a.places = nil
	taps(in, "R8", "R9", "DX")
	taps(out, "R10", "R11", "AX")
}

func (a *amd64) loopTransform() {
	fmt.Fprintf(a.out, "\nrow:\n")
	a.p("MOVQ transformArgs_n(DI), CX")
	for _, r := range []string{"R12 DX R8 R9", "R13 AX R10 R11"} {
		f := strings.Fields(r)
		a.p("MOVQ %s, %s", f[0], f[2])
		a.p("LEAQ (%s)(%s*2), %s", f[0], f[1], f[3])
		a.p("ADDQ %s, %s", f[1], f[3])
	}
	fmt.Fprintf(a.out, "\nloop:\n")
}

func (a *amd64) endTransform() {
	for _, r := range []string{"R8", "R9", "R10", "R11"} {
		a.p("ADDQ $%d, %s", a.bytes, r)
	}
	a.p("SUBQ $%d, CX", a.lanes())
	a.p("JGT  loop")
	a.p("DECQ BX")
	a.p("JEQ  done")
	for _, r := range []string{"srcRow R12", "dstRow R13"} {
		field, to, _ := strings.Cut(r, " ")
		a.p("MOVQ transformArgs_%s(DI), CX", field)
		a.p("LEAQ (%s)(CX*4), %s", to, to)
	}
	a.p("JMP  row")
	fmt.Fprintf(a.out, "\ndone:\n")
	a.p("VZEROUPPER")
	a.p("RET")
	a.places = nil
}

func (a *amd64) op(name string, dst, x, y reg) {
	ins := map[string]string{
		"add": "VADDPS", "sub": "VSUBPS", "mul": "VMULPS", "div": "VDIVPS", "min": "VMINPS", "max": "VMAXPS",
		"iadd": "VPADDD", "isub": "VPSUBD", "and": "VANDPS", "or": "VORPS", "xor": "VXORPS",
	}[name]
	if a.letter == "Z" {
		switch name {
		case "and", "or", "xor":
			ins = map[string]string{"and": "VPANDD", "or": "VPORD", "xor": "VPXORD"}[name]
		}
	}
	a.p("%s %s, %s, %s", ins, a.v(y), a.v(x), a.v(dst))
}

func (a *amd64) fma(dst, x, y, z reg) {
	switch dst {
	case z:
	case x:
		a.p("VFMADD213PS %s, %s, %s", a.v(z), a.v(y), a.v(dst))
		return
	default:
		a.move(dst, z)
	}
	a.p("VFMADD231PS %s, %s, %s", a.v(y), a.v(x), a.v(dst))
}

func (a *amd64) shift(name string, dst, x reg, n int) {
	a.p("%s $%d, %s, %s", map[string]string{"shl": "VPSLLD", "sar": "VPSRAD"}[name], n, a.v(x), a.v(dst))
}

func (a *amd64) less(dst, x, y reg) {
	if a.letter == "Z" {
		a.p("VCMPPS $0x11, %s, %s, K1", a.v(y), a.v(x))
		return
	}
	a.p("VCMPPS $0x11, %s, %s, %s", a.v(y), a.v(x), a.v(dst))
}

func (a *amd64) sel(dst, mask, x, y reg) {
	if a.letter == "Z" {
		a.p("VBLENDMPS %s, %s, K1, %s", a.v(x), a.v(y), a.v(dst))
		return
	}
	a.p("VBLENDVPS %s, %s, %s, %s", a.v(mask), a.v(x), a.v(y), a.v(dst))
}

// rowRegs hold the addresses of a tile's rows.
var rowRegs = []string{"R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15"}

func (a *amd64) tileRows() []int { return a.rows }

// tile prints one tile: rows x panels*vectors accumulators from register 0 on,
// then the registers of the loop. With half, the panels are float16.
func (a *amd64) tile(name string, rows, panels int, half bool) {
	perPanel := 64 / a.bytes
	vectors := panels * perPanel
	acc := func(r, v int) string { return a.r(r*vectors + v) }
	next := rows * vectors
	size := 4 // of an element
	if half {
		size = 2
	}
	fmt.Fprintf(a.out, "\n// func %s(t *tileArgs)\nTEXT ·%s(SB), NOSPLIT, $0-8\n", name, name)
	a.p("MOVQ t+0(FP), DI")
	a.p("MOVQ tileArgs_step(DI), DX")
	a.p("SHLQ $%d, DX", size/2)
	a.p("MOVQ tileArgs_next(DI), AX")
	fmt.Fprintf(a.out, "\ntile:\n")
	a.p("MOVQ tileArgs_k(DI), SI // index into the rows, in bytes, from -4k to 0")
	a.p("SHLQ $2, SI")
	a.p("MOVQ tileArgs_a(DI), BX")
	a.p("ADDQ SI, BX")
	a.p("MOVQ tileArgs_aoff(DI), CX")
	for r := range rows {
		a.p("MOVQ %d(CX), %s", 8*r, rowRegs[r])
		a.p("LEAQ (BX)(%s*4), %s", rowRegs[r], rowRegs[r])
	}
	a.p("ADDQ $%d, CX", 8*rows)
	a.p("MOVQ CX, tileArgs_aoff(DI)")
	a.p("NEGQ SI")
	a.p("MOVQ tileArgs_b(DI), BX")
	for i := range rows * vectors {
		a.p("VXORPS %s, %s, %s", a.r(i), a.r(i), a.r(i))
	}
	b := func(v int) string { return fmt.Sprintf("%d(BX)", v*a.bytes/4*size) }
	load := func(v, to int) {
		if half {
			a.p("VCVTPH2PS %s, %s", b(v), a.r(to))
		} else {
			a.p("VMOVUPS %s, %s", b(v), a.r(to))
		}
	}
	fmt.Fprintf(a.out, "\nloop:\n")
	if rows > 1 { // half of a slab of 4 panels, for later
		a.p("PREFETCHT1 (AX)")
		if !half {
			a.p("PREFETCHT1 64(AX)")
		}
		a.p("ADDQ $%d, AX", 32*size)
	}
	switch {
	case rows == 1 && !half: // the panels straight from memory
		a.p("VBROADCASTSS (%s)(SI*1), %s", rowRegs[0], a.r(next))
		for v := range vectors {
			a.p("VFMADD231PS %s, %s, %s", b(v), a.r(next), acc(0, v))
		}
	case next+vectors+1 <= a.regs: // all of the panels' vectors in registers
		for v := range vectors {
			load(v, next+v)
		}
		for r := range rows {
			a.p("VBROADCASTSS (%s)(SI*1), %s", rowRegs[r], a.r(next+vectors))
			for v := range vectors {
				a.p("VFMADD231PS %s, %s, %s", a.r(next+v), a.r(next+vectors), acc(r, v))
			}
		}
	default: // all of the rows' values in registers
		for r := range rows {
			a.p("VBROADCASTSS (%s)(SI*1), %s", rowRegs[r], a.r(next+r))
		}
		for v := range vectors {
			load(v, next+rows)
			for r := range rows {
				a.p("VFMADD231PS %s, %s, %s", a.r(next+rows), a.r(next+r), acc(r, v))
			}
		}
	}
	a.p("ADDQ DX, BX")
	a.p("ADDQ $4, SI")
	a.p("JNE  loop")
	fmt.Fprintf(a.out, "\n")
	a.p("MOVQ tileArgs_c(DI), SI")
	a.p("MOVQ tileArgs_coff(DI), CX")
	a.p("CMPQ tileArgs_add(DI), $0")
	a.p("JEQ  store")
	a.rowsOut(rows, vectors, func(v int, acc string) { a.p("VADDPS %d(BX), %s, %s", v*a.bytes, acc, acc) })
	fmt.Fprintf(a.out, "\nstore:\n")
	a.rowsOut(rows, vectors, func(v int, acc string) { a.p("VMOVUPS %s, %d(BX)", acc, v*a.bytes) })
	a.p("ADDQ $%d, CX", 8*rows)
	a.p("MOVQ CX, tileArgs_coff(DI)")
	a.p("DECQ tileArgs_fetch(DI)")
	a.p("JGT  more")
	a.p("MOVQ tileArgs_b(DI), AX // enough is fetched")
	fmt.Fprintf(a.out, "\nmore:\n")
	a.p("DECQ tileArgs_tiles(DI)")
	a.p("JNE  tile")
	a.p("VZEROUPPER")
	a.p("RET")
}

// rowsOut does f for every accumulator, with its row's address in BX.
func (a *amd64) rowsOut(rows, vectors int, f func(v int, acc string)) {
	for r := range rows {
		a.p("MOVQ %d(CX), BX", 8*r)
		a.p("LEAQ (SI)(BX*4), BX")
		for v := range vectors {
			f(v, a.r(r*vectors+v))
		}
	}
}

// peak prints n times peakFMAs multiply-adds on vectors in registers: what no
// kernel can be faster than.
func (a *amd64) peak(name string) {
	fmt.Fprintf(a.out, "\n// func %s(n int)\nTEXT ·%s(SB), NOSPLIT, $0-8\n", name, name)
	a.p("MOVQ n+0(FP), CX")
	fmt.Fprintf(a.out, "\nloop:\n")
	for i := range peakFMAs {
		a.p("VFMADD231PS %s, %s, %s", a.r(14), a.r(15), a.r(i))
	}
	a.p("DECQ CX")
	a.p("JNE  loop")
	a.p("VZEROUPPER")
	a.p("RET")
}
