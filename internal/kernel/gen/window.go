package main

import (
	"bytes"
	"fmt"
)

// This file is rows of windows of depthwise convolution, as depthwise.go has them
// in Go: for some columns, the weights of all window positions stay in registers.

// mostTaps is the most window positions of a routine, which begin at 2.
const mostTaps = 5

// writeWindows prints the routines for one machine.
func writeWindows(m machine, asm, dispatch, stubs *bytes.Buffer) {
	fmt.Fprintf(dispatch, "// window%s runs the routine for so many window positions.\nfunc window%s(w *windowArgs, taps int) {\nswitch taps {\n", m.name(), m.name())
	for taps := 2; taps <= mostTaps; taps++ {
		name := fmt.Sprintf("window%d%s", taps, m.name())
		fmt.Fprintf(dispatch, "case %d:\n%s(w)\n", taps, name)
		fmt.Fprintf(stubs, "//go:noescape\nfunc %s(w *windowArgs)\n\n", name)
		fmt.Fprintf(asm, "\n// func %s(w *windowArgs)\nTEXT ·%s(SB), NOSPLIT, $0-8\n", name, name)
		m.window(taps)
	}
	fmt.Fprintf(dispatch, "default:\npanic(\"kernel: no such window\")\n}\n}\n\n")
}

// window keeps the columns' first row of x in R10, of w in R11 and of y in R12. R8 and
// R9 are the first and the fourth window position of the row.
func (a *amd64) window(taps int) {
	a.p("MOVQ w+0(FP), DI")
	a.args("windowArgs", "x R10", "w R11", "y R12", "n CX", "xTap DX", "wTap AX", "xRow SI", "yRow R13")
	for _, r := range []string{"DX", "AX", "SI", "R13"} {
		a.p("SHLQ $2, %s", r)
	}
	fmt.Fprintf(a.out, "\ncolumn:\n")
	a.p("MOVQ R11, BX")
	for k := range taps {
		a.p("VMOVUPS (BX), %s", a.r(1+k))
		a.p("ADDQ AX, BX")
	}
	a.p("MOVQ windowArgs_rows(DI), BX")
	a.p("MOVQ R10, R8")
	a.p("LEAQ (R10)(DX*2), R9")
	a.p("ADDQ DX, R9")
	a.p("MOVQ R12, R14")
	fmt.Fprintf(a.out, "\nrow:\n")
	a.p("VMOVUPS (R14), %s", a.r(0))
	for k := range taps {
		at := []string{"(R8)", "(R9)"}[k/3] + []string{"", "(DX*1)", "(DX*2)"}[k%3]
		a.p("VFMADD231PS %s, %s, %s", at, a.r(1+k), a.r(0))
	}
	a.p("VMOVUPS %s, (R14)", a.r(0))
	a.p("ADDQ SI, R8")
	a.p("ADDQ SI, R9")
	a.p("ADDQ R13, R14")
	a.p("DECQ BX")
	a.p("JNE  row")
	for _, r := range []string{"R10", "R11", "R12"} {
		a.p("ADDQ $%d, %s", a.bytes, r)
	}
	a.p("SUBQ $%d, CX", a.lanes())
	a.p("JGT  column")
	a.p("VZEROUPPER")
	a.p("RET")
}

func (a *arm64) window(taps int) {
	p := func(f string, args ...any) { fmt.Fprintf(a.out, "\t"+f+"\n", args...) }
	p("MOVD w+0(FP), R0")
	a.args("windowArgs", "x R10", "w R11", "y R12", "n R7", "xTap R13", "wTap R14", "xRow R15", "yRow R16")
	for _, r := range []int{13, 14, 15, 16} {
		p("LSL $2, R%d", r)
	}
	fmt.Fprintf(a.out, "\ncolumn:\n")
	p("MOVD R11, R9")
	for k := range taps {
		p("VLD1.P (R9)(R14), [V%d.S4]", 1+k)
	}
	p("MOVD windowArgs_rows(R0), R8")
	p("MOVD R10, R1")
	for k := 1; k < taps; k++ {
		p("ADD R13, R%d, R%d", k, k+1)
	}
	p("MOVD R12, R9")
	fmt.Fprintf(a.out, "\nrow:\n")
	p("VLD1 (R9), [V0.S4]")
	for k := range taps {
		p("VLD1.P (R%d)(R15), [V%d.S4]", 1+k, 16+k)
	}
	for k := range reg(taps) {
		p("WORD $0x%08x // FMLA V0.4S, V%d.4S, V%d.4S", three(0x4E20CC00, 0, 16+k, 1+k), 16+k, 1+k)
	}
	p("VST1.P [V0.S4], (R9)(R16)")
	p("SUBS $1, R8")
	p("BNE  row")
	for _, r := range []int{10, 11, 12} {
		p("ADD $16, R%d", r)
	}
	p("SUBS $4, R7")
	p("BGT  column")
	p("RET")
}
