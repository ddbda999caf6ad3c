package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/ganlet/ganlet/internal/onnx"
	"github.com/ganlet/ganlet/internal/peer/figures"
)

// This file is one row: the processes of the sides, their turns, and what comes of them.

// row is a model at one size.
type row struct {
	model *model
	shape []int
	file  bool  // from the command line
	err   error // why there is no result

	ours, theirs, fixed side // fixed is ours with the sizes fixed, if the model leaves them open
	gap                 gap  // between ours and theirs: the largest of all outputs
	equal               bool // fixing the sizes changed no bit
}

// side is what was measured of one.
type side struct {
	times []float64 // of each turn: the median of its runs, in seconds
	peak  float64   // bytes
}

// A turn takes about this long, in seconds, but for at least one run and at most maxRuns.
const (
	turnTime = .3
	maxRuns  = 100
)

// measure fills in the row.
func (r *row) measure(ctx context.Context, c *cache, o *options, scratch string) error {
	path, err := r.model.file(ctx, c)
	if err != nil {
		return err
	}
	x, err := r.model.input(ctx, c, r.shape)
	if err != nil {
		return err
	}
	input, outputs, err := names(path)
	if err != nil {
		return err
	}
	common := sideOptions{model: path, input: filepath.Join(scratch, "input"), inputName: input, outputNames: outputs, shape: r.shape, cpu: o.cpu}
	if err := writeFloats(common.input, [][]float32{x}); err != nil {
		return err
	}
	ours, theirs, fixed := common, common, common
	ours.engine, ours.output, ours.profile = "ganlet", filepath.Join(scratch, "ours"), o.profile
	theirs.engine, theirs.output = "ort", filepath.Join(scratch, "theirs")
	fixed.engine, fixed.output, fixed.fixed = "ganlet", filepath.Join(scratch, "fixed"), true
	sides, all := []*side{&r.ours, &r.theirs}, []sideOptions{ours, theirs}
	if r.model.free {
		sides, all = append(sides, &r.fixed), append(all, fixed)
	}
	if err := play(ctx, sides, all, o.rounds); err != nil {
		return err
	}
	return r.judge(outputs, all)
}

// names returns the names of a file's only input, and of its outputs.
func names(path string) (input string, outputs []string, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", nil, err
	}
	m, err := onnx.Unmarshal(data)
	if err != nil {
		return "", nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(m.Graph.Inputs) != 1 {
		return "", nil, fmt.Errorf("%s has %d inputs, want one", path, len(m.Graph.Inputs))
	}
	for _, out := range m.Graph.Outputs {
		outputs = append(outputs, out.Name)
	}
	return m.Graph.Inputs[0].Name, outputs, nil
}

// judge compares the outputs.
func (r *row) judge(names []string, all []sideOptions) error {
	results := make([][][]float32, len(all))
	for i, o := range all {
		var err error
		if results[i], err = readLists(o.output); err != nil {
			return err
		}
		if len(results[i]) != len(names) {
			return fmt.Errorf("%s wrote %d outputs, want %d", o.engine, len(results[i]), len(names))
		}
	}
	r.equal = true
	for i, name := range names {
		d, err := difference(results[0][i], results[1][i])
		if err != nil {
			return fmt.Errorf("output %q: %w", name, err)
		}
		r.gap = gap{max(r.gap.most, d.most), max(r.gap.rms, d.rms)}
		if r.model.free {
			r.equal = r.equal && slices.EqualFunc(results[0][i], results[2][i], func(a, b float32) bool {
				return math.Float32bits(a) == math.Float32bits(b)
			})
		}
	}
	return nil
}

// difference compares two outputs. Both figures are infinite where a NaN or an infinity takes part.
func difference(ours, theirs []float32) (gap, error) {
	if len(ours) != len(theirs) || len(theirs) == 0 {
		return gap{}, fmt.Errorf("ganlet has %d values, ONNX Runtime has %d", len(ours), len(theirs))
	}
	low, high, most, squares := math.Inf(1), math.Inf(-1), 0., 0.
	for i, v := range theirs {
		low, high = min(low, float64(v)), max(high, float64(v))
		d := math.Abs(float64(ours[i]) - float64(v))
		most, squares = max(most, d), squares+d*d
	}
	width := high - low
	switch {
	case math.IsNaN(most+width) || math.IsInf(most+width, 0):
		return gap{math.Inf(1), math.Inf(1)}, nil
	case most == 0:
		return gap{}, nil
	}
	return gap{most / width, math.Sqrt(squares/float64(len(theirs))) / width}, nil
}

// play starts a process for each side, lets them take turns, and ends them. The first turn of a side, of one run, counts for nothing; the
// second says how many runs are a turn.
func play(ctx context.Context, sides []*side, all []sideOptions, rounds int) error {
	processes := make([]*process, len(all))
	defer func() {
		for _, p := range processes {
			if p != nil {
				p.cancel()
				p.cmd.Wait()
			}
		}
	}()
	runs := make([]int, len(all))
	for i := range all {
		var err error
		if processes[i], err = start(ctx, &all[i]); err != nil {
			return err
		}
		for range 2 {
			times, err := processes[i].turn(1)
			if err != nil {
				return err
			}
			runs[i] = min(max(int(turnTime/times[0]), 1), maxRuns)
		}
	}
	for round := range rounds {
		for k := range all {
			i := (round + k) % len(all) // each side comes after each other one
			times, err := processes[i].turn(runs[i])
			if err != nil {
				return err
			}
			sides[i].times = append(sides[i].times, figures.Quantile(times, .5))
		}
	}
	for i, p := range processes {
		var err error
		if sides[i].peak, err = p.end(); err != nil {
			return err
		}
		processes[i] = nil
	}
	return nil
}

// process is a side that runs.
type process struct {
	cmd     *exec.Cmd
	cancel  context.CancelFunc
	engine  string
	stdin   io.WriteCloser
	answers *json.Decoder
	said    strings.Builder // on standard error
}

func start(ctx context.Context, o *sideOptions) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	p := &process{cmd: exec.CommandContext(ctx, self, o.args()...), cancel: cancel, engine: o.engine}
	p.cmd.Stderr = &p.said
	stdout, err := p.cmd.StdoutPipe()
	if err == nil {
		p.stdin, err = p.cmd.StdinPipe()
	}
	if err == nil {
		err = p.cmd.Start()
	}
	if err != nil {
		cancel()
		return nil, err
	}
	p.answers = json.NewDecoder(stdout)
	return p, nil
}

// turn asks for n runs and returns their times.
func (p *process) turn(n int) ([]float64, error) {
	if _, err := io.WriteString(p.stdin, strconv.Itoa(n)+"\n"); err != nil {
		return nil, p.fail(err)
	}
	var a answer
	if err := p.answers.Decode(&a); err != nil {
		return nil, p.fail(err)
	}
	if len(a.Times) != n {
		return nil, p.fail(fmt.Errorf("%d runs gave %d times", n, len(a.Times)))
	}
	return a.Times, nil
}

// end lets the process write its outputs and end, and returns its peak memory.
func (p *process) end() (float64, error) {
	p.stdin.Close()
	var a answer
	if err := p.answers.Decode(&a); err != nil {
		return 0, p.fail(err)
	}
	if err := p.cmd.Wait(); err != nil {
		return 0, p.fail(err)
	}
	p.cancel()
	return a.Peak, nil
}

// fail ends the process and makes an error of what it said, or of err if it said nothing.
func (p *process) fail(err error) error {
	p.stdin.Close()
	p.cmd.Wait()
	if said := strings.TrimSpace(strings.TrimPrefix(p.said.String(), "real: error: ")); said != "" {
		err = errors.New(said)
	}
	return fmt.Errorf("%s: %w", p.engine, err)
}
