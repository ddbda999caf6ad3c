package main

import "fmt"

// This file prints tiles of bytes for AVX2, and for AVX-512 with VNNI.

func (a *amd64) byteTiers() []byteTier {
	if a.letter == "Z" {
		return []byteTier{{"VNNI", map[int]int{1: 8, 2: 8, 4: 6}, a.bytesVNNI}}
	}
	return []byteTier{{"AVX2", map[int]int{1: 2}, a.bytesAVX2}}
}

// beginBytes prints the start of a tile: where its rows are.
func (a *amd64) beginBytes(name string, rows int) {
	fmt.Fprintf(a.out, "\n// func %s(t *byteArgs)\nTEXT ·%s(SB), NOSPLIT, $0-8\n", name, name)
	a.p("MOVQ t+0(FP), DI")
	fmt.Fprintf(a.out, "\ntile:\n")
	a.p("MOVQ byteArgs_a(DI), BX")
	a.p("MOVQ byteArgs_aoff(DI), CX")
	for r := range rows {
		a.p("MOVQ %d(CX), %s", 8*r, rowRegs[r])
		a.p("ADDQ BX, %s", rowRegs[r])
	}
	a.p("ADDQ $%d, CX", 8*rows)
	a.p("MOVQ CX, byteArgs_aoff(DI)")
}

// loopBytes prints the loops over segments and quads around step.
func (a *amd64) loopBytes(step func()) {
	a.p("MOVQ byteArgs_b(DI), BX")
	a.p("MOVQ byteArgs_segments(DI), CX")
	a.p("MOVQ byteArgs_count(DI), AX")
	a.p("MOVQ AX, byteArgs_left(DI)")
	fmt.Fprintf(a.out, "\nsegment:\n")
	a.p("MOVLQSX (CX), SI")
	a.p("ADDQ $4, CX")
	a.p("MOVQ byteArgs_quads(DI), AX")
	fmt.Fprintf(a.out, "\nloop:\n")
	step()
	a.p("ADDQ $64, BX")
	a.p("ADDQ $4, SI")
	a.p("DECQ AX")
	a.p("JNE  loop")
	a.p("DECQ byteArgs_left(DI)")
	a.p("JNE  segment")
}

// endBytes prints the end of a tile, with c in SI after its sums.
func (a *amd64) endBytes() {
	a.p("MOVQ SI, byteArgs_c(DI)")
	a.p("DECQ byteArgs_tiles(DI)")
	a.p("JNE  tile")
	a.p("VZEROUPPER")
	a.p("RET")
}

// bytesVNNI is a tile with a vector a row and panel: 16 columns' sums.
func (a *amd64) bytesVNNI(name string, rows, panels int) {
	acc := func(r, p int) string { return a.r(r*panels + p) }
	b := func(p int) string { return a.r(rows*panels + p) }
	x := a.r(rows*panels + panels)
	a.beginBytes(name, rows)
	a.p("MOVQ byteArgs_first(DI), CX")
	a.p("MOVQ byteArgs_rowFirst(DI), DX")
	for p := range panels {
		a.p("VMOVDQU32 %d(CX), %s", 64*p, b(p))
	}
	for r := range rows {
		a.p("VPBROADCASTD %d(DX), %s", 4*r, x)
		for p := range panels {
			a.p("VPADDD %s, %s, %s", b(p), x, acc(r, p))
		}
	}
	a.p("ADDQ $%d, DX", 4*rows)
	a.p("MOVQ DX, byteArgs_rowFirst(DI)")
	a.p("MOVQ byteArgs_panelLen(DI), DX")
	if panels > 2 {
		a.p("LEAQ (DX)(DX*2), R15")
	}
	at := []string{"(BX)", "(BX)(DX*1)", "(BX)(DX*2)", "(BX)(R15*1)"}
	a.loopBytes(func() {
		for p := range panels {
			a.p("VMOVDQU32 %s, %s", at[p], b(p))
		}
		for r := range rows {
			a.p("VPBROADCASTD (%s)(SI*1), %s", rowRegs[r], x)
			for p := range panels {
				a.p("VPDPBUSD %s, %s, %s", b(p), x, acc(r, p))
			}
		}
	})
	a.p("MOVQ byteArgs_c(DI), SI")
	for i := range rows * panels {
		a.p("VMOVDQU32 %s, %d(SI)", a.r(i), 64*i)
	}
	a.p("ADDQ $%d, SI", 64*rows*panels)
	a.endBytes()
}

// bytesAVX2 is a tile of one panel with four vectors a row: two sums for each
// column, of the first two of every quad and of the others.
func (a *amd64) bytesAVX2(name string, rows, _ int) {
	acc := func(r, v int) string { return a.r(4*r + v) }
	x := func(r int) string { return a.r(4*rows + r) }
	b, product := a.r(5*rows), a.r(5*rows+1)
	a.beginBytes(name, rows)
	for i := range 4 * rows {
		a.p("VPXOR %s, %s, %s", a.r(i), a.r(i), a.r(i))
	}
	a.loopBytes(func() {
		for r := range rows {
			a.p("VPBROADCASTD (%s)(SI*1), X%d", rowRegs[r], 4*rows+r)
			a.p("VPMOVZXBW X%d, %s", 4*rows+r, x(r))
		}
		for v := range 4 {
			a.p("VPMOVSXBW %d(BX), %s", 16*v, b)
			for r := range rows {
				a.p("VPMADDWD %s, %s, %s", b, x(r), product)
				a.p("VPADDD %s, %s, %s", product, acc(r, v), acc(r, v))
			}
		}
	})
	a.p("MOVQ byteArgs_c(DI), SI")
	a.p("MOVQ byteArgs_first(DI), CX")
	a.p("MOVQ byteArgs_rowFirst(DI), DX")
	for r := range rows {
		a.p("VPBROADCASTD %d(DX), %s", 4*r, x(0))
		for h := range 2 {
			a.p("VPHADDD %s, %s, %s // columns 0 1 4 5 2 3 6 7", acc(r, 2*h+1), acc(r, 2*h), b)
			a.p("VPERMQ $0xD8, %s, %s", b, b)
			a.p("VPADDD %d(CX), %s, %s", 32*h, b, b)
			a.p("VPADDD %s, %s, %s", x(0), b, b)
			a.p("VMOVDQU %s, %d(SI)", b, 64*r+32*h)
		}
	}
	a.p("ADDQ $%d, DX", 4*rows)
	a.p("MOVQ DX, byteArgs_rowFirst(DI)")
	a.p("ADDQ $%d, SI", 64*rows)
	a.endBytes()
}
