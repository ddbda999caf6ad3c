package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/ganlet/ganlet/internal/peer/figures"
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
		return figures.Quantile(r.ours, .5)
	}
	return figures.Quantile(r.ours, .5) / figures.Quantile(r.theirs, .5)
}

// spread is the middle half of the rounds' own ratios. Rounds are pairs.
func (r *row) spread() (low, high float64) {
	ratios := make([]float64, min(len(r.ours), len(r.theirs)))
	for i := range ratios {
		ratios[i] = r.ours[i] / r.theirs[i]
	}
	return figures.Quantile(ratios, .25), figures.Quantile(ratios, .75)
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
	return []string{r.name, amount(figures.Quantile(r.ours, .5)), amount(figures.Quantile(r.theirs, .5)), fmt.Sprintf("%.3f", r.value()), rounds, must, want, r.mark()}
}

// writeTable writes the rows, beside a peer, in Markdown, columns aligned.
func writeTable(w io.Writer, peer string, rows []*row) error {
	heads := []string{"", "ganlet", peer, "ratio", "middle half", "must", "want", "reached"}
	lines := [][]string{heads}
	for _, r := range rows {
		lines = append(lines, r.cells())
	}
	return figures.Table(w, lines)
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
