package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/ganlet/ganlet/cmd/internal/cli"
	"github.com/ganlet/ganlet/cmd/internal/picture"
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
    ganinfer sample model.onnx --range 0,1 -o bright.png      values from 0, black, to 1, white
    ganinfer sample model.onnx --set strength=0.5 -o x.png    a number for an input

The samples are the model's first output. Pictures are drawn of images [N, C, H, W],
[N, H, W, C] or [N, H, W], of flat squares, of [H, W, C] if the model makes one image
at a time, and of points [N, 2]; npy, raw and json take any shape. Floating-point
samples are written as float32, uint8 as uint8. --range says which values are black
and white; without it, the file's metadata or its last operator do, or else they are
-1 and 1.

Besides its latent, a model may have these inputs:
  label       numbers [N] or [N, 1], of any type, or one-hot rows [N, K]. Without
              --label, sample i has class i modulo the number of classes, if the
              file gives that number
  noise       "noise" in its name. The k-th such input is standard normal, of seed
              + k * 2^32: its sample i for sample i, or, if it has fewer rows than
              the latent, its sample 0 for all
  truncation  a number with "truncation" or "psi" in its name: 1, or --truncation
  n           an integer: the number of samples in a run
--set gives any other input a number for all its elements, and replaces the file's
value of an optional input. A model without inputs draws its own noise, from --seed,
and runs once for each sample.

--truncation shortens every latent to that part of its length, towards the mean
latent, 0: sample i stays sample i, only nearer to the middle, and samples vary
less. Far below 1, a generator that has never seen such latents may draw worse.
(Not BigGAN's truncation, which draws large numbers anew.) If the model has an input
for it, as generators of styles do (gantrain --arch style), it moves styles, not
latents, towards their mean: StyleGAN's psi. --mix K is for generators of styles:
the first K layers that take a style take the latent's, the others the style of a
second latent, sample i of --mix-seed.

Flags:
FLAGS
`

// sampling is the flags of ganinfer sample.
type sampling struct {
	loading
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
	anyLabel          bool // without one, all samples are of label 0
	set               []string
	numbers           map[string]float64 // by name, of set
	pixels            string             // black and white; empty: not given
	format, out       string
}

func runSample(ctx context.Context, args []string, stdout io.Writer) error {
	var o sampling
	f := cli.Flags()
	f.IntVarP(&o.n, "count", "n", 16, "how many samples")
	f.Uint64Var(&o.seed, "seed", 1, "seed of the latents, and of numbers that the model draws itself")
	o.flags(f)
	if helped, err := cli.Parse(f, "ganinfer sample", args, sampleHelp, stdout); err != nil || helped {
		return err
	}
	if err := cli.Arguments(f, "ganinfer sample", "MODEL.onnx"); err != nil {
		return err
	}
	o.changed(f)
	s, err := o.sampler(ctx, f.Arg(0), stdout)
	if err != nil {
		return err
	}
	return o.write(stdout, s)
}

// sampler makes the sampler of the model at path, unless something is wrong with
// the flags or with where the samples go.
func (o *sampling) sampler(ctx context.Context, path string, stdout io.Writer) (*sampler, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	if err := o.refuseTerminal(stdout); err != nil {
		return nil, err
	}
	o.path, o.options.Seed = path, o.seed
	m, err := o.openFilled()
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
		if err := s.drawable(); err != nil {
			return cli.Hintf(err, "--format npy, raw and json take any samples, and any number")
		}
	}
	err := cli.Output(o.out, stdout, func(w io.Writer) error { return formats[o.format](w, s) })
	if s.failed != nil {
		return s.failed // whatever was to be written
	}
	return err
}

// drawable returns an error unless the samples can be a picture.
func (s *sampler) drawable() error {
	size, err := picture.Size(s.model)
	if err == nil && size != s.size {
		err = fmt.Errorf("output %v is drawn as images of %d values, but a sample has %d", value(s.model.Outputs()[0]), size, s.size)
	}
	if err != nil {
		return err
	}
	return picture.Check(s.model, s.n, s.cols)
}

// flags adds the flags of all that draws samples.
func (o *sampling) flags(f *pflag.FlagSet) {
	f.Float32Var(&o.truncation, "truncation", 1, "length that latents are shortened to, as a `part` of their own: above 0, up to 1")
	f.IntVar(&o.mix, "mix", 0, "`layers` of a generator of styles that take the latent's own, the others a second one's; none given: all take the latent's")
	f.Uint64Var(&o.mixSeed, "mix-seed", 0, "seed of the second latents (default the seed's own plus 1)")
	f.IntVar(&o.label, "label", 0, "the class of all samples, for a model that takes one; else each class in turn")
	o.setFlag(f)
	o.sizeFlag(f)
	f.StringVar(&o.pixels, "range", "", "the values of black and white, as `LOW,HIGH`, for png (default: what the model says)")
	f.IntVar(&o.batch, "batch", 0, "samples computed at a time; 0: what suits the model")
	f.IntVar(&o.threads, "threads", 1, "processor threads")
	f.StringVar(&o.format, "format", "", "png, npy, raw or json (default: by the end of FILE, or png)")
	f.StringVarP(&o.out, "out", "o", "", "the `FILE` to write; standard output if there is none, or -")
}

// setFlag adds --set.
func (o *sampling) setFlag(f *pflag.FlagSet) {
	f.StringArrayVar(&o.set, "set", nil, "fill an input with a number, as `NAME=VALUE`; may be repeated")
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
	if err := o.parseRange(); err != nil {
		return err
	}
	return o.parseSizes()
}

// parseRange reads the value of --range.
func (o *sampling) parseRange() error {
	if o.pixels == "" {
		return nil
	}
	if o.format != "png" {
		return cli.Flagf("--range is %q, want none with --format %s: values are written as they are", o.pixels, o.format)
	}
	low, high, ok := strings.Cut(o.pixels, ",")
	a, failed := strconv.ParseFloat(strings.TrimSpace(low), 64)
	b, err := strconv.ParseFloat(strings.TrimSpace(high), 64)
	if !ok || failed != nil || err != nil || !(a < b) || math.IsInf(b-a, 0) {
		return cli.Flagf("--range is %q, want LOW,HIGH with LOW below HIGH", o.pixels)
	}
	o.options.Range = [2]float64{a, b}
	return nil
}

// asked is what a JSON object says of the flags of all that draws samples.
type asked struct {
	Label      *int               `json:"label,omitempty"`
	Truncation float32            `json:"truncation,omitempty"`
	Mix        *int               `json:"mix,omitempty"`
	MixSeed    *uint64            `json:"mix_seed,omitempty"`
	Set        map[string]float64 `json:"set,omitempty"`
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
	a.Set = o.numbers
	return a
}
