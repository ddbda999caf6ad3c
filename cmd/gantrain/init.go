package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strconv"

	"github.com/ganlet/ganlet/cmd/internal/cli"
	"github.com/ganlet/ganlet/export"
	"github.com/ganlet/ganlet/gan"
)

// This file is --init: a training that begins from the generator of a file.

// origin is the file that a run begins from. Before the first checkpoint, the
// run needs it again.
type origin struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
}

// readModel reads an exported file, and the generator in it.
func readModel(path string) (file []byte, g *gan.Generator, err error) {
	if file, err = os.ReadFile(path); err != nil {
		return nil, nil, fmt.Errorf("%q: %w", path, cli.Cause(err))
	}
	if g, err = export.Read(bytes.NewReader(file)); err != nil {
		return nil, nil, fmt.Errorf("%q: %w", path, err)
	}
	return file, g, nil
}

func readOrigin(path string) (*origin, *gan.Generator, error) {
	file, g, err := readModel(path)
	if err != nil {
		return nil, nil, err
	}
	sum := sha256.Sum256(file)
	return &origin{Path: path, SHA256: hex.EncodeToString(sum[:])}, g, nil
}

// origin reads the generator of --init, if there is one, and asks for images like
// its own. A flag that it contradicts is refused.
func (p *plan) origin(o *options) (*gan.Generator, error) {
	if !o.set.Changed("init") {
		return nil, nil
	}
	from, g, err := readOrigin(o.init)
	if err != nil {
		return nil, err
	}
	for _, c := range []struct{ flag, given, has string }{
		{"arch", o.config.Arch, g.Arch},
		{"width", strconv.Itoa(o.config.Width), g.Training["width"]},
		{"latent", o.config.Distribution, g.Distribution},
		{"latent-dim", strconv.Itoa(o.config.LatentDim), strconv.Itoa(g.LatentDim)},
		{"size", strconv.Itoa(o.size), strconv.Itoa(g.Shape.H)},
		{"channels", strconv.Itoa(o.channels), strconv.Itoa(g.Shape.C)},
		{"up", up(&o.config).String(), up(&gan.Config{Up: upOf(g)}).String()},
		{"labels", strconv.FormatBool(o.labels), strconv.FormatBool(len(g.Classes) > 0)},
	} {
		if o.set.Changed(c.flag) && c.given != c.has {
			return nil, cli.Hintf(cli.Flagf("--%s %s conflicts with --init %s, which has %s", c.flag, c.given, from.Path, c.has),
				"leave --%s out to begin from that generator", c.flag)
		}
	}
	images := like(g.Shape)
	p.Init, p.Data.Size, p.Data.Channels = from, images.Size, images.Channels
	return g, nil
}

// adopt takes what the generator of --init decides into the configuration; nil
// decides nothing.
func (p *plan) adopt(g *gan.Generator) error {
	if g == nil {
		return nil
	}
	if p.Data.Shape != g.Shape {
		return fmt.Errorf("%q has images of %v, but the generator of %q makes %v", p.Data.Spec, p.Data.Shape, p.Init.Path, g.Shape)
	}
	width, err := strconv.Atoi(g.Training["width"])
	if err != nil {
		return fmt.Errorf("%q does not say the width of its generator: metadata ganlet.training.width is %q", p.Init.Path, g.Training["width"])
	}
	c := &p.Config
	c.Arch, c.Width, c.Distribution, c.LatentDim, c.Classes, c.Up = g.Arch, width, g.Distribution, g.LatentDim, len(g.Classes), upOf(g)
	return nil
}

// upOf is how the images of g grow, as Config.Up says it.
func upOf(g *gan.Generator) string {
	for _, l := range gan.Each(g.Layers) {
		if l.Op == gan.Bilinear {
			return gan.BilinearUp
		}
	}
	return ""
}

// begin is the training before its first step.
func (p *plan) begin(set gan.Dataset) (*gan.Trainer, error) {
	if p.Init == nil {
		return gan.New(p.Config, set)
	}
	now, g, err := readOrigin(p.Init.Path)
	if err != nil {
		return nil, err
	}
	if now.SHA256 != p.Init.SHA256 {
		return nil, cli.Hintf(fmt.Errorf("%q is not the file that the run began from: its SHA-256 begins with %.16s, want %.16s", now.Path, now.SHA256, p.Init.SHA256),
			"name that file with --init")
	}
	t, err := gan.FineTune(p.Config, g, set)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", now.Path, err)
	}
	return t, nil
}

// move notes that the file which a run began from is elsewhere.
func (p *plan) move(o *options) error {
	if p.Init == nil {
		return conflict(o, "init", o.init, "none")
	}
	now, _, err := readOrigin(o.init)
	if err != nil {
		return err
	}
	if now.SHA256 != p.Init.SHA256 {
		return conflict(o, "init", o.init, fmt.Sprintf("%s, another file", p.Init.Path))
	}
	p.Init = now
	return nil
}
