package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// This file is the table: what was measured, against what is to be reached.

// row is one figure: ours over theirs, or ours alone.
type row struct {
	name         string
	unit         string    // "us", "ms", "MB", "M" (instructions), "" (a count)
	ours, theirs []float64 // of each round; theirs is empty where there is nothing to compare with
	must, want   float64   // at most: the ratio, or ours
	aside        bool      // for information: there is nothing to reach
}

// value is what must and want are about.
func (r *row) value() float64 {
	if len(r.theirs) == 0 {
		return quantile(r.ours, .5)
	}
	return quantile(r.ours, .5) / quantile(r.theirs, .5)
}

// spread is the middle half of the rounds' own ratios. Rounds are pairs.
func (r *row) spread() (low, high float64) {
	ratios := make([]float64, min(len(r.ours), len(r.theirs)))
	for i := range ratios {
		ratios[i] = r.ours[i] / r.theirs[i]
	}
	return quantile(ratios, .25), quantile(ratios, .75)
}

// mark says which of the two is reached.
func (r *row) mark() string {
	switch v := r.value(); {
	case r.aside:
		return ""
	case v <= r.want:
		return "want"
	case v <= r.must:
		return "must"
	}
	return "MISSED" // also of nothing, and of a NaN
}

// cells is the row as the table shows it.
func (r *row) cells() []string {
	amount := func(v float64) string { return strings.TrimSpace(fmt.Sprintf("%.4g %s", v, r.unit)) }
	if len(r.theirs) == 0 {
		return []string{r.name, amount(r.value()), "", "", "", amount(r.must), amount(r.want), r.mark()}
	}
	rounds := ""
	if len(r.ours) > 1 {
		low, high := r.spread()
		rounds = fmt.Sprintf("%.3f-%.3f", low, high)
	}
	must, want := fmt.Sprintf("%.2f", r.must), fmt.Sprintf("%.2f", r.want)
	if r.aside {
		must, want = "", ""
	}
	return []string{r.name, amount(quantile(r.ours, .5)), amount(quantile(r.theirs, .5)), fmt.Sprintf("%.3f", r.value()), rounds, must, want, r.mark()}
}

// writeTable writes the rows, beside a peer, in Markdown, columns aligned.
func writeTable(w io.Writer, peer string, rows []*row) error {
	heads := []string{"", "ganlet", peer, "ratio", "middle half", "must", "want", "reached"}
	lines := [][]string{heads, nil}
	for _, r := range rows {
		lines = append(lines, r.cells())
	}
	widths := make([]int, len(heads))
	for _, line := range lines {
		for i, cell := range line {
			widths[i] = max(widths[i], len(cell))
		}
	}
	for _, width := range widths {
		lines[1] = append(lines[1], strings.Repeat("-", width))
	}
	var b strings.Builder
	for _, line := range lines {
		for i, cell := range line {
			fmt.Fprintf(&b, "| %-*s ", widths[i], cell)
		}
		b.WriteString("|\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// missed counts the rows that do not reach what they must.
func missed(rows []*row) (n int) {
	for _, r := range rows {
		if r.mark() == "MISSED" {
			n++
		}
	}
	return n
}

// quantile returns the value that a part q of v lies below, between two neighbours in proportion; the median for .5, a NaN for
// nothing. V stays as it is.
func quantile(v []float64, q float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	v = slices.Sorted(slices.Values(v))
	at := q * float64(len(v)-1)
	i := int(at)
	if i == len(v)-1 {
		return v[i]
	}
	return v[i] + (at-float64(i))*(v[i+1]-v[i])
}
