package main

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/ganlet/ganlet/cmd/internal/atomicfile"
	"github.com/ganlet/ganlet/cmd/internal/cli"
	"github.com/ganlet/ganlet/cmd/internal/picture"
	"github.com/ganlet/ganlet/gan"
	"github.com/ganlet/ganlet/gan/data"
	"github.com/ganlet/ganlet/infer"
	"github.com/ganlet/ganlet/internal/npy"
)

// This file is gantrain project: the latents of given images.

const projectHelp = `gantrain project finds latents whose images are near to given ones.

    gantrain project MODEL.onnx IMAGES [flags]

    gantrain project run/model.onnx seven.png -o z.npy --sheet found.png
    gantrain project run/model.onnx mnist-test -n 8 -o z.npy --sheet found.png
    ganinfer run run/model.onnx --input z=z.npy --output image=image.npy    what was found, drawn
    ganinfer interpolate run/model.onnx --from z.npy --to 1 -o way.png      and the way from there

IMAGES is an image file, or anything that --data of a training takes; the middle
square of image files is scaled to what the generator makes. The distance is the
mean squared difference of values, which are from -1 to 1. Latents go down its
gradient (Adam, through the generator in Gorgonia) from --starts random ones, and
the best is kept. It is a local search: more starts may find a nearer image.

Flags:
FLAGS
`

// projecting is the flags of gantrain project, and what becomes of them.
type projecting struct {
	Model     string    `json:"model"`
	Images    string    `json:"images"`
	Latents   string    `json:"latents"`         // the .npy written, [N, latent]
	Sheet     string    `json:"sheet,omitempty"` // the picture written
	Steps     int       `json:"steps"`
	Starts    int       `json:"starts"`
	Seed      uint64    `json:"seed"`
	Distances []float64 `json:"distances"` // [N]

	count   int
	options gan.ProjectOptions
	asJSON  bool

	generator *gan.Generator
	infer     *infer.Model // the same file
	z         []float32    // [N, latent]
	pairs     []float32    // [N, 2, C, H, W], each image and what was found
}

func runProject(args []string, stdout, stderr io.Writer) error {
	p := projecting{options: gan.DefaultProject()}
	f := cli.Flags()
	f.IntVarP(&p.count, "count", "n", 16, "how many images of a set, at most, from its first")
	f.IntVar(&p.options.Steps, "steps", p.options.Steps, "steps of Adam")
	f.IntVar(&p.options.Starts, "starts", p.options.Starts, "random latents to begin from, of which the best is kept")
	f.Float64Var(&p.options.LR, "lr", p.options.LR, "Adam's learning rate, which falls over the last half of the steps")
	f.Uint64Var(&p.options.Seed, "seed", p.options.Seed, "seed of these latents")
	f.IntVar(&p.options.Label, "label", 0, "the class of the images, for a generator that takes one")
	f.IntVar(&p.options.Threads, "threads", p.options.Threads, "processor threads")
	f.StringVarP(&p.Latents, "out", "o", "z.npy", "the `FILE.npy` to write the latents to")
	f.StringVar(&p.Sheet, "sheet", "", "a `FILE.png` to draw each image and what was found into, side by side")
	f.BoolVar(&p.asJSON, "json", false, "print JSON")
	if helped, err := cli.Parse(f, "gantrain project", args, projectHelp, stdout); err != nil || helped {
		return err
	}
	if err := cli.Arguments(f, "gantrain project", "MODEL.onnx", "IMAGES"); err != nil {
		return err
	}
	p.Model, p.Images = f.Arg(0), f.Arg(1)
	if err := p.check(); err != nil {
		return err
	}
	p.Steps, p.Starts, p.Seed = p.options.Steps, p.options.Starts, p.options.Seed
	if err := p.load(); err != nil {
		return err
	}
	err := p.search(func(image int, distance float64) error {
		if p.asJSON {
			return nil
		}
		return cli.Text(stdout, func(w io.Writer) error {
			_, err := fmt.Fprintf(w, "image %d: distance %.6g\n", image, distance)
			return err
		})
	})
	if err != nil {
		return err
	}
	if err := p.write(); err != nil {
		return err
	}
	if p.asJSON {
		return cli.Text(stdout, func(w io.Writer) error { return json.NewEncoder(w).Encode(&p) })
	}
	fmt.Fprintf(stderr, "gantrain: the latents are in %s; draw them with:\n    ganinfer run %s --input %s=%s --output image=image.npy\n",
		p.Latents, quoted(p.Model), p.infer.Inputs()[0].Name, quoted(p.Latents))
	return nil
}

// check reports the first flag with a value that cannot be.
func (p *projecting) check() error {
	if p.count < 1 {
		return cli.Flagf("-n is %d, want at least 1", p.count)
	}
	if p.Latents == "" || p.Latents == "-" {
		return cli.Flagf("--out is %q, want a file", p.Latents)
	}
	paths := []string{p.Model, p.Images, p.Latents}
	if p.Sheet != "" {
		paths = append(paths, p.Sheet)
	}
	for i, path := range paths {
		paths[i] = filepath.Clean(path)
		if i > 1 && slices.Contains(paths[:i], paths[i]) {
			return cli.Flagf("%q would be overwritten: name another file with --out and --sheet", path)
		}
	}
	if err := p.options.Validate(); err != nil {
		return cli.Flagf("%w", err)
	}
	return nil
}

// load reads the generator, for Gorgonia and for infer.
func (p *projecting) load() error {
	file, g, err := readModel(p.Model)
	if err != nil {
		return err
	}
	p.generator = g
	if p.infer, err = infer.Parse(file); err != nil {
		return fmt.Errorf("%q: %w", p.Model, err)
	}
	return nil
}

// search projects the images, and says each one's distance as it is known.
func (p *projecting) search(say func(image int, distance float64) error) error {
	set, err := openLike(p.Images, p.generator.Shape)
	if err != nil {
		return err
	}
	defer set.Close()
	n, size := min(p.count, set.Len()), p.generator.Shape.Len()
	if p.Sheet != "" {
		if err := picture.Check(p.infer, 2*n, 2); err != nil {
			return err
		}
	}
	for i := range n {
		p.pairs = append(p.pairs, make([]float32, size)...)
		image := p.pairs[2*i*size:]
		if err := set.Image(image, i); err != nil {
			return err
		}
		found, err := gan.Project(p.generator, image, p.options)
		if err != nil {
			return fmt.Errorf("image %d: %w", i, err)
		}
		if err := p.keep(found); err != nil {
			return err
		}
		if err := say(i, found.Distance); err != nil {
			return err
		}
	}
	return nil
}

// openLike opens images to compare with those of a shape.
func openLike(spec string, s gan.Shape) (*data.Images, error) {
	set, err := data.Open(spec, like(s))
	if err != nil {
		return nil, err
	}
	if set.Shape() != s {
		set.Close()
		return nil, fmt.Errorf("%q has images of %v, but the generator makes %v", spec, set.Shape(), s)
	}
	return set, nil
}

// like has image files brought to a shape, where that can be.
func like(s gan.Shape) data.Options {
	if s.Vector() {
		return data.Options{}
	}
	o := data.Options{Channels: s.C}
	if s.H == s.W {
		o.Size = s.H
	}
	return o
}

// keep adds a projection, once infer has drawn the same bits from it.
func (p *projecting) keep(found *gan.Projection) error {
	s, err := p.infer.NewSession(1)
	if err != nil {
		return err
	}
	drawn := make([]float32, len(found.Image))
	if len(p.generator.Classes) > 0 {
		err = s.GenerateLabels(drawn, found.Z, []int64{int64(p.options.Label)})
	} else {
		err = s.Generate(drawn, found.Z)
	}
	if err != nil {
		return err
	}
	if err := same(drawn, found.Image, len(drawn)); err != nil {
		return err
	}
	p.z = append(p.z, found.Z...)
	p.pairs = append(p.pairs, found.Image...)
	p.Distances = append(p.Distances, found.Distance)
	return nil
}

// write writes the files.
func (p *projecting) write() error {
	if p.Sheet != "" {
		err := atomicfile.Write(p.Sheet, func(w io.Writer) error { return picture.WritePNG(w, p.infer, p.pairs, 2) })
		if err != nil {
			return err
		}
	}
	return atomicfile.Write(p.Latents, func(w io.Writer) error {
		return npy.Write(w, &npy.Array{Shape: []int{len(p.Distances), p.generator.LatentDim}, Data: p.z})
	})
}
