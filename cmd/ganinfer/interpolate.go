package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/ganlet/ganlet/cmd/internal/cli"
)

// This file is ganinfer interpolate: samples on the way between two latents.

const interpolateHelp = `ganinfer interpolate draws the way from one latent to another: a row of images,
both ends included.

    ganinfer interpolate MODEL.onnx [flags]

    ganinfer interpolate model.onnx -o way.png                   sample 0 of seed 1 to that of seed 2
    ganinfer interpolate model.onnx --from 7:3 --to 7:4 --steps 16 -o way.png
    ganinfer interpolate model.onnx --rows 6 -o ways.png         and samples 1 to 5, a row each
    ganinfer interpolate model.onnx --from a.npy --to b.npy -o x.npy    as gantrain project found them

An end is SEED:I, sample I of a seed, or SEED for SEED:0, or a .npy file of latents,
float32 [N, latent]. Row k goes from the k-th latent after the first end's to the
k-th after the second's.

--spherical keeps to the arc between both, where normal latents are as long as
samples are (White, "Sampling Generative Networks", 2016); --linear takes the
straight line. Normal latents go by the arc and uniform ones by the line, unless
a flag says otherwise. Noise, and the second latent of --mix, is that of a row's
first end all along. Without
--label, row k is of class k modulo the number of classes.

Flags:
FLAGS
`

// ways is the flags of ganinfer interpolate beyond those of sampling.
type ways struct {
	from, to          end
	steps, rows       int
	spherical, linear bool
}

// maxPoints bounds the points of a way, and the ways.
const maxPoints = 1 << 15

func runInterpolate(ctx context.Context, args []string, stdout io.Writer) error {
	var o sampling
	w := ways{from: end{seed: 1}, to: end{seed: 2}}
	f := cli.Flags()
	f.Var(&w.from, "from", "where a row begins: `SEED[:I]` or a .npy")
	f.Var(&w.to, "to", "where it ends: `SEED[:I]` or a .npy")
	f.IntVar(&w.steps, "steps", 8, "images of a row")
	f.IntVar(&w.rows, "rows", 1, "rows, from latent to latent each")
	f.BoolVar(&w.spherical, "spherical", false, "go by the arc (default for normal latents)")
	f.BoolVar(&w.linear, "linear", false, "go by the straight line (default for uniform ones)")
	o.flags(f)
	if helped, err := cli.Parse(f, "ganinfer interpolate", args, interpolateHelp, stdout); err != nil || helped {
		return err
	}
	if err := cli.Arguments(f, "ganinfer interpolate", "MODEL.onnx"); err != nil {
		return err
	}
	switch {
	case w.steps < 2 || w.steps > maxPoints:
		return cli.Flagf("--steps is %d, want 2 to %d", w.steps, maxPoints)
	case w.rows < 1 || w.rows > maxPoints:
		return cli.Flagf("--rows is %d, want 1 to %d", w.rows, maxPoints)
	case w.spherical && w.linear:
		return cli.Flagf("--spherical and --linear exclude each other")
	}
	o.n, o.seed = w.rows*w.steps, w.from.seed
	o.changed(f)
	s, err := o.sampler(ctx, f.Arg(0), stdout)
	if err != nil {
		return err
	}
	if err := s.follow(&w, &o); err != nil {
		return err
	}
	return o.write(stdout, s)
}

// random reports whether the model draws random numbers itself.
func (s *sampler) random() bool {
	for op := range s.model.Stats().Operators {
		if strings.HasPrefix(op, "Random") || op == "Bernoulli" || op == "Multinomial" {
			return true
		}
	}
	return false
}

// follow has s draw the points of ways in place of a seed's samples.
func (s *sampler) follow(w *ways, o *sampling) error {
	if !slices.ContainsFunc(s.feeds, func(f feed) bool { return f.stream == &s.latent }) {
		return errors.New("the model has no latent to go from or to")
	}
	if s.way, s.start = w.steps, w.from.index; s.random() && !s.whole {
		s.batch = 1 // the numbers that the model draws are those of one sample
	}
	spherical := w.spherical || !w.linear && !s.latent.Uniform
	for i := range s.feeds {
		f := &s.feeds[i]
		if f.stream == nil || f.row == 0 {
			continue
		}
		p := &path{dim: f.row, steps: w.steps}
		var err error
		if f.stream != &s.latent { // noise, or a second latent
			p.from = make([]float32, w.rows*f.row)
			f.stream.Fill(p.from, w.from.index)
			p.to = p.from
		} else if p.from, err = w.from.latents(s.latent, w.rows); err != nil {
			return err
		} else if p.to, err = w.to.latents(s.latent, w.rows); err != nil {
			return err
		} else if spherical {
			if err := p.bend(); err != nil {
				return cli.Hintf(fmt.Errorf("from %v to %v: %w", &w.from, &w.to, err), "--linear goes by the straight line")
			}
		}
		f.stream = p
	}
	s.cols, s.every = w.steps, w.steps // a way is of one class
	s.asked = struct {
		From      string `json:"from"`
		To        string `json:"to"`
		Steps     int    `json:"steps"`
		Spherical bool   `json:"spherical"`
		asked
	}{w.from.String(), w.to.String(), w.steps, spherical, o.asked()}
	return nil
}
