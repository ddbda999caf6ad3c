package op

import (
	"fmt"
	"image"
	"math"
	"slices"
	"testing"

	"github.com/ganlet/ganlet/internal/kernel"
	G "gorgonia.org/gorgonia"
)

// forms are of the same images, with channels first and last.
var forms = []Images{{N: 4, C: 3, H: 5, W: 6}, {N: 4, C: 3, H: 5, W: 6, Last: true}}

// at is the place of a value.
func (f Images) at(i, c, y, x int) int {
	if f.Last {
		return ((i*f.H+y)*f.W+x)*f.C + c
	}
	return ((i*f.C+c)*f.H+y)*f.W + x
}

// checkImages checks what an op makes of noise, and its gradient.
func checkImages(t *testing.T, what string, f Images, apply func(e *Env, x *G.Node) (*G.Node, error), want func(x []float32, i, c, y, w int) float64) {
	t.Helper()
	x, dy := make([]float32, f.N*f.size()), make([]float32, f.N*f.size())
	kernel.Latents(x, 3, 0, len(x), true)
	kernel.Latents(dy, 4, 0, len(dy), true)
	r := newRig(t)
	in := r.input("x", x, f.N, f.size())
	out, err := apply(&r.env, in)
	r.finish(out, err, dy, in)
	r.run()
	got := Floats(r.out.Value())
	for i := range f.N {
		for c := range f.C {
			for y := range f.H {
				for w := range f.W {
					if v, want := got[f.at(i, c, y, w)], want(x, i, c, y, w); math.Abs(float64(v)-want) > 1e-6*(1+math.Abs(want)) {
						t.Errorf("%s of %+v: image %d has %v in channel %d at %d,%d, want %v", what, f, i, v, c, w, y, want)
					}
				}
			}
		}
	}
	r.differences(what, in, 2e-3)
}

// Colours change as Zhao et al. 2020 have it: x + b, then (x-mean)s + mean by
// pixel, then (x-mean)c + mean by image.
func TestRecolour(t *testing.T) {
	colours := []Colour{{0.3, 1, 1}, {0, 0.4, 1}, {0, 1, 1.4}, {-0.2, 1.7, 0.6}}
	for _, f := range forms {
		stage := func(x []float32, i, c, y, w int) float64 { return float64(x[f.at(i, c, y, w)]) + colours[i].Brightness }
		pixel := func(x []float32, i, y, w int) (mean float64) {
			for c := range f.C {
				mean += stage(x, i, c, y, w) / float64(f.C)
			}
			return mean
		}
		saturated := func(x []float32, i, c, y, w int) float64 {
			mean := pixel(x, i, y, w)
			return (stage(x, i, c, y, w)-mean)*colours[i].Saturation + mean
		}
		checkImages(t, "recolour", f, func(e *Env, x *G.Node) (*G.Node, error) {
			return Recolour(e, x, f, func(i int) Colour { return colours[i] })
		}, func(x []float32, i, c, y, w int) float64 {
			mean := 0.0
			for c := range f.C {
				for y := range f.H {
					for w := range f.W {
						mean += saturated(x, i, c, y, w) / float64(f.size())
					}
				}
			}
			return (saturated(x, i, c, y, w)-mean)*colours[i].Contrast + mean
		})
	}
}

// Images move with zeros from outside; holes are zero, also where they reach
// over an edge.
func TestDisplace(t *testing.T) {
	moves := []Move{
		{By: image.Pt(2, -1)},
		{Hole: image.Rect(1, 2, 4, 4)},
		{By: image.Pt(-1, 2), Hole: image.Rect(-2, 3, 2, 7)},
		{By: image.Pt(9, 0), Hole: image.Rect(4, -1, 9, 3)}, // all of it is gone
	}
	for _, f := range forms {
		checkImages(t, "displace", f, func(e *Env, x *G.Node) (*G.Node, error) {
			return Displace(e, x, f, func(i int) Move { return moves[i] })
		}, func(x []float32, i, c, y, w int) float64 {
			from := image.Pt(w, y).Sub(moves[i].By)
			if !from.In(image.Rect(0, 0, f.W, f.H)) || image.Pt(w, y).In(moves[i].Hole) {
				return 0
			}
			return float64(x[f.at(i, c, from.Y, from.X)])
		})
	}
}

func TestNoise(t *testing.T) {
	k := float32(0.5)
	f := forms[1]
	checkImages(t, "noise", f, func(e *Env, x *G.Node) (*G.Node, error) {
		return Noise(e, x, f, func(i int, dst []float32) {
			for j := range dst {
				dst[j] = float32(100*i + j)
			}
		}, &k)
	}, func(x []float32, i, c, y, w int) float64 {
		j := f.at(i, c, y, w)
		return float64(x[j]) + 0.5*float64(100*i+j%f.size())
	})
}

// A pack has its images' channels side by side.
func TestPack(t *testing.T) {
	const n, m, pixels, c = 6, 3, 4, 2
	x, dy := make([]float32, n*pixels*c), make([]float32, n*pixels*c)
	for i := range x {
		x[i] = float32(i)
	}
	kernel.Latents(dy, 4, 0, len(dy), true)
	r := newRig(t)
	in := r.input("x", x, n, 2, 2, c)
	out, err := Pack(&r.env, in, n, m)
	r.finish(out, err, dy, in)
	r.run()
	if s := fmt.Sprint(out.Shape()); s != "(2, 2, 2, 6)" {
		t.Errorf("packs have the shape %s, want (2, 2, 2, 6)", s)
	}
	for pack := range n / m {
		for p := range pixels {
			var want []float32
			for channel := range c {
				for image := range m {
					want = append(want, x[((pack*m+image)*pixels+p)*c+channel])
				}
			}
			if got := Floats(r.out.Value())[(pack*pixels+p)*m*c:][:m*c]; !slices.Equal(got, want) {
				t.Errorf("pixel %d of pack %d is %v, want %v", p, pack, got, want)
			}
		}
	}
	r.differences("pack", in, 1e-3)
}
