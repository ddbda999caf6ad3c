package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"math"

	"github.com/ganlet/ganlet/cmd/internal/atomicfile"
	"github.com/ganlet/ganlet/cmd/internal/classes"
	"github.com/ganlet/ganlet/cmd/internal/picture"
	"github.com/ganlet/ganlet/export"
	"github.com/ganlet/ganlet/gan"
	"github.com/ganlet/ganlet/infer"
)

// This file is the contact sheets: drawn from the exported bytes by infer, the
// way that a device will draw them, and held against Gorgonia bit for bit.

// sheetSamples is how many samples a contact sheet has: images that one can look
// at, of each class as many, or enough points to see where they are dense.
func sheetSamples(s gan.Shape, kinds int) int {
	if s.Vector() {
		return 2500
	}
	if columns := classes.Columns(kinds); columns > 0 {
		return (64 + columns - 1) / columns * columns
	}
	return 64
}

// encode is the ONNX file of a generator, in memory.
func encode(g *gan.Generator, o export.Options) ([]byte, error) {
	var b bytes.Buffer
	if err := export.Write(&b, g, o); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// draw computes the first images of a seed from an exported generator by
// infer, and fails unless Gorgonia computes the same bits from g.
func draw(m *infer.Model, g *gan.Generator, seed uint64) ([]float32, error) {
	latent, err := m.Latent(seed)
	if err != nil {
		return nil, err
	}
	kinds := len(g.Classes)
	n := sheetSamples(g.Shape, kinds)
	s, err := m.NewSession(n)
	if err != nil {
		return nil, err
	}
	z := make([]float32, n*latent.Dim)
	latent.Fill(z, 0)
	images := make([]float32, n*g.Shape.Len())
	if err := classes.Generate(s, kinds, images, z, n, 0); err != nil {
		return nil, err
	}
	var labels []int
	for i := range n {
		if kinds > 0 {
			labels = append(labels, i%kinds)
		}
	}
	want, err := g.SampleLabels(z, labels)
	if err != nil {
		return nil, err
	}
	return images, same(images, want, g.Shape.Len())
}

// same returns an error for the first bit in which infer's images differ.
func same(images, want []float32, size int) error {
	if len(images) != len(want) {
		return fmt.Errorf("the exported file makes %d values, want the %d that Gorgonia makes", len(images), len(want))
	}
	for i, v := range images {
		if math.Float32bits(v) != math.Float32bits(want[i]) {
			return fmt.Errorf("the exported file draws other images than Gorgonia: value %d of image %d is %v, want %v", i%size, i/size, v, want[i])
		}
	}
	return nil
}

// writeSheet draws a contact sheet of an exported generator.
func writeSheet(path string, model []byte, g *gan.Generator, seed uint64) error {
	m, err := infer.Parse(model)
	if err != nil {
		return err
	}
	images, err := draw(m, g, seed)
	if err != nil {
		return fmt.Errorf("%q: %w", path, err)
	}
	return atomicfile.Write(path, func(w io.Writer) error {
		return picture.WritePNG(w, m, images, classes.Columns(len(g.Classes)))
	})
}

// verify fails unless infer computes the images of the model's probe to the
// bit, and returns how many there are.
func verify(model []byte) (int, error) {
	m, err := infer.Parse(model)
	if err != nil {
		return 0, err
	}
	p, err := m.Verify(sha256.New())
	if err == nil && !p.OK() {
		err = fmt.Errorf("the exported file draws other images than Gorgonia: their SHA-256 is %s, want %s", p.Got, p.Want)
	}
	return p.Count, err
}
