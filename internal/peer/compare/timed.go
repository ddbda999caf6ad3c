package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// This file is the table of what is timed on this machine, from the builds to the rows.

// timedRows measures all but the rows of instructionRows, and says how.
func (w *workshop) timedRows(o *options, models map[string]model, stderr io.Writer) (rows []*row, how string, err error) {
	if os.Getenv("ORT_LIB") == "" {
		return nil, "", errors.New("no ONNX Runtime library: set ORT_LIB to the path of libonnxruntime.so.1")
	}
	e, err := newEngines(w, o.calls)
	if err != nil {
		return nil, "", err
	}
	var contests []*contest
	for _, c := range e.contests(models) {
		if o.wants(c.rows) {
			contests, rows = append(contests, c), append(rows, c.rows...)
		}
	}
	if err := play(contests, o.rounds, progress(o.rounds, stderr)); err != nil {
		return nil, "", err
	}
	sizes, err := w.sizeRows()
	if err != nil {
		return nil, "", err
	}
	allocations, err := e.allocations(models)
	if err != nil {
		return nil, "", err
	}
	for _, r := range append(sizes, allocations) {
		if o.wants([]*row{r}) {
			rows = append(rows, r)
		}
	}
	var theirs struct{ Version string }
	if err := call(&theirs, e.ort, ortArgs(models["mlp"], 1, 1, 0)...); err != nil {
		return nil, "", err
	}
	how = fmt.Sprintf("ONNX Runtime %s; medians of %d rounds, in each the median of %d calls (%d of batch 16); the middle half is that of the rounds' own ratios",
		theirs.Version, o.rounds, o.calls, e.batchCalls(16))
	return rows, how, nil
}

// progress says on stderr which round it is.
func progress(rounds int, stderr io.Writer) func(round int) {
	begun := time.Now()
	return func(round int) {
		fmt.Fprintf(stderr, "round %d of %d, %.0f s\n", round, rounds, time.Since(begun).Seconds())
	}
}

// allocations is the row of that name: the most of all models.
func (e *engines) allocations(models map[string]model) (*row, error) {
	most := 0.
	for _, name := range modelNames {
		_, allocs, err := e.bench(models[name], 1, 1)
		if err != nil {
			return nil, err
		}
		most = max(most, allocs)
	}
	return &row{name: "allocations of a call, one worker", ours: []float64{most}, must: 0, want: 0}, nil
}
