package main

import "fmt"

// This file prints tiles of bytes for NEON, with and without products of bytes.

func (a *arm64) byteTiers() []byteTier {
	return []byteTier{
		{"Dot", map[int]int{1: 4}, func(name string, rows, _ int) { a.bytesTile(name, rows, true) }},
		{"NEON", map[int]int{1: 2}, func(name string, rows, _ int) { a.bytesTile(name, rows, false) }},
	}
}

// bytesTile is a tile of one panel. With dot, a row has four vectors of sums;
// without, eight: two sums for each column, of the first two of every quad and of
// the others.
func (a *arm64) bytesTile(name string, rows int, dot bool) {
	a.body.Reset()
	vectors := 8
	if dot {
		vectors = 4
	}
	acc := func(r, v int) reg { return reg(r*vectors + v) }
	b := reg(rows * vectors)
	x := func(r int) reg { return b + 4 + reg(r) }
	product := x(rows)
	start := func(r int) int { return 4 + r } // R4..R7
	row := func(r int) int { return 20 + r }  // R20..R23
	a.p("MOVD t+0(FP), R0")
	a.p("MOVD byteArgs_aoff(R0), R9")
	a.p("MOVD byteArgs_rowFirst(R0), R10")
	a.p("MOVD byteArgs_c(R0), R11")
	a.p("MOVD byteArgs_tiles(R0), R13")
	fmt.Fprintf(&a.body, "\ntile:\n")
	a.p("MOVD byteArgs_a(R0), R2")
	for r := range rows {
		a.p("MOVD.P 8(R9), R3")
		a.p("ADD R3, R2, R%d", start(r))
	}
	for i := range rows * vectors {
		a.p("VEOR V%d.B16, V%d.B16, V%d.B16", i, i, i)
	}
	a.p("MOVD byteArgs_b(R0), R12")
	a.p("MOVD byteArgs_segments(R0), R14")
	a.p("MOVD byteArgs_count(R0), R15")
	fmt.Fprintf(&a.body, "\nsegment:\n")
	a.p("MOVW.P 4(R14), R3")
	for r := range rows {
		a.p("ADD R3, R%d, R%d", start(r), row(r))
	}
	a.p("MOVD byteArgs_quads(R0), R1")
	fmt.Fprintf(&a.body, "\nloop:\n")
	a.p("VLD1.P 64(R12), [V%d.B16, V%d.B16, V%d.B16, V%d.B16]", b, b+1, b+2, b+3)
	for r := range rows {
		a.p("VLD1R.P 4(R%d), [V%d.S4]", row(r), x(r))
	}
	for r := range rows {
		for v := range reg(4) {
			if dot {
				a.word(three(0x4E809400, acc(r, int(v)), b+v, x(r)), "SDOT V%d.4S, V%d.16B, V%d.16B", acc(r, int(v)), b+v, x(r))
				continue
			}
			low, high := acc(r, int(2*v)), acc(r, int(2*v)+1)
			a.word(three(0x0E20C000, product, b+v, x(r)), "SMULL V%d.8H, V%d.8B, V%d.8B", product, b+v, x(r))
			a.word(three(0x4E606800, low, product, 0), "SADALP V%d.4S, V%d.8H", low, product)
			a.word(three(0x4E20C000, product, b+v, x(r)), "SMULL2 V%d.8H, V%d.16B, V%d.16B", product, b+v, x(r))
			a.word(three(0x4E606800, high, product, 0), "SADALP V%d.4S, V%d.8H", high, product)
		}
	}
	a.p("SUBS $1, R1")
	a.p("BNE loop")
	a.p("SUBS $1, R15")
	a.p("BNE segment")
	a.p("MOVD byteArgs_first(R0), R3")
	a.p("VLD1 (R3), [V%d.S4, V%d.S4, V%d.S4, V%d.S4]", b, b+1, b+2, b+3)
	for r := range rows {
		a.p("VLD1R.P 4(R10), [V%d.S4]", x(0))
		for v := range reg(4) {
			d := acc(r, int(v))
			if !dot {
				low, high := acc(r, int(2*v)), acc(r, int(2*v)+1)
				d = acc(r, 0) + v
				a.word(three(0x4EA0BC00, d, low, high), "ADDP V%d.4S, V%d.4S, V%d.4S", d, low, high)
			}
			a.op("iadd", d, d, b+v)
			a.op("iadd", d, d, x(0))
		}
		d := acc(r, 0)
		a.p("VST1.P [V%d.S4, V%d.S4, V%d.S4, V%d.S4], 64(R11)", d, d+1, d+2, d+3)
	}
	a.p("SUBS $1, R13")
	a.p("BNE tile")
	a.p("RET")
	fmt.Fprintf(a.out, "\n// func %s(t *byteArgs)\nTEXT ·%s(SB), NOSPLIT, $0-8\n", name, name)
	a.out.Write(a.body.Bytes())
}
