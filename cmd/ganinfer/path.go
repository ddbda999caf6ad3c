package main

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/ganlet/ganlet/infer"
	"github.com/ganlet/ganlet/internal/npy"
)

// This file is the points between latents.

// end is where a path begins or ends: a sample of a seed, or latents in a file.
// It is a flag's value.
type end struct {
	seed, index uint64 // of a file, for its noise
	path        string // of a .npy, or empty
}

func (e *end) String() string {
	if e.path != "" {
		return e.path
	}
	return fmt.Sprintf("%d:%d", e.seed, e.index)
}

func (e *end) Set(s string) (err error) {
	*e = end{seed: 1}
	if strings.HasSuffix(s, ".npy") {
		e.path = s
		return nil
	}
	seed, index, numbered := strings.Cut(s, ":")
	e.seed, err = strconv.ParseUint(seed, 10, 64)
	if err == nil && numbered {
		e.index, err = strconv.ParseUint(index, 10, 64)
	}
	if err != nil {
		return errors.New("want SEED, SEED:I or FILE.npy")
	}
	return nil
}

func (*end) Type() string { return "end" }

// latents are n latents of a model from the end on, [n, l.Dim], truncated as l is.
func (e *end) latents(l infer.Latent, n int) ([]float32, error) {
	if e.path == "" {
		l.Seed = e.seed
		z := make([]float32, n*l.Dim)
		l.Fill(z, e.index)
		return z, nil
	}
	a, err := npy.ReadFile(e.path, maxInput)
	if err != nil {
		return nil, err
	}
	z, ok := a.Data.([]float32)
	if !ok || len(a.Shape) < 2 || a.Shape[0] < n || len(z) != a.Shape[0]*l.Dim {
		return nil, fmt.Errorf("%q holds %s %v, want float32 [N, %d] with N at least %d, a latent for each row", e.path, typeName(a), a.Shape, l.Dim, n)
	}
	z = z[:n*l.Dim]
	for i := range z {
		z[i] *= l.Truncation
	}
	return z, nil
}

// path is the stream of points on the ways between latents, way by way.
type path struct {
	from, to []float32 // [ways, dim]
	dim      int
	steps    int       // points of a way, its ends among them
	cosines  []float64 // [ways], of the angle between the ends; nil: ways are straight
}

// bend makes straight ways arcs.
func (p *path) bend() error {
	for i := 0; i < len(p.from); i += p.dim {
		var dot, a, b float64
		for j := range p.dim {
			x, y := float64(p.from[i+j]), float64(p.to[i+j])
			dot += float64(x * y) // products of float32 are exact
			a += float64(x * x)
			b += float64(y * y)
		}
		cos := dot / math.Sqrt(float64(a*b))
		if !(cos > 1e-6-1) { // or NaN
			return fmt.Errorf("row %d has no arc: its ends are opposite, or one has no length", i/p.dim)
		}
		p.cosines = append(p.cosines, cos)
	}
	return nil
}

// Fill writes points first, first+1, ... to z, [n, dim]. After the last way comes
// the first again: a model with a batch of its own may want more than there are.
func (p *path) Fill(z []float32, first uint64) {
	ways := len(p.from) / p.dim
	for i := int(first); len(z) >= p.dim; i++ {
		way, t := i/p.steps%ways, float64(i%p.steps)/float64(p.steps-1)
		a, b := 1-t, t
		if p.cosines != nil {
			a, b = arc(p.cosines[way], t)
		}
		for j := range p.dim {
			x, y := float64(p.from[way*p.dim+j]), float64(p.to[way*p.dim+j])
			z[j] = float32(float64(a*x) + float64(b*y))
		}
		z = z[p.dim:]
	}
}

// arc is how much of each end makes the point at t, 0 to 1, of the arc between
// two latents at an angle w of a cosine above -1: sin((1-t)w)/sin w and
// sin(tw)/sin w (Shoemake 1985). It halves the arc that holds the point until
// nothing is left of it: a square root, unlike a sine, is the same on every CPU.
func arc(cos, t float64) (a, b float64) {
	if t == 1 {
		return 0, 1
	}
	type point struct{ a, b float64 }
	low, high := point{1, 0}, point{0, 1}
	for range 60 { // float64 has 53 bits
		a, b := low.a+high.a, low.b+high.b
		length := math.Sqrt(float64(a*a) + float64(b*b) + float64(2*a*b*cos))
		middle := point{a / length, b / length}
		if t *= 2; t >= 1 {
			low = middle
			t--
		} else {
			high = middle
		}
	}
	return low.a, low.b
}
