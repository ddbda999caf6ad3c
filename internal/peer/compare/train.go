package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// This file is the table of training: a step in Gorgonia beside one in PyTorch, and beside itself.

// trainer is both sides' programs.
type trainer struct {
	*workshop
	gantrain, own string // own: the tests of package gan, with the benchmark of Gorgonia's own operators
	steps         int    // that a process times
}

// trainRows measures the rows of training, and says how.
func (w *workshop) trainRows(o *options, stderr io.Writer) (rows []*row, how string, err error) {
	t := &trainer{workshop: w, steps: 20}
	if t.gantrain, err = w.build(w.root, "gantrain", "./cmd/gantrain", native); err != nil {
		return nil, "", err
	}
	t.own = filepath.Join(w.scratch, "gan.test")
	compile := exec.Command("go", "test", "-c", "-o", t.own, "./gan")
	compile.Dir = w.root
	if _, err := output(compile); err != nil {
		return nil, "", err
	}
	var contests []*contest
	for _, c := range t.contests() {
		if o.wants(c.rows) {
			contests, rows = append(contests, c), append(rows, c.rows...)
		}
	}
	if err := play(contests, o.rounds, progress(o.rounds, stderr)); err != nil {
		return nil, "", err
	}
	version, _, err := t.torch("mlp", 1, 2, 1)
	if err != nil {
		return nil, "", err
	}
	how = fmt.Sprintf("PyTorch %s; batch 64 but where it says otherwise; medians of %d rounds, in each the median of %d steps; the middle half is that of the rounds' own ratios",
		version, o.rounds, t.steps)
	return rows, how, nil
}

// contests are all of them, in the order of the table.
func (t *trainer) contests() []*contest {
	return []*contest{
		t.beside("dcgan step, 2 threads / PyTorch", "dcgan", 2, 1, .6),
		t.beside("mlp step, 2 threads / PyTorch", "mlp", 2, 1, .6),
		t.beside("dcgan step, 1 thread / PyTorch", "dcgan", 1, 1, .7),
		{
			rows:   []*row{{name: "dcgan step, 2 threads / Gorgonia's own operators", unit: "ms", must: .08, want: .04}},
			ours:   func() ([]float64, error) { return t.step(64, 64) },
			theirs: t.ownOperators,
		},
		t.growth("dcgan, ns a multiply-add: batch 128 / batch 64", 64, 128),
		t.growth("dcgan, ns a multiply-add: width 128 / width 64", 128, 64),
	}
}

// beside is a row of a step in Gorgonia and one in PyTorch.
func (t *trainer) beside(name, arch string, threads int, must, want float64) *contest {
	return &contest{
		rows: []*row{{name: name, unit: "ms", must: must, want: want}},
		ours: func() ([]float64, error) { return t.bench("--arch", arch, "--threads", strconv.Itoa(threads)) },
		theirs: func() ([]float64, error) {
			_, ms, err := t.torch(arch, threads, 64, t.steps)
			return []float64{ms}, err
		},
	}
}

// growth is a row of the time that a multiply-add takes in a larger dcgan step, and in the usual one.
func (t *trainer) growth(name string, width, batch int) *contest {
	each := func(width, batch int) ([]float64, error) {
		ms, err := t.step(width, batch)
		if err == nil {
			ms[0] *= 1e6 / (float64(batch) * dcganWork(width))
		}
		return ms, err
	}
	return &contest{
		rows:   []*row{{name: name, unit: "ns", must: 1.15, want: 1}},
		ours:   func() ([]float64, error) { return each(width, batch) },
		theirs: func() ([]float64, error) { return each(64, 64) },
	}
}

// dcganWork is the multiply-adds of one image's share of a dcgan step on 28x28 pixels: the generator forwards and, but for the
// latents, backwards; the discriminator on a real and a generated image, and on the generated one again, without its weights' slopes.
func dcganWork(width int) float64 {
	w := float64(width)
	g := [3]float64{100 * 2 * w * 49, 2 * w * w * 16 * 49, w * 16 * 196}
	d := [3]float64{w * 16 * 196, w * 2 * w * 16 * 49, 2 * w * 49}
	return 2*g[0] + 3*(g[1]+g[2]) + 2*(2*d[0]+3*(d[1]+d[2])) + 2*(d[0]+d[1]+d[2])
}

// step is a dcgan step on two threads, in milliseconds.
func (t *trainer) step(width, batch int) ([]float64, error) {
	return t.bench("--arch", "dcgan", "--threads", "2", "--width", strconv.Itoa(width), "--batch", strconv.Itoa(batch))
}

func (t *trainer) bench(args ...string) ([]float64, error) {
	var found struct {
		Step float64 `json:"step_ms"`
	}
	err := call(&found, t.gantrain, append([]string{"bench", "--json", "-n", strconv.Itoa(t.steps)}, args...)...)
	return []float64{found.Step}, err
}

// torch is a step in PyTorch.
func (t *trainer) torch(arch string, threads, batch, steps int) (version string, ms float64, err error) {
	var found struct {
		Version string
		Step    float64 `json:"step_ms"`
	}
	// Two settings of some machines' environments break Debian's BLAS.
	err = call(&found, "env", "-u", "OPENBLAS_CORETYPE", "-u", "OPENBLAS_L2_SIZE", "/usr/bin/python3", filepath.Join(t.root, "testdata", "torch", "step.py"),
		arch, strconv.Itoa(threads), strconv.Itoa(batch), strconv.Itoa(steps))
	return found.Version, found.Step, err
}

// ownOperators is a step of Gorgonia's own operators.
func (t *trainer) ownOperators() ([]float64, error) {
	cmd := exec.Command(t.own, "-test.run", "^$", "-test.bench", "^BenchmarkOwnOperators$", "-test.benchtime", "1x")
	cmd.Dir = filepath.Join(t.root, "gan")
	cmd.Env = append(os.Environ(), "GOMAXPROCS=2")
	out, err := output(cmd)
	if err != nil {
		return nil, err
	}
	fields := strings.Fields(string(out))
	for i, f := range fields {
		if f == "ns/op" {
			ns, err := strconv.ParseFloat(fields[i-1], 64)
			return []float64{ns / 1e6}, err
		}
	}
	return nil, fmt.Errorf("%s printed %q, want a time", t.own, out)
}
