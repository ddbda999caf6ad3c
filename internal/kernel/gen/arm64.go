package main

import (
	"bytes"
	"fmt"
	"log"
	"math"
	"slices"
	"strings"
)

// This file prints NEON. Go's assembler lacks most of its float instructions;
// those are WORDs, with their names beside them.

type arm64 struct {
	out    *bytes.Buffer
	shifts []int    // of the function at hand: the size of each array's elements is 1<<shift
	consts []uint32 // of the function at hand, in the order of their use
	fn     string
	body   bytes.Buffer
	taps   []int  // of a transform: the registers of its arrays' addresses
	in     int    // and how many of them are read
	setup  []byte // of the function at hand: what comes before its loop
	once   int    // and how many of its constants are read there
}

func (a *arm64) p(f string, args ...any) { fmt.Fprintf(&a.body, "\t"+f+"\n", args...) }
func (a *arm64) word(code uint32, comment string, args ...any) {
	a.p("WORD $0x%08x // %s", code, fmt.Sprintf(comment, args...))
}
func (a *arm64) name() string     { return "NEON" }
func (a *arm64) lanes() int       { return 4 }
func (a *arm64) registers() int   { return 32 }
func (a *arm64) overFactor() bool { return false }

// to prints to out; each routine has constants of its own.
func (a *arm64) to(out *bytes.Buffer, _ *constants) { a.out = out }
func (a *arm64) rehearsal() isa                     { return &arm64{out: new(bytes.Buffer)} }

func (a *arm64) load(dst reg, array int) {
	if a.taps != nil {
		a.p("VLD1.P 16(R%d), [V%d.S4]", a.taps[array], dst)
		return
	}
	a.p("VLD1 (R%d), [V%d.S4]", 1+array, dst)
}
func (a *arm64) store(src reg, array int) {
	if a.taps != nil {
		a.p("VST1.P [V%d.S4], 16(R%d)", src, a.taps[array])
		return
	}
	a.p("VST1 [V%d.S4], (R%d)", src, 1+array)
}
func (a *arm64) widen(dst reg, array int) {
	a.shifts[array] = 1
	a.p("VLD1 (R%d), [V%d.H4]", 1+array, dst)
	a.word(three(0x0E217800, dst, dst, 0), "FCVTL V%d.4S, V%d.4H", dst, dst)
}
func (a *arm64) loadBytes(dst reg, array int) {
	a.shifts[array] = 0
	a.p("FMOVS (R%d), F%d", 1+array, dst)
	a.word(three(0x2F08A400, dst, dst, 0), "UXTL V%d.8H, V%d.8B", dst, dst)
	a.word(three(0x2F10A400, dst, dst, 0), "UXTL V%d.4S, V%d.4H", dst, dst)
}
func (a *arm64) storeBytes(src reg, array int) {
	a.shifts[array] = 0
	a.word(three(0x0E612800, src, src, 0), "XTN V%d.4H, V%d.4S", src, src)
	a.word(three(0x0E212800, src, src, 0), "XTN V%d.8B, V%d.8H", src, src)
	a.p("FMOVS F%d, (R%d)", src, 1+array)
}
func (a *arm64) float(dst, b reg) {
	a.word(three(0x4E21D800, dst, b, 0), "SCVTF V%d.4S, V%d.4S", dst, b)
}
func (a *arm64) scalar(dst reg, i int) {
	a.p("ADD $(vecArgs_s+%d), R0, R10", 4*i)
	a.p("VLD1R (R10), [V%d.S4]", dst)
}
func (a *arm64) constant(dst reg, bits uint32) {
	a.consts = append(a.consts, bits)
	a.p("VLD1R.P 4(R9), [V%d.S4] // %v", dst, math.Float32frombits(bits))
}
func (a *arm64) move(dst, b reg) {
	a.word(three(0x4EA01C00, dst, b, b), "MOV V%d.16B, V%d.16B", dst, b)
}
func (a *arm64) sqrt(dst, b reg) {
	a.word(three(0x6EA1F800, dst, b, 0), "FSQRT V%d.4S, V%d.4S", dst, b)
}

// three is an instruction of three registers.
func three(code uint32, d, n, m reg) uint32 { return code | uint32(m)<<16 | uint32(n)<<5 | uint32(d) }

func (a *arm64) begin(name string, arrays int) {
	a.fn, a.shifts, a.consts = name, slices.Repeat([]int{2}, arrays), nil
	a.setup = nil
	a.body.Reset()
}

// loop ends what runs once; the constants that stand there come first.
func (a *arm64) loop() {
	a.setup, a.once = slices.Clone(a.body.Bytes()), len(a.consts)
	a.body.Reset()
}

func (a *arm64) end() {
	p := func(f string, args ...any) { fmt.Fprintf(a.out, "\t"+f+"\n", args...) }
	fmt.Fprintf(a.out, "TEXT ·%s(SB), NOSPLIT, $0-8\n", a.fn)
	p("MOVD v+0(FP), R0")
	p("MOVD vecArgs_rows(R0), R15")
	if a.once > 0 {
		p("MOVD $%s_consts<>(SB), R9", a.fn)
	}
	a.out.Write(a.setup)
	if len(a.consts) > a.once {
		p("MOVD $%s_consts<>+%d(SB), R8", a.fn, 4*a.once)
	}
	fmt.Fprintf(a.out, "\nrow:\n")
	for i := range a.shifts {
		p("MOVD vecArgs_p+%d(R0), R%d", 8*i, 1+i)
	}
	p("MOVD vecArgs_n(R0), R7")
	fmt.Fprintf(a.out, "\nloop:\n")
	if len(a.consts) > a.once {
		p("MOVD R8, R9")
	}
	a.out.Write(a.body.Bytes())
	for i, shift := range a.shifts {
		p("ADD $%d, R%d", 4<<shift, 1+i)
	}
	p("SUBS $4, R7")
	p("BGT  loop")
	p("SUBS $1, R15")
	p("BLE  done")
	for i, shift := range a.shifts {
		p("MOVD vecArgs_stride+%d(R0), R14", 8*i)
		p("MOVD vecArgs_p+%d(R0), R16", 8*i)
		p("ADD R14<<%d, R16, R16", shift)
		p("MOVD R16, vecArgs_p+%d(R0)", 8*i)
	}
	p("B row")
	fmt.Fprintf(a.out, "\ndone:\n")
	p("RET")
	a.writeConsts()
}

func (a *arm64) loopColumns() {
	a.loop()
	a.p("MOVD vecArgs_stride+8(R0), R14")
	a.p("LSL $2, R14")
	a.p("MOVD vecArgs_p+0(R0), R1")
	a.p("MOVD vecArgs_p+8(R0), R3")
	a.p("MOVD vecArgs_n(R0), R7")
	fmt.Fprintf(&a.body, "\ncolumn:\n")
}

func (a *arm64) loopRows() {
	a.p("MOVD R3, R2")
	a.p("MOVD R15, R8")
	fmt.Fprintf(&a.body, "\nrow:\n")
}

func (a *arm64) endRows() {
	a.p("ADD R14, R2, R2")
	a.p("SUBS $1, R8")
	a.p("BNE  row")
}

func (a *arm64) endColumns() {
	a.p("ADD $16, R1")
	a.p("ADD $16, R3")
	a.p("SUBS $4, R7")
	a.p("BGT  column")
	a.p("RET")
	fmt.Fprintf(a.out, "TEXT ·%s(SB), NOSPLIT, $0-8\n\tMOVD v+0(FP), R0\n\tMOVD vecArgs_rows(R0), R15\n", a.fn)
	if len(a.consts) > a.once {
		log.Fatalf("%s: a constant in a loop over rows", a.fn)
	}
	if a.once > 0 {
		fmt.Fprintf(a.out, "\tMOVD $%s_consts<>(SB), R9\n", a.fn)
	}
	a.out.Write(a.setup)
	a.out.Write(a.body.Bytes())
	a.writeConsts()
}

// writeConsts prints the constants of the function at hand.
func (a *arm64) writeConsts() {
	if len(a.consts) == 0 {
		return
	}
	fmt.Fprintf(a.out, "\n")
	for i, c := range a.consts {
		fmt.Fprintf(a.out, "DATA %s_consts<>+%d(SB)/4, $0x%08x\n", a.fn, 4*i, c)
	}
	fmt.Fprintf(a.out, "GLOBL %s_consts<>(SB), RODATA|NOPTR, $%d\n", a.fn, 4*len(a.consts))
}

// args loads fields of a routine's arguments, to which R0 points, each into a
// register.
func (a *arm64) args(of string, fields ...string) {
	for _, f := range fields {
		field, to, _ := strings.Cut(f, " ")
		fmt.Fprintf(a.out, "\tMOVD %s_%s(R0), %s\n", of, field, to)
	}
}

// beginTransform gives the arrays read R1 to R6, those written R19 to R24; R12 and
// R13 are where the row begins.
func (a *arm64) beginTransform(name string, in, out int) {
	a.begin(name, 0)
	a.taps, a.in = nil, in
	for i := range in {
		a.taps = append(a.taps, 1+i)
	}
	for i := range out {
		a.taps = append(a.taps, 19+i)
	}
}

func (a *arm64) loopTransform() { a.loop() }

func (a *arm64) endTransform() {
	p := func(f string, args ...any) { fmt.Fprintf(a.out, "\t"+f+"\n", args...) }
	fmt.Fprintf(a.out, "TEXT ·%s(SB), NOSPLIT, $0-8\n", a.fn)
	p("MOVD t+0(FP), R0")
	a.args("transformArgs", "src R12", "dst R13", "srcTap R10", "dstTap R11", "rows R15")
	p("MOVD $%s_consts<>(SB), R9", a.fn)
	a.out.Write(a.setup)
	fmt.Fprintf(a.out, "\nrow:\n")
	first := func(taps []int, row, step int) {
		p("MOVD R%d, R%d", row, taps[0])
		for i := range taps[1:] {
			p("ADD R%d<<2, R%d, R%d", step, taps[i], taps[i+1])
		}
	}
	first(a.taps[:a.in], 12, 10)
	first(a.taps[a.in:], 13, 11)
	p("MOVD transformArgs_n(R0), R7")
	fmt.Fprintf(a.out, "\nloop:\n")
	a.out.Write(a.body.Bytes())
	p("SUBS $4, R7")
	p("BGT  loop")
	for _, r := range []string{"srcRow R12", "dstRow R13"} {
		field, to, _ := strings.Cut(r, " ")
		p("MOVD transformArgs_%s(R0), R14", field)
		p("ADD R14<<2, %s, %s", to, to)
	}
	p("SUBS $1, R15")
	p("BGT  row")
	p("RET")
	a.writeConsts()
	a.taps = nil
}

func (a *arm64) op(name string, dst, x, y reg) {
	ins := map[string]struct {
		code uint32
		name string
	}{
		"add": {0x4E20D400, "FADD"}, "sub": {0x4EA0D400, "FSUB"}, "mul": {0x6E20DC00, "FMUL"}, "div": {0x6E20FC00, "FDIV"},
		"min": {0x4EA0F400, "FMIN"}, "max": {0x4E20F400, "FMAX"}, "iadd": {0x4EA08400, "ADD"}, "isub": {0x6EA08400, "SUB"},
		"and": {0x4E201C00, "AND"}, "or": {0x4EA01C00, "ORR"}, "xor": {0x6E201C00, "EOR"},
	}[name]
	a.word(three(ins.code, dst, x, y), "%s V%d.4S, V%d.4S, V%d.4S", ins.name, dst, x, y)
}

func (a *arm64) fma(dst, x, y, z reg) {
	if dst != z {
		a.move(dst, z)
	}
	a.word(three(0x4E20CC00, dst, x, y), "FMLA V%d.4S, V%d.4S, V%d.4S", dst, x, y)
}

func (a *arm64) shift(name string, dst, x reg, n int) {
	if name == "shl" {
		a.word(0x4F005400|uint32(32+n)<<16|uint32(x)<<5|uint32(dst), "SHL V%d.4S, V%d.4S, #%d", dst, x, n)
		return
	}
	a.word(0x4F000400|uint32(64-n)<<16|uint32(x)<<5|uint32(dst), "SSHR V%d.4S, V%d.4S, #%d", dst, x, n)
}

func (a *arm64) less(dst, x, y reg) {
	a.word(three(0x6EA0E400, dst, y, x), "FCMGT V%d.4S, V%d.4S, V%d.4S", dst, y, x)
}

func (a *arm64) sel(dst, mask, x, y reg) {
	a.word(three(0x6E601C00, mask, x, y), "BSL V%d.16B, V%d.16B, V%d.16B", mask, x, y)
	a.move(dst, mask)
}

func (a *arm64) tileRows() []int { return []int{0, 5, 3, 1, 1} }

// tile prints one tile: 4 vectors a row and panel from register 0 on, then 4
// for the panel at hand, then one a row for 4 of its values. The main loop does
// 4 k, of a row alone 8; a rest is done one by one.
func (a *arm64) tile(name string, rows, panels int, half bool) {
	a.body.Reset()
	vectors := 4 * panels
	acc := func(r, v int) reg { return reg(r*vectors + v) }
	b := reg(rows * vectors)
	x := b + 4
	rowReg := func(r int) int { return 4 + r } // R4..R8
	const panel, last = 11, 12                 // R11 is in the panels; R12 is from the last to the next row
	a.p("MOVD t+0(FP), R0")
	a.p("MOVD tileArgs_aoff(R0), R9")
	a.p("MOVD tileArgs_coff(R0), R10")
	a.p("MOVD tileArgs_tiles(R0), R13")
	size := 64 // bytes of a panel's row
	if half {
		size = 32
	}
	a.p("MOVD tileArgs_step(R0), R3")
	a.p("LSL $%d, R3, R%d", size/32, last)
	if panels > 1 {
		a.p("SUB $%d, R%d", (panels-1)*size, last)
	}
	fmt.Fprintf(&a.body, "\ntile:\n")
	a.p("MOVD tileArgs_k(R0), R1")
	a.p("MOVD tileArgs_a(R0), R2")
	a.p("MOVD tileArgs_b(R0), R%d", panel)
	for r := range rows {
		a.p("MOVD.P 8(R9), R3")
		a.p("ADD R3<<2, R2, R%d", rowReg(r))
	}
	for i := range rows * vectors {
		a.p("VEOR V%d.B16, V%d.B16, V%d.B16", i, i, i)
	}
	step := func(x reg, lane int) {
		for q := range panels {
			move := fmt.Sprintf("%d(R%d)", size, panel)
			if q == panels-1 {
				move = fmt.Sprintf("(R%d)(R%d)", panel, last)
			}
			if half {
				a.p("VLD1.P %s, [V%d.H8, V%d.H8]", move, b+2, b+3)
				a.word(0x0E217800|uint32(b+2)<<5|uint32(b), "FCVTL V%d.4S, V%d.4H", b, b+2)
				a.word(0x4E217800|uint32(b+2)<<5|uint32(b+1), "FCVTL2 V%d.4S, V%d.8H", b+1, b+2)
				a.word(0x0E217800|uint32(b+3)<<5|uint32(b+2), "FCVTL V%d.4S, V%d.4H", b+2, b+3)
				a.word(0x4E217800|uint32(b+3)<<5|uint32(b+3), "FCVTL2 V%d.4S, V%d.8H", b+3, b+3)
			} else {
				a.p("VLD1.P %s, [V%d.S4, V%d.S4, V%d.S4, V%d.S4]", move, b, b+1, b+2, b+3)
			}
			for r := range rows {
				for v := range reg(4) {
					d, m := acc(r, 4*q+int(v)), x+reg(r)
					l, h := uint32(lane&1), uint32(lane>>1)
					a.word(0x4F801000|l<<21|uint32(m>>4)<<20|uint32(m&15)<<16|h<<11|uint32(b+v)<<5|uint32(d),
						"FMLA V%d.4S, V%d.4S, V%d.S[%d]", d, b+v, m, lane)
				}
			}
		}
	}
	four := func() {
		for r := range rows {
			a.p("VLD1.P 16(R%d), [V%d.S4]", rowReg(r), x+reg(r))
		}
		for lane := range 4 {
			step(x, lane)
		}
	}
	if rows == 1 && panels == 4 && !half { // most of what a dense layer does: 8 k at a time
		a.p("SUBS $8, R1")
		a.p("BLT few")
		fmt.Fprintf(&a.body, "\nloop:\n")
		a.p("VLD1.P 32(R%d), [V%d.S4, V%d.S4]", rowReg(0), x, x+1)
		for lane := range 8 {
			step(x+reg(lane/4), lane%4)
		}
		a.p("SUBS $8, R1")
		a.p("BGE loop")
		fmt.Fprintf(&a.body, "\nfew:\n")
		a.p("ADDS $4, R1")
		a.p("BLT rest")
		four()
		a.p("SUB $4, R1")
	} else {
		a.p("SUBS $4, R1")
		a.p("BLT rest")
		fmt.Fprintf(&a.body, "\nloop:\n")
		four()
		a.p("SUBS $4, R1")
		a.p("BGE loop")
	}
	fmt.Fprintf(&a.body, "\nrest:\n")
	a.p("ADDS $4, R1")
	a.p("BEQ out")
	fmt.Fprintf(&a.body, "\none:\n")
	for r := range rows {
		a.p("VLD1R.P 4(R%d), [V%d.S4]", rowReg(r), x+reg(r))
	}
	step(x, 0)
	a.p("SUBS $1, R1")
	a.p("BGT one")
	fmt.Fprintf(&a.body, "\nout:\n")
	a.p("MOVD tileArgs_c(R0), R2")
	a.p("MOVD tileArgs_add(R0), R3")
	a.p("CBZ R3, store")
	for r := range rows {
		a.p("MOVD %d(R10), R3", 8*r)
		a.p("ADD R3<<2, R2, R%d", 4)
		for q := range panels {
			a.p("VLD1.P 64(R4), [V%d.S4, V%d.S4, V%d.S4, V%d.S4]", b, b+1, b+2, b+3)
			for v := range reg(4) {
				d := acc(r, 4*q+int(v))
				a.op("add", d, d, b+v)
			}
		}
	}
	fmt.Fprintf(&a.body, "\nstore:\n")
	for r := range rows {
		a.p("MOVD.P 8(R10), R3")
		a.p("ADD R3<<2, R2, R%d", 4)
		for q := range panels {
			d := acc(r, 4*q)
			a.p("VST1.P [V%d.S4, V%d.S4, V%d.S4, V%d.S4], 64(R4)", d, d+1, d+2, d+3)
		}
	}
	a.p("SUBS $1, R13")
	a.p("BNE tile")
	a.p("RET")
	fmt.Fprintf(a.out, "\n// func %s(t *tileArgs)\nTEXT ·%s(SB), NOSPLIT, $0-8\n", name, name)
	a.out.Write(a.body.Bytes())
}

// peak prints n times peakFMAs multiply-adds on vectors in registers.
func (a *arm64) peak(name string) {
	a.body.Reset()
	a.p("MOVD n+0(FP), R1")
	fmt.Fprintf(&a.body, "\nloop:\n")
	for i := range reg(peakFMAs) {
		a.fma(i, 14, 15, i)
	}
	a.p("SUBS $1, R1")
	a.p("BNE loop")
	a.p("RET")
	fmt.Fprintf(a.out, "\n// func %s(n int)\nTEXT ·%s(SB), NOSPLIT, $0-8\n", name, name)
	a.out.Write(a.body.Bytes())
}
