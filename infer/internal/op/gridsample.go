package op

import (
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is GridSample: images read at places that an input says. How it reads
// between pixels is in sampler.go.

var gridSamples = family{
	{Name: "GridSample", Make: gridSample, Least: 2, Most: 2, Attrs: "align_corners mode padding_mode", Raise: raiseGridSample},
	{Name: "com.microsoft.GridSample", Make: gridSample, Least: 2, Most: 2, Attrs: "align_corners mode padding_mode", Raise: raiseGridSample},
	{Name: "AffineGrid", Make: affineGrid, Least: 2, Most: 2, Attrs: "align_corners"},
}

// raiseGridSample gives modes the names of version 20.
func raiseGridSample(r *Raising) {
	names := map[string]string{"bilinear": "linear", "bicubic": "cubic"}
	for i := range r.Attrs {
		if name := names[r.Attrs[i].String]; r.Attrs[i].Name == "mode" && name != "" {
			r.Attrs[i].String = name
		}
	}
}

// gridSample is GridSample of images of up to three dimensions.
func gridSample(n *Node) Eval {
	x, grid := n.In[0], n.In[1]
	mode := n.String("mode", "linear", "nearest", "cubic")
	padding := n.String("padding_mode", "zeros", "border", "reflection")
	corners := n.Bool("align_corners", false)
	if mode == "nearest" {
		n.Type(0, tensor.Any)
	} else {
		n.Type(0, tensor.Numbers)
	}
	n.Type(1, tensor.Floats)
	rank := len(x.Shape) - 2
	if n.err == nil && (rank < 1 || rank > 3) {
		n.Fail("input 0 has shape %v, want images of 1 to 3 dimensions", x.Shape)
	}
	if n.err == nil && (len(grid.Shape) != rank+2 || grid.Shape[rank+1] != rank || grid.Shape[0] != x.Shape[0]) {
		n.Fail("the grid has shape %v, want %d samples of %d dimensions with %d coordinates each", grid.Shape, x.Shape[0], rank, rank)
	}
	if n.err != nil {
		return nil
	}
	shape := joinLists(x.Shape[:2], grid.Shape[1:rank+1])
	if !n.Result(x.Elem, shape...) || n.empty() {
		return nothing
	}
	if contains(x.Shape[2:], 0) && padding != "zeros" {
		n.Fail("input 0 has shape %v, want pixels", x.Shape)
		return nil
	}
	s := &sampler{mode: mode, padding: padding, corners: corners, single: grid.Elem == onnx.Float, sides: cloneShape(x.Shape[2:])}
	n.CountWork(tensor.Product(shape), s.taps())
	wide := func(t tensor.Type) tensor.Type {
		if t == onnx.Float {
			return t
		}
		return onnx.Double
	}
	return inFirst(wide, func(m *Memory, out, in []tensor.Tensor) {
		grid := m.Copied(onnx.Double, in[1])
		for i := range shape[0] {
			at := piece(tensor.Of[float64](grid), i, shape[0])
			if out[0].Elem == onnx.Float {
				sampleAll(m, s, piece(tensor.Nth[float32](out, 0), i, shape[0]), tensor.Nth[float32](in, 0), at, i, shape)
			} else {
				sampleAll(m, s, piece(tensor.Nth[float64](out, 0), i, shape[0]), tensor.Nth[float64](in, 0), at, i, shape)
			}
		}
	})
}

// inFirst runs f on input 0 in another type and other inputs as they are, and
// converts what it makes.
func inFirst(to func(tensor.Type) tensor.Type, f Eval) Eval {
	return func(m *Memory, out, in []tensor.Tensor) {
		m.in = append(m.in[:0], in...)
		m.in[0] = m.as(to, in[0])
		made := out[0]
		if made.Elem != to(made.Elem) {
			made = m.Tensor(to(made.Elem), made.Shape)
		}
		m.out = append(m.out[:0], made)
		f(m, m.out, m.in)
		if made.Elem != out[0].Elem {
			tensor.Convert(out[0], made)
		}
	}
}

// piecePixels is how many output pixels are sampled at once.
const piecePixels = 256

// sampleAll writes all channels of sample number, of the images x.
func sampleAll[T float](m *Memory, s *sampler, dst, x []T, grid []float64, number int, shape []int) {
	channels, pixels, taps := shape[1], tensor.Product(shape[2:]), s.taps()
	plane := tensor.Product(s.sides)
	src := x[number*channels*plane:][:channels*plane]
	at := tensor.Of[int64](m.Tensor(onnx.Int64, []int{piecePixels * taps}))
	weight := tensor.Of[float64](m.Tensor(onnx.Double, []int{piecePixels * taps}))
	for first := 0; first < pixels; first += piecePixels {
		few := min(piecePixels, pixels-first)
		for i := range few {
			s.place(grid[(first+i)*len(s.sides):], at[i*taps:][:taps], weight[i*taps:][:taps])
		}
		for c := range channels {
			mixTaps(dst[c*pixels+first:][:few], src[c*plane:][:plane], at, weight, taps)
		}
	}
}

// mixTaps writes sums of elements of src times their weights; those at -1 are 0.
func mixTaps[T float](dst, src []T, at []int64, weight []float64, taps int) {
	for i := range dst {
		var sum T
		w := weight[i*taps:][:taps]
		for k, from := range at[i*taps:][:taps] {
			if from >= 0 {
				sum += T(T(w[k]) * src[from])
			}
		}
		dst[i] = sum
	}
}

// affineGrid is AffineGrid: where GridSample is to read for an affine map of the
// image.
func affineGrid(n *Node) Eval {
	theta := n.In[0]
	elem := n.Type(0, tensor.Floats)
	size := n.lengths(1)
	corners := n.Bool("align_corners", false)
	rank := len(size) - 2
	if n.err == nil && (rank < 2 || rank > 3) {
		n.Fail("size is %v, want 4 or 5 numbers", size)
	}
	if n.err == nil && !sameShape(theta.Shape, []int{size[0], rank, rank + 1}) {
		n.Fail("input 0 has shape %v, want [%d %d %d]", theta.Shape, size[0], rank, rank+1)
	}
	if n.err != nil {
		return nil
	}
	shape := append(append([]int{size[0]}, size[2:]...), rank)
	if !n.Result(elem, shape...) || n.empty() {
		return nothing
	}
	n.CountWork(tensor.Product(shape), rank)
	sides := shape[1 : rank+1]
	return func(m *Memory, out, in []tensor.Tensor) {
		y, t := m.Tensor(onnx.Double, out[0].Shape), m.Copied(onnx.Double, in[0])
		dst := tensor.Of[float64](y)
		pixels := tensor.Product(sides)
		var place [3]float64 // x first
		for i := range len(dst) / rank {
			rest := i % pixels
			for d := rank - 1; d >= 0; d-- {
				place[rank-1-d] = gridPlace(rest%sides[d], sides[d], corners)
				rest /= sides[d]
			}
			for r := range rank {
				row := tensor.Of[float64](t)[(i/pixels*rank+r)*(rank+1):]
				sum := row[rank]
				for k := range rank {
					sum += float64(row[k] * place[k])
				}
				dst[i*rank+r] = sum
			}
		}
		tensor.Convert(out[0], y)
	}
}

// gridPlace is where pixel i of a side lies between -1 and 1: the centres of the
// first and last pixel, or their outer edges.
func gridPlace(i, side int, corners bool) float64 {
	if corners {
		if side == 1 {
			return 0 // as in PyTorch
		}
		return float64(2*i)/float64(side-1) - 1
	}
	return float64(2*i+1)/float64(side) - 1
}
