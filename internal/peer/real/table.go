package main

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/ganlet/ganlet/internal/peer/figures"
)

// This file is the tables.

// What a row should reach: ganlet's time and memory over ONNX Runtime's, at most.
const (
	timeTarget   = 1.0
	memoryTarget = 1.0
)

// noise is how far time and memory with sizes fixed may be from those with sizes open, as a part of them, before the table marks it.
const noise = .1

// report prints the rows. Its error counts those that failed or are wrong.
func report(w io.Writer, o *options, rows []*row) error {
	clock := "clock"
	if o.cpu {
		clock = "processor"
	}
	fmt.Fprintf(w, "%s; %s; one thread; %s time, medians of %d turns; ratios of times are medians of the turns' own, and their ranges the middle half. Targets: time %.1f, memory %.1f.\n\n",
		time.Now().UTC().Format("2006-01-02 15:04 MST"), figures.Machine(), clock, o.rounds, timeTarget, memoryTarget)
	main := [][]string{{"model", "ganlet", "ONNX Runtime", "ratio", "range", "ganlet", "ONNX Runtime", "ratio", "largest difference", "rms", "misses"}}
	fixed := [][]string{{"model", "sizes open", "fixed", "ratio", "range", "sizes open", "fixed", "ratio", "bits", "differs in"}}
	bad := 0
	for _, r := range rows {
		if r.err != nil || len(r.wrong()) > 0 {
			bad++
		}
		if r.err != nil {
			continue
		}
		main = append(main, r.cells())
		if r.model.free {
			fixed = append(fixed, r.fixedCells())
		}
	}
	for _, table := range [][][]string{main, fixed} {
		if len(table) > 1 {
			if err := figures.Table(w, table); err != nil {
				return err
			}
			fmt.Fprintln(w)
		}
	}
	for _, r := range rows {
		if r.err != nil {
			fmt.Fprintf(w, "%s failed: %v\n", r.name(), r.err)
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d of %d rows failed or are wrong", bad, len(rows))
	}
	return nil
}

// wrong says what is wrong with the outputs.
func (r *row) wrong() (what []string) {
	if !(r.gap.most <= r.model.limit.most && r.gap.rms <= r.model.limit.rms) {
		what = append(what, "RESULT")
	}
	if r.model.free && !r.equal {
		what = append(what, "BITS")
	}
	return what
}

// cells is the row beside ONNX Runtime.
func (r *row) cells() []string {
	cells := compared(r.name(), &r.ours, &r.theirs)
	misses := r.wrong()
	if !(ratio(&r.ours, &r.theirs, .5) <= timeTarget) {
		misses = append(misses, "time")
	}
	if !(r.ours.peak/r.theirs.peak <= memoryTarget) {
		misses = append(misses, "memory")
	}
	limit := r.model.limit
	return append(cells, fmt.Sprintf("%.1e of %.1e", r.gap.most, limit.most), fmt.Sprintf("%.1e of %.1e", r.gap.rms, limit.rms), strings.Join(misses, ", "))
}

// fixedCells is the row with sizes open beside that with sizes fixed.
func (r *row) fixedCells() []string {
	cells, bits := compared(r.name(), &r.ours, &r.fixed), "equal"
	if !r.equal {
		bits = "DIFFER"
	}
	var differs []string
	low, high := ratio(&r.ours, &r.fixed, .25), ratio(&r.ours, &r.fixed, .75)
	if math.Abs(ratio(&r.ours, &r.fixed, .5)-1) > noise && (low > 1 || high < 1) {
		differs = append(differs, "time")
	}
	if math.Abs(r.ours.peak/r.fixed.peak-1) > noise {
		differs = append(differs, "memory")
	}
	return append(cells, bits, strings.Join(differs, ", "))
}

// compared is the cells that the tables have in common.
func compared(name string, a, b *side) []string {
	return []string{
		name, duration(figures.Quantile(a.times, .5)), duration(figures.Quantile(b.times, .5)),
		fmt.Sprintf("%.2f", ratio(a, b, .5)), fmt.Sprintf("%.2f-%.2f", ratio(a, b, .25), ratio(a, b, .75)),
		megabytes(a.peak), megabytes(b.peak), fmt.Sprintf("%.2f", a.peak/b.peak),
	}
}

// ratio is a quantile of the ratios of a's times to b's, turn by turn.
func ratio(a, b *side, q float64) float64 {
	ratios := make([]float64, len(a.times))
	for i := range ratios {
		ratios[i] = a.times[i] / b.times[i]
	}
	return figures.Quantile(ratios, q)
}

func duration(seconds float64) string { return fmt.Sprintf("%.4g ms", 1e3*seconds) }

func megabytes(bytes float64) string { return fmt.Sprintf("%.0f MB", bytes/1e6) }
