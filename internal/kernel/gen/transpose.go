package main

import (
	"bytes"
	"fmt"
)

// This file is transposition: of squares of 32-bit numbers, one below the other,
// which become squares side by side.

// writeTranspose prints the routine for one machine.
func writeTranspose(m machine, asm, _, stubs *bytes.Buffer) {
	name := "transpose" + m.name()
	fmt.Fprintf(stubs, "//go:noescape\nfunc %s(t *transposeArgs)\n\n", name)
	fmt.Fprintf(asm, "\n// func %s(t *transposeArgs)\nTEXT ·%s(SB), NOSPLIT, $0-8\n", name, name)
	m.transpose()
}

// transpose turns squares of 8 by 8. Half of a row and of the fourth below it go
// into one register; more than 32 bytes at once would gain nothing.
func (a *amd64) transpose() {
	src, dst := [4]string{"R8", "R9", "R10", "DX"}, [4]string{"R11", "R12", "R13", "AX"} // rows 0, 3 and 6, and the step
	a.p("MOVQ t+0(FP), DI")
	a.args("transposeArgs", "src R8", "dst R11", "srcStep DX", "dstStep AX", "squares CX")
	for _, r := range [][4]string{src, dst} {
		a.p("SHLQ $2, %s", r[3])
		for i := range 2 {
			a.p("LEAQ (%s)(%s*2), %s", r[i], r[3], r[i+1])
			a.p("ADDQ %s, %s", r[3], r[i+1])
		}
	}
	row := func(r [4]string, n, bytes int) string {
		if n%3 == 0 {
			return fmt.Sprintf("%d(%s)", bytes, r[n/3])
		}
		return fmt.Sprintf("%d(%s)(%s*%d)", bytes, r[n/3], r[3], n%3)
	}
	fmt.Fprintf(a.out, "\nloop:\n")
	for half := range 2 {
		for i := range 4 {
			a.p("VMOVUPS %s, X%d", row(src, i, 16*half), i)
			a.p("VINSERTF128 $1, %s, Y%d, Y%d", row(src, 4+i, 16*half), i, i)
		}
		for i := range 2 {
			a.p("VUNPCKLPS Y%d, Y%d, Y%d", 2*i+1, 2*i, 4+2*i)
			a.p("VUNPCKHPS Y%d, Y%d, Y%d", 2*i+1, 2*i, 5+2*i)
		}
		for i := range 4 {
			a.p("VSHUFPS $0x%X, Y%d, Y%d, Y%d", []int{0x44, 0xEE}[i%2], 6+i/2, 4+i/2, 8+i)
			a.p("VMOVUPS Y%d, %s", 8+i, row(dst, 4*half+i, 0))
		}
	}
	for _, r := range []string{"R8", "R9", "R10"} {
		a.p("LEAQ (%s)(DX*8), %s", r, r)
	}
	for _, r := range []string{"R11", "R12", "R13"} {
		a.p("ADDQ $32, %s", r)
	}
	a.p("DECQ CX")
	a.p("JNE  loop")
	a.p("VZEROUPPER")
	a.p("RET")
}

// transpose turns squares of 4 by 4.
func (a *arm64) transpose() {
	p := func(f string, args ...any) { fmt.Fprintf(a.out, "\t"+f+"\n", args...) }
	p("MOVD t+0(FP), R0")
	a.args("transposeArgs", "src R1", "dst R5", "srcStep R10", "dstStep R11", "squares R7")
	for i := range 3 {
		p("ADD R10<<2, R%d, R%d", 1+i, 2+i)
	}
	p("ADD R11<<2, R5, R6")
	p("ADD R11<<2, R6, R8")
	p("ADD R11<<2, R8, R9")
	p("LSL $4, R10")
	fmt.Fprintf(a.out, "\nloop:\n")
	for i := range 4 {
		p("VLD1 (R%d), [V%d.S4]", 1+i, i)
		p("ADD R10, R%d, R%d", 1+i, 1+i)
	}
	for i := range 2 {
		p("VTRN1 V%d.S4, V%d.S4, V%d.S4", 2*i+1, 2*i, 4+2*i)
		p("VTRN2 V%d.S4, V%d.S4, V%d.S4", 2*i+1, 2*i, 5+2*i)
	}
	for i, to := range []int{5, 6, 8, 9} {
		p("VTRN%d V%d.D2, V%d.D2, V%d.D2", 1+i/2, 6+i%2, 4+i%2, 8+i)
		p("VST1.P [V%d.S4], 16(R%d)", 8+i, to)
	}
	p("SUBS $1, R7")
	p("BNE  loop")
	p("RET")
}
