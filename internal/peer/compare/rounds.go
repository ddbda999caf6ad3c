package main

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

// This file is what is timed, and the rounds: in each, ours and theirs take turns, row by row, each in processes of its own.

// contest is rows that one run of each side gives the figures of.
type contest struct {
	rows         []*row
	ours, theirs func() ([]float64, error) // a figure for each row
}

// engines is both sides' programs.
type engines struct {
	*workshop
	ganinfer, ort, launch string
	calls                 int // to time in a process, in batches of one
}

// newEngines builds them.
func newEngines(w *workshop, calls int) (e *engines, err error) {
	e = &engines{workshop: w, calls: calls}
	if e.ganinfer, err = w.build(w.root, "ganinfer", "./cmd/ganinfer", native); err != nil {
		return nil, err
	}
	if e.launch, err = w.build(w.peer, "launch", "./launch", native); err != nil {
		return nil, err
	}
	e.ort, err = w.build(w.peer, "ort", "./ort", withC)
	return e, err
}

// batchCalls is how many calls of a batch are timed.
func (e *engines) batchCalls(batch int) int { return max(e.calls/batch, 5) }

// bench is ganinfer bench: the median time of an image in microseconds, and the allocations of a call.
func (e *engines) bench(m model, batch, threads int) (p50, allocs float64, err error) {
	var found struct {
		P50    float64 `json:"p50_us"`
		Allocs float64 `json:"allocs_per_op"`
	}
	err = call(&found, e.ganinfer, "bench", m.path, "--json", "-n", strconv.Itoa(e.batchCalls(batch)), "--batch", strconv.Itoa(batch), "--threads", strconv.Itoa(threads))
	return found.P50 / float64(batch), found.Allocs, err
}

// ortArgs is the arguments of ort: n is the runs to time, 0 for the first run alone.
func ortArgs(m model, batch, threads, n int) []string {
	return append(askArgs(m, batch, threads, n), "-in", m.in, "-out", m.out)
}

// askArgs is ortArgs without the names.
func askArgs(m model, batch, threads, n int) []string {
	dims := []string{strconv.Itoa(batch)}
	for _, d := range m.shape[1:] {
		dims = append(dims, strconv.Itoa(d))
	}
	return []string{"-model", m.path, "-shape", strings.Join(dims, ","), "-threads", strconv.Itoa(threads), "-n", strconv.Itoa(n)}
}

// speed is one row: ours on one model, theirs on another or the same.
func (e *engines) speed(name string, ours, theirs model, batch, threads int, must, want float64) *contest {
	return &contest{
		rows: []*row{{name: name, unit: "us", must: must, want: want}},
		ours: func() ([]float64, error) {
			p50, _, err := e.bench(ours, batch, threads)
			return []float64{p50}, err
		},
		theirs: func() ([]float64, error) {
			var found struct {
				P50 float64 `json:"p50_us"`
			}
			err := call(&found, e.ort, ortArgs(theirs, batch, threads, e.batchCalls(batch))...)
			return []float64{found.P50 / float64(batch)}, err
		},
	}
}

// start is two rows: time and memory of a process that loads the model and draws one image.
func (e *engines) start(theirs []string, m model, rows ...*row) *contest {
	launch := func(args ...string) ([]float64, error) {
		var found struct {
			Wall float64 `json:"wall_us"`
			Peak float64 `json:"peak_rss_kb"`
		}
		err := call(&found, e.launch, args...)
		return []float64{found.Wall / 1e3, found.Peak * 1024 / 1e6}, err
	}
	picture := filepath.Join(e.scratch, "x.png")
	return &contest{
		rows:   rows,
		ours:   func() ([]float64, error) { return launch(e.ganinfer, "sample", m.path, "-n", "1", "-o", picture) },
		theirs: func() ([]float64, error) { return launch(append([]string{e.ort}, theirs...)...) },
	}
}

// contests are all of them, in the order of the table.
func (e *engines) contests(models map[string]model) []*contest {
	mlp, half, dcgan28, dcgan64 := models["mlp"], models["mlp16"], models["dcgan28"], models["dcgan64"]
	return []*contest{
		e.speed("mlp", mlp, mlp, 1, 1, .85, .70),
		e.speed("mlp, float16 weights / float32", half, mlp, 1, 1, .60, .45),
		e.speed("dcgan28", dcgan28, dcgan28, 1, 1, .60, .40),
		e.speed("dcgan64", dcgan64, dcgan64, 1, 1, .65, .50),
		e.speed("dcgan64, batch 16, an image", dcgan64, dcgan64, 16, 1, .75, .55),
		e.speed("dcgan64, 2 threads", dcgan64, dcgan64, 1, 2, .70, .50),
		e.start(askArgs(dcgan28, 1, 1, 0), dcgan28,
			&row{name: "process start to first image, dcgan28", unit: "ms", must: .25, want: .10},
			&row{name: "peak memory of that process", unit: "MB", must: .50, want: .30}),
		e.start(ortArgs(dcgan28, 1, 1, 0), dcgan28,
			&row{name: "the first image, were ONNX Runtime told the names", unit: "ms", aside: true},
			&row{name: "peak memory, were it told the names", unit: "MB", aside: true}),
	}
}

// play runs all contests for a number of rounds; before the first, the files are read once, so that they are in memory.
func play(contests []*contest, rounds int, progress func(round int)) error {
	for round := range rounds + 1 {
		progress(round)
		for _, c := range contests {
			ours, err := c.ours()
			if err != nil {
				return err
			}
			theirs, err := c.theirs()
			if err != nil {
				return err
			}
			for i, r := range c.rows {
				if !(ours[i] > 0 && theirs[i] > 0) {
					return fmt.Errorf("%s: %v against %v, want more than 0", r.name, ours[i], theirs[i])
				}
				if round > 0 {
					r.ours, r.theirs = append(r.ours, ours[i]), append(r.theirs, theirs[i])
				}
			}
		}
	}
	return nil
}
