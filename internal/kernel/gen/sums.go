package main

import (
	"bytes"
	"fmt"
)

// This file is sums of columns of float32 in float64, as sums.go has them in Go.

// writeSums prints the routine for one machine.
func writeSums(m machine, asm, _, stubs *bytes.Buffer) {
	name := "sumColumns" + m.name()
	fmt.Fprintf(stubs, "//go:noescape\nfunc %s(s *sumArgs)\n\n", name)
	fmt.Fprintf(asm, "\n// func %s(s *sumArgs)\nTEXT ·%s(SB), NOSPLIT, $0-8\n", name, name)
	m.sums()
}

func (a *amd64) sums() {
	a.p("MOVQ s+0(FP), DI")
	a.args("sumArgs", "x R10", "y R12", "n CX", "xRow SI")
	a.p("SHLQ $2, SI")
	fmt.Fprintf(a.out, "\ncolumn:\n")
	a.p("VMOVUPD (R12), %s", a.r(0))
	a.p("VMOVUPD %d(R12), %s", a.bytes, a.r(1))
	a.p("MOVQ R10, R8")
	a.p("MOVQ sumArgs_rows(DI), BX")
	fmt.Fprintf(a.out, "\nrow:\n")
	for i := range 2 {
		a.p("VCVTPS2PD %d(R8), %s", i*a.bytes/2, a.r(2+i))
		a.p("VADDPD %s, %s, %s", a.r(2+i), a.r(i), a.r(i))
	}
	a.p("ADDQ SI, R8")
	a.p("DECQ BX")
	a.p("JNE  row")
	a.p("VMOVUPD %s, (R12)", a.r(0))
	a.p("VMOVUPD %s, %d(R12)", a.r(1), a.bytes)
	a.p("ADDQ $%d, R10", a.bytes)
	a.p("ADDQ $%d, R12", 2*a.bytes)
	a.p("SUBQ $%d, CX", a.lanes())
	a.p("JGT  column")
	a.p("VZEROUPPER")
	a.p("RET")
}

func (a *arm64) sums() {
	p := func(f string, args ...any) { fmt.Fprintf(a.out, "\t"+f+"\n", args...) }
	word := func(code uint32, comment string) { p("WORD $0x%08x // %s", code, comment) }
	p("MOVD s+0(FP), R0")
	a.args("sumArgs", "x R10", "y R12", "n R7", "xRow R15")
	p("LSL $2, R15")
	fmt.Fprintf(a.out, "\ncolumn:\n")
	p("VLD1 (R12), [V0.D2, V1.D2]")
	p("MOVD R10, R1")
	p("MOVD sumArgs_rows(R0), R8")
	fmt.Fprintf(a.out, "\nrow:\n")
	p("VLD1.P (R1)(R15), [V2.S4]")
	word(three(0x0E617800, 3, 2, 0), "FCVTL V3.2D, V2.2S")
	word(three(0x4E617800, 4, 2, 0), "FCVTL2 V4.2D, V2.4S")
	word(three(0x4E60D400, 0, 0, 3), "FADD V0.2D, V0.2D, V3.2D")
	word(three(0x4E60D400, 1, 1, 4), "FADD V1.2D, V1.2D, V4.2D")
	p("SUBS $1, R8")
	p("BNE  row")
	p("VST1.P [V0.D2, V1.D2], 32(R12)")
	p("ADD $16, R10")
	p("SUBS $4, R7")
	p("BGT  column")
	p("RET")
}
