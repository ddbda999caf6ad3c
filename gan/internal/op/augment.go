package op

import (
	"image"

	G "gorgonia.org/gorgonia"
)

// This file is changes of images that differ from one image to the next, with
// their gradients. What is to be done to image i is asked again on the way back:
// the answer must be the same.

// Images is the form of N images: [N, H, W, C] if Last, else [N, C, H, W]. A
// node of them may have any shape of as many values.
type Images struct {
	N, C, H, W int
	Last       bool
}

func (f Images) size() int { return f.C * f.H * f.W }

// each runs change for every image.
func (f Images) each(e *Env, dst, src []float32, change func(i int, dst, src []float32)) {
	size := f.size()
	e.split(func(part, parts int) {
		for i := f.N * part / parts; i < f.N*(part+1)/parts; i++ {
			change(i, dst[i*size:][:size], src[i*size:][:size])
		}
	})
}

// A Colour adds Brightness to all values, then multiplies what sets a channel
// apart from its pixel's mean with Saturation, then what sets a value apart from
// the image's mean with Contrast.
type Colour struct{ Brightness, Saturation, Contrast float64 }

// apply is a symmetric map but for the brightness.
func (c Colour) apply(dst, src []float32, f Images) {
	channel, pixel := f.H*f.W, 1
	if f.Last {
		channel, pixel = 1, f.C
	}
	mean := func(x []float32, from, n, stride int) float64 {
		sum := 0.0
		for i := range n {
			sum += float64(x[from+i*stride])
		}
		return sum / float64(n)
	}
	middle := mean(src, 0, len(src), 1)
	for p := range f.H * f.W {
		grey := mean(src, p*pixel, f.C, channel)
		base := middle + float64(c.Contrast*(grey-middle)) + c.Brightness
		for i := p * pixel; i < p*pixel+f.C*channel; i += channel {
			dst[i] = float32(base + float64(c.Contrast*c.Saturation*(float64(src[i])-grey)))
		}
	}
}

// Recolour changes the colours of images x, of each as it is told.
func Recolour(e *Env, x *G.Node, f Images, of func(i int) Colour) (*G.Node, error) {
	return e.apply(&Op{
		name: "colour", shape: x.Shape().Clone(), wrt: []bool{true},
		run: func(out []float32, in [][]float32) error {
			f.each(e, out, in[0], func(i int, dst, src []float32) { of(i).apply(dst, src, f) })
			return nil
		},
		grad: func(_ G.Nodes, _, dout *G.Node) (G.Nodes, error) {
			dx, err := Recolour(e, dout, f, func(i int) Colour {
				c := of(i)
				c.Brightness = 0
				return c
			})
			return G.Nodes{dx}, err
		},
	}, x)
}

// A Move moves an image By pixels right and down, zeros coming in, and then
// makes a Hole of zeros.
type Move struct {
	By   image.Point
	Hole image.Rectangle
}

// apply moves src to dst, or back: the transpose of the move.
func (m Move) apply(dst, src []float32, f Images, back bool) {
	clear(dst)
	all := image.Rect(0, 0, f.W, f.H)
	in := all.Add(m.By).Intersect(all)
	planes, values := f.C, 1
	if f.Last {
		planes, values = 1, f.C
	}
	for p := range planes {
		line := func(y, from, to int) {
			if from >= to {
				return
			}
			here := ((p*f.H+y)*f.W + from) * values
			there := ((p*f.H+y-m.By.Y)*f.W + from - m.By.X) * values
			if back {
				here, there = there, here
			}
			copy(dst[here:][:(to-from)*values], src[there:])
		}
		for y := in.Min.Y; y < in.Max.Y; y++ {
			if y < m.Hole.Min.Y || y >= m.Hole.Max.Y {
				line(y, in.Min.X, in.Max.X)
				continue
			}
			line(y, in.Min.X, min(in.Max.X, m.Hole.Min.X))
			line(y, max(in.Min.X, m.Hole.Max.X), in.Max.X)
		}
	}
}

// Displace moves images x and makes holes in them, in each as it is told.
func Displace(e *Env, x *G.Node, f Images, of func(i int) Move) (*G.Node, error) {
	return displace(e, x, f, of, false)
}

func displace(e *Env, x *G.Node, f Images, of func(i int) Move, back bool) (*G.Node, error) {
	return e.apply(&Op{
		name: "displace", shape: x.Shape().Clone(), wrt: []bool{true},
		run: func(out []float32, in [][]float32) error {
			f.each(e, out, in[0], func(i int, dst, src []float32) { of(i).apply(dst, src, f, back) })
			return nil
		},
		grad: func(_ G.Nodes, _, dout *G.Node) (G.Nodes, error) {
			dx, err := displace(e, dout, f, of, !back)
			return G.Nodes{dx}, err
		},
	}, x)
}

// Noise adds k times to the images x what draw fills dst with for image i.
func Noise(e *Env, x *G.Node, f Images, draw func(i int, dst []float32), k *float32) (*G.Node, error) {
	return e.apply(&Op{
		name: "noise", shape: x.Shape().Clone(), wrt: []bool{true},
		run: func(out []float32, in [][]float32) error {
			f.each(e, out, in[0], func(i int, dst, src []float32) {
				draw(i, dst)
				for j, v := range dst {
					dst[j] = src[j] + float32(*k*v)
				}
			})
			return nil
		},
		grad: func(_ G.Nodes, _, dout *G.Node) (G.Nodes, error) { return G.Nodes{dout}, nil },
	}, x)
}

// Pack makes samples of m images each of n images x, [n, ..., C]. Values of
// equal places lie side by side: [n/m, ..., C*m].
func Pack(e *Env, x *G.Node, n, m int) (*G.Node, error) {
	shape := x.Shape().Clone()
	shape[0] /= m
	shape[len(shape)-1] *= m
	return reorder(e, "pack", x, n/m, m, shape[1:].TotalSize()/m, shape)
}
