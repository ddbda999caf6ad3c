package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// This file is the rows that are counted and not timed: instructions on arm64, under qemu-user. Noise does not touch them, but Go's runtime
// varies by itself. ONNX Runtime is 1.20.1: the library of 1.30 does not load there.

// counter counts an arm64 program's instructions.
type counter struct{ script, dir string }

// count returns how many instructions a command takes.
func (c counter) count(settings []string, command ...string) (float64, error) {
	cmd := exec.Command(c.script, append([]string{"count", c.dir}, command...)...)
	cmd.Env = append(cmd.Environ(), settings...)
	out, err := output(cmd)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64)
	if err != nil || n <= 0 {
		return 0, fmt.Errorf("%s counted %q instructions", c.script, out)
	}
	return float64(n), nil
}

// perCall returns the instructions of one call, in millions, of a command that makes a number of them. A process varies by a million
// or two, so calls should amount to much more.
func perCall(calls int, count func(calls int) (float64, error)) (float64, error) {
	few, err := count(1)
	if err != nil {
		return 0, err
	}
	many, err := count(1 + calls)
	return (many - few) / float64(calls) / 1e6, err
}

// arm64 is both sides' programs there.
type arm64 struct {
	counter
	ganinfer, ort string
	library       []string // as a setting
	scratch       string
}

func newARM64(w *workshop, dir string) (a *arm64, err error) {
	libraries, err := filepath.Glob(filepath.Join(dir, "node_modules/onnxruntime-node/bin/napi-v*/linux/arm64/libonnxruntime.so.1"))
	if err != nil || len(libraries) != 1 {
		return nil, fmt.Errorf("-arm64: %q has %d libraries of ONNX Runtime, want one: ./arm64.sh setup makes it", dir, len(libraries))
	}
	a = &arm64{counter: counter{filepath.Join(w.peer, "arm64.sh"), dir}, library: []string{"ORT_LIB=" + libraries[0]}, scratch: w.scratch}
	if a.ganinfer, err = w.build(w.root, "ganinfer.arm64", "./cmd/ganinfer", forPi); err != nil {
		return nil, err
	}
	settings := append(slices.Clone(withC), "GOOS=linux", "GOARCH=arm64", "CC=aarch64-linux-gnu-gcc")
	a.ort, err = w.build(w.peer, "ort.arm64", "./ort", settings, "-modfile=go.arm64.mod")
	return a, err
}

// image fills in the instructions of one image, as the mean of calls.
func (a *arm64) image(r *row, m model, calls int) error {
	ours, err := perCall(calls, func(calls int) (float64, error) {
		return a.count(nil, a.ganinfer, "bench", m.path, "-n", strconv.Itoa(calls))
	})
	if err != nil {
		return err
	}
	theirs, err := perCall(calls, func(calls int) (float64, error) {
		return a.count(a.library, append([]string{a.ort}, ortArgs(m, 1, 1, calls)...)...)
	})
	r.ours, r.theirs = append(r.ours, ours), append(r.theirs, theirs)
	return err
}

// first fills in the instructions of a process that draws one image, a few times.
func (a *arm64) first(r *row, m model, theirArgs []string) error {
	for range 5 {
		ours, err := a.count(nil, a.ganinfer, "sample", m.path, "-n", "1", "-o", filepath.Join(a.scratch, "x.png"))
		if err != nil {
			return err
		}
		theirs, err := a.count(a.library, append([]string{a.ort}, theirArgs...)...)
		if err != nil {
			return err
		}
		r.ours, r.theirs = append(r.ours, ours/1e6), append(r.theirs, theirs/1e6)
	}
	return nil
}

// instructionRows counts, and says how.
func (w *workshop) instructionRows(o *options, models map[string]model) (rows []*row, how string, err error) {
	a, err := newARM64(w, o.arm64)
	if err != nil {
		return nil, "", err
	}
	mlp, dcgan28, dcgan64 := models["mlp"], models["dcgan28"], models["dcgan64"]
	for _, c := range []struct {
		row
		fill func(*row) error
	}{
		{row{name: "instructions of an image, mlp", must: .9, want: .7}, func(r *row) error { return a.image(r, mlp, 200) }},
		{row{name: "instructions of an image, dcgan28", must: .65, want: .45}, func(r *row) error { return a.image(r, dcgan28, 100) }},
		{row{name: "instructions of an image, dcgan64", must: .85, want: .6}, func(r *row) error { return a.image(r, dcgan64, 20) }},
		{row{name: "instructions to the first image, dcgan28", must: .25, want: .10}, func(r *row) error {
			return a.first(r, dcgan28, askArgs(dcgan28, 1, 1, 0))
		}},
		{row{name: "the same, were ONNX Runtime told the names", aside: true}, func(r *row) error {
			return a.first(r, dcgan28, ortArgs(dcgan28, 1, 1, 0))
		}},
	} {
		r := &c.row
		if r.unit = "M"; !o.wants([]*row{r}) {
			continue
		}
		if err := c.fill(r); err != nil {
			return nil, "", err
		}
		rows = append(rows, r)
	}
	return rows, "arm64 under qemu-user, ONNX Runtime 1.20.1; an image is the mean of 200 (mlp), 100 and 20, the first the median of 5", nil
}
