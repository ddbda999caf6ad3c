package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"

	"github.com/spf13/pflag"

	"github.com/ganlet/ganlet/cmd/internal/cli"
	"github.com/ganlet/ganlet/cmd/internal/picture"
	"github.com/ganlet/ganlet/infer"
)

// This file is ganinfer sample: the samples of a seed, in some form.

const sampleHelp = `ganinfer sample draws samples from a generator. Sample i of a seed is the same
on every device, however many are drawn and in what batches.

    ganinfer sample MODEL.onnx [flags]

    ganinfer sample model.onnx -n 64 -o digits.png            a contact sheet
    ganinfer sample ring.onnx -n 2500 -o ring.png             points in the plane, drawn
    ganinfer sample model.onnx -n 10000 --seed 7 -o x.npy     float32 [N, C, H, W]
    ganinfer sample model.onnx --format raw > x.f32           little-endian float32
    ganinfer sample model.onnx -n 1 --format json             for a program to read
    ganinfer sample digits.onnx --label 7 -o sevens.png       of one class
    ganinfer sample digits.onnx -n 80 -o digits.png           of each class, a column each
    ganinfer sample model.onnx --truncation 0.7 -o fine.png   less varied
    ganinfer sample style.onnx --mix 3 -o mixed.png           of two latents each

A model may have, besides its latent, a label (int64 [N], or one-hot: float32
[N, K]) and noise (float32, with "noise" in its name). The k-th noise input is
standard normal of seed + k * 2^32: its sample i for sample i, or its sample 0
for all where it has not as many rows as the latent. Of several outputs, the
first is the samples. Without --label, sample i is of class i modulo the number of
classes, where the model says how many there are.

--truncation shortens every latent to that part of its length, towards the mean
latent, 0: sample i stays sample i, only nearer to the middle, and samples vary
less. Far below 1, a generator that has never seen such latents may draw worse.
(Not BigGAN's truncation, which draws large numbers anew.) Of a generator of styles
(gantrain --arch style) it moves styles, not latents, towards their mean, which is
StyleGAN's psi. --mix K is of these alone: the first K layers that take a style take
that of the latent, the others that of a second latent, sample i of --mix-seed.

Flags:
FLAGS
`

// sampling is the flags of ganinfer sample.
type sampling struct {
	n, batch, threads int
	seed              uint64
	truncation        float32
	styled            bool // truncation is of styles, and done by the model
	mix               int
	mixed             bool // there is a mix
	mixSeed           uint64
	mixSeedAlone      bool // it was given, but no mix
	label             int
	labelled          bool // there is one
	format, out       string
}

func runSample(ctx context.Context, args []string, stdout io.Writer) error {
	var o sampling
	f := cli.Flags()
	f.IntVarP(&o.n, "count", "n", 16, "how many samples")
	f.Uint64Var(&o.seed, "seed", 1, "seed of the latents")
	o.flags(f)
	if helped, err := cli.Parse(f, "ganinfer sample", args, sampleHelp, stdout); err != nil || helped {
		return err
	}
	if err := cli.Arguments(f, "ganinfer sample", "MODEL.onnx"); err != nil {
		return err
	}
	o.changed(f)
	s, err := o.open(ctx, f.Arg(0), stdout)
	if err != nil {
		return err
	}
	return o.write(stdout, s)
}

// open makes the sampler of the model at path, unless something is wrong with
// the flags or with where the samples go.
func (o *sampling) open(ctx context.Context, path string, stdout io.Writer) (*sampler, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	if err := o.refuseTerminal(stdout); err != nil {
		return nil, err
	}
	m, err := o.openStyled(path)
	if err != nil {
		return nil, err
	}
	return newSampler(ctx, m, o)
}

// refuseTerminal returns an error if samples would go to a terminal that are
// not for eyes.
func (o *sampling) refuseTerminal(stdout io.Writer) error {
	if o.format == "json" {
		return nil
	}
	return cli.RefuseTerminal(o.out, stdout)
}

// write writes all samples in the format asked for.
func (o *sampling) write(stdout io.Writer, s *sampler) error {
	if o.format == "png" {
		if err := picture.Check(s.model, s.n, s.cols); err != nil {
			return cli.Hintf(err, "--format npy, raw and json take any samples, and any number")
		}
	}
	return cli.Output(o.out, stdout, func(w io.Writer) error { return formats[o.format](w, s) })
}

// flags adds the flags of all that draws samples.
func (o *sampling) flags(f *pflag.FlagSet) {
	f.Float32Var(&o.truncation, "truncation", 1, "length that latents are shortened to, as a `part` of their own: above 0, up to 1")
	f.IntVar(&o.mix, "mix", 0, "`layers` of a generator of styles that take the latent's own, the others a second one's; none given: all take the latent's")
	f.Uint64Var(&o.mixSeed, "mix-seed", 0, "seed of the second latents (default the seed's own plus 1)")
	f.IntVar(&o.label, "label", 0, "the class of all samples, for a model that takes one; else each class in turn")
	f.IntVar(&o.batch, "batch", 0, "samples computed at a time; 0: what suits the model")
	f.IntVar(&o.threads, "threads", 1, "processor threads")
	f.StringVar(&o.format, "format", "", "png, npy, raw or json (default: by the end of FILE, or png)")
	f.StringVarP(&o.out, "out", "o", "", "the `FILE` to write; standard output if there is none, or -")
}

// changed notes which flags were given, once the seed is known.
func (o *sampling) changed(f *pflag.FlagSet) {
	o.labelled, o.mixed = f.Changed("label"), f.Changed("mix")
	if !f.Changed("mix-seed") {
		o.mixSeed = o.seed + 1
	} else if !o.mixed {
		o.mixSeedAlone = true
	}
}

// check reports the first flag with a value that cannot be, and finds the format.
func (o *sampling) check() error {
	switch {
	case o.n < 1:
		return cli.Flagf("-n is %d, want at least 1", o.n)
	case !(o.truncation > 0 && o.truncation <= 1): // NaN too
		return cli.Flagf("--truncation is %v, want more than 0, up to 1", o.truncation)
	case o.label < 0 || o.label > math.MaxInt32:
		return cli.Flagf("--label is %d, want 0 to %d", o.label, math.MaxInt32)
	case o.mixSeedAlone:
		return cli.Flagf("--mix-seed is %d, want none without --mix", o.mixSeed)
	case o.batch < 0 || o.batch > maxBatch:
		return cli.Flagf("--batch is %d, want 0 to %d", o.batch, maxBatch)
	case o.threads < 1 || o.threads > 256:
		return cli.Flagf("--threads is %d, want 1 to 256", o.threads)
	}
	if o.format == "" {
		o.format = "png"
		if ext := filepath.Ext(o.out); ext != "" && formats[ext[1:]] != nil {
			o.format = ext[1:]
		}
	}
	if formats[o.format] == nil {
		return cli.Flagf("--format is %q, want png, npy, raw or json", o.format)
	}
	return nil
}

const (
	maxBatch   = 1 << 16
	autoBatch  = 64
	autoValues = 1 << 20 // of the outputs of a batch
)

// sampler draws the samples of a seed, batch by batch.
type sampler struct {
	ctx     context.Context
	model   *infer.Model
	session *infer.Session
	latent  infer.Latent
	feeds   []feed
	simple  bool // one input, one output
	asked   any  // for, as a JSON object of one member or more
	n       int  // samples to draw
	cols    int  // of a contact sheet of them; 0: near-square
	class   int  // of all samples; -1: all classes in turn
	classes int  // of the model, if it says so
	every   int  // samples of a class before the next one's turn
	batch   int  // samples at a time
	size    int  // values of a sample
}

func newSampler(ctx context.Context, m *infer.Model, o *sampling) (*sampler, error) {
	inputs, outputs := m.Inputs(), m.Outputs()
	if outputs[0].Type != "float32" {
		return nil, cli.Hintf(fmt.Errorf("output %v is not float32, which samples are", value(outputs[0])), "ganinfer run takes any model")
	}
	r, err := rolesOf(m, o.mixed)
	if err != nil {
		return nil, err
	}
	latent, err := latentOf(m, r.latent, o.seed)
	if err != nil {
		return nil, err
	}
	if latent.Truncation = o.truncation; o.styled {
		latent.Truncation = 1
	}
	s := &sampler{ctx: ctx, model: m, latent: latent, n: o.n, size: 1, simple: len(inputs) == 1 && len(outputs) == 1}
	in, out := inputs[r.latent].Shape, outputs[0].Shape
	if len(out) == 0 || in[0] != out[0] {
		return nil, fmt.Errorf("input %q has shape %v and output %q %v, want one sample out for each in", inputs[r.latent].Name, in, outputs[0].Name, out)
	}
	for _, side := range out[1:] {
		s.size *= side
	}
	switch fixed := in[0]; {
	case fixed > 0 && o.batch != 0 && o.batch != fixed:
		return nil, cli.Flagf("--batch is %d, but the model's own is fixed at %d", o.batch, fixed)
	case fixed > 0:
		s.batch = fixed
	case o.batch > 0:
		s.batch = min(o.batch, o.n)
	default:
		s.batch = max(1, min(o.n, autoBatch, autoValues/max(s.size, 1)))
	}
	if s.session, err = m.NewSession(s.batch); err != nil {
		return nil, err
	}
	s.session.Workers = o.threads
	s.asked = struct {
		Seed uint64 `json:"seed"`
		asked
	}{o.seed, o.asked()}
	return s, s.newFeeds(r, o)
}

// asked is what a JSON object says of the flags of all that draws samples.
type asked struct {
	Label      *int    `json:"label,omitempty"`
	Truncation float32 `json:"truncation,omitempty"`
	Mix        *int    `json:"mix,omitempty"`
	MixSeed    *uint64 `json:"mix_seed,omitempty"`
}

func (o *sampling) asked() (a asked) {
	if o.labelled {
		a.Label = &o.label
	}
	if o.mixed {
		a.Mix, a.MixSeed = &o.mix, &o.mixSeed
	}
	if o.truncation < 1 {
		a.Truncation = o.truncation
	}
	return a
}

// each draws all samples and hands them to use, some at a time, in order. The
// slice is used again for the next.
func (s *sampler) each(use func(samples []float32) error) error {
	samples := make([]float32, s.batch*s.size)
	for first := 0; first < s.n; first += s.batch {
		if s.ctx.Err() != nil {
			return errors.New("stopped by a signal")
		}
		// The last batch is drawn whole where the model wants it so.
		c := s.batch
		if s.model.Outputs()[0].Shape[0] < 0 {
			c = min(c, s.n-first)
		}
		s.fill(first, c)
		if err := s.compute(samples[:c*s.size], c); err != nil {
			return err
		}
		if err := use(samples[:min(c, s.n-first)*s.size]); err != nil {
			return err
		}
	}
	return nil
}

// shape is the shape of all samples together.
func (s *sampler) shape() []int {
	shape := s.model.Outputs()[0].Shape
	shape[0] = s.n
	return shape
}
