// Command families times infer beside ONNX Runtime on the generators of testdata/generators, family by family, and prints a table
// in Markdown: the medians of both, one sample on one thread, and their ratio.
//
//	cd internal/peer; ORT_LIB=/path/to/libonnxruntime.so.1 go run ./families [-rounds 9] [-only REGEXP] [FILE.onnx ...]
//
// Without files they are the small ones of testdata, at opset 13. Full-sized ones are made by
//
//	testdata/torch/generators.py --full DIR
//
// The engines take turns in one process. The exit code is 1 if a family takes more than 1.5 times ONNX Runtime's time, or if an
// output is off by more than 1e-4 of its range.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/ganlet/ganlet/infer"
	"github.com/ganlet/ganlet/internal/peer"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(os.Stderr, "families: error: %v\n", err)
		os.Exit(1)
	}
}

const (
	most = 1.5  // times ONNX Runtime's time
	near = 1e-4 // of an output's range
)

func run(args []string, stdout, stderr io.Writer) error {
	f := flag.NewFlagSet("families", flag.ContinueOnError)
	f.SetOutput(stderr)
	rounds := f.Int("rounds", 9, "rounds, in each of which both engines run for -time")
	each := f.Duration("time", 30*time.Millisecond, "how long an engine runs in a round")
	only := f.String("only", "", "families to time: those whose file has a match of this `expression`")
	if err := f.Parse(args); err != nil {
		return err
	}
	match, err := regexp.Compile(*only)
	if err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	if *rounds < 1 {
		return fmt.Errorf("-rounds is %d, want at least 1", *rounds)
	}
	if err := peer.Start(os.Getenv("ORT_LIB")); err != nil {
		return err
	}
	files := f.Args()
	if len(files) == 0 {
		if files, err = filepath.Glob("../../testdata/generators/*-13.onnx"); err != nil {
			return err
		}
	}
	fmt.Fprintf(stdout, "| %-26s | %9s | %9s | ratio | off by  |\n|-|-|-|-|-|\n", "", "infer, us", "ORT, us")
	missed := 0
	for _, path := range files {
		name := filepath.Base(path)
		if !match.MatchString(name) {
			continue
		}
		c, err := newContest(path)
		if err != nil {
			fmt.Fprintf(stdout, "| %-26s | %v |\n", name, err)
			missed++
			continue
		}
		ours, theirs, err := c.times(*rounds, *each)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		fmt.Fprintf(stdout, "| %-26s | %9.1f | %9.1f | %5.2f | %.1e |\n", name, ours, theirs, ours/theirs, c.off)
		if ours > most*theirs || !(c.off <= near) {
			missed++
		}
	}
	if missed > 0 {
		return fmt.Errorf("%d files take more than %v times as long, are off by more than %v, or do not load", missed, most, near)
	}
	return nil
}

// contest is one file in both engines, with the same inputs.
type contest struct {
	ours, theirs func() error // one run
	off          float64      // by which part of an output's range they differ at most
}

func newContest(path string) (*contest, error) {
	model, err := infer.Open(path)
	if err != nil {
		return nil, err
	}
	session, err := model.NewSession(1)
	if err != nil {
		return nil, err
	}
	inputs := examples(model.Inputs())
	got, err := session.Run(context.Background(), inputs...)
	if err != nil {
		return nil, err
	}
	other, err := peer.OpenAll(path, names(model.Inputs()), names(model.Outputs()), 1)
	if err != nil {
		return nil, err
	}
	var values []peer.Tensor
	for _, in := range inputs {
		values = append(values, peer.Tensor{Shape: in.Shape, Data: in.Data})
	}
	bound, err := other.BindAll(values...)
	if err != nil {
		return nil, err
	}
	outputs := got // both write to the same memory in each run
	c := &contest{theirs: bound.Run, ours: func() error { return session.RunTo(context.Background(), outputs, inputs...) }}
	if err := bound.Run(); err != nil {
		return nil, err
	}
	for i, t := range got {
		want, err := bound.Output(i)
		if err != nil {
			return nil, err
		}
		c.off = max(c.off, off(t.Data.([]float32), want))
	}
	return c, nil
}

func names(values []infer.Value) (list []string) {
	for _, v := range values {
		list = append(list, v.Name)
	}
	return list
}

// examples is one sample of every input: normal, or 1 for a label.
func examples(values []infer.Value) (inputs []infer.Tensor) {
	random := rand.New(rand.NewPCG(1, 0))
	for _, v := range values {
		n, shape := 1, slices.Clone(v.Shape)
		shape[0] = 1
		for _, d := range shape {
			n *= d
		}
		data := make([]float32, n)
		for i := range data {
			data[i] = float32(random.NormFloat64())
		}
		t := infer.Tensor{Name: v.Name, Shape: shape, Data: data}
		if v.Type == "int64" {
			t.Data = slices.Repeat([]int64{1}, n)
		}
		inputs = append(inputs, t)
	}
	return inputs
}

// off is the largest difference, as a part of want's range.
func off(got, want []float32) (most float64) {
	span := float64(slices.Max(want)) - float64(slices.Min(want))
	for i, w := range want {
		most = max(most, math.Abs(float64(got[i])-float64(w))/span)
	}
	return most
}

// times runs both for a while, in turns, and returns the medians of a run in microseconds: of the rounds' own medians.
func (c *contest) times(rounds int, each time.Duration) (ours, theirs float64, err error) {
	var all [2][]float64
	for range rounds {
		for i, f := range []func() error{c.ours, c.theirs} {
			var v []float64
			for begun := time.Now(); len(v) < 3 || time.Since(begun) < each; {
				start := time.Now()
				if err := f(); err != nil {
					return 0, 0, err
				}
				v = append(v, float64(time.Since(start).Nanoseconds())/1e3)
			}
			all[i] = append(all[i], median(v))
		}
	}
	return median(all[0]), median(all[1]), nil
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}
