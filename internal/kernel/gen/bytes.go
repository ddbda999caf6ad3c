package main

import (
	"bytes"
	"fmt"
	"slices"
)

// This file is the tiles of bytes of bytes.go: which there are.

// A byteTier prints tiles of bytes for one instruction set: for each number of
// panels one routine, of as many rows as the registers allow.
type byteTier struct {
	name string
	rows map[int]int // of a tile of so many panels
	tile func(name string, rows, panels int)
}

func (t *byteTier) write(dispatch, stubs *bytes.Buffer) {
	var panels []int
	for p := range t.rows {
		panels = append(panels, p)
	}
	slices.Sort(panels)
	fmt.Fprintf(dispatch, "// bytes%s runs the routine for panels.\nfunc bytes%s(t *byteArgs, panels int) {\nswitch panels {\n", t.name, t.name)
	for _, p := range panels {
		name := fmt.Sprintf("bytes%sr%dp%d", t.name, t.rows[p], p)
		t.tile(name, t.rows[p], p)
		fmt.Fprintf(dispatch, "case %d:\n%s(t)\n", p, name)
		fmt.Fprintf(stubs, "//go:noescape\nfunc %s(t *byteArgs)\n\n", name)
	}
	fmt.Fprintf(dispatch, "default:\npanic(\"kernel: no such tile\")\n}\n}\n\n")
	fmt.Fprintf(dispatch, "// bytesRows%s is the rows of a tile of panels.\nfunc bytesRows%s(panels int) int {\nreturn [...]int{", t.name, t.name)
	for p := range slices.Max(panels) + 1 {
		fmt.Fprintf(dispatch, "%d, ", t.rows[p])
	}
	fmt.Fprintf(dispatch, "}[panels]\n}\n\n")
}
