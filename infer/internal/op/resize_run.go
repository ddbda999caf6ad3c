package op

import (
	"slices"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is how Resize computes its output: by moving elements (nearest), on
// the bilinear kernel, or by mixing elements along one axis after the other.

// resizeNearest moves elements, of any type.
func (n *Node) resizeNearest(r *resizing, axes []resizedAxis) Eval {
	x := n.In[0]
	for i := range axes {
		axes[i].plan(r)
	}
	if n.onKernel(r, axes) {
		return n.resizeImages(axes, false)
	}
	p := tensor.NewPick(x.Shape)
	for i := range axes {
		a := &axes[i]
		for k := range a.outside {
			if a.outside[k] {
				a.at[k] = -1
			}
		}
		p.Choose(a.axis, a.at)
	}
	value := tensor.From(onnx.Double, []float64{r.extrapolation})
	fill := tensor.New(x.Elem)
	tensor.Convert(fill, value)
	over := func(p tensor.Pick) Eval {
		p = p.Joined()
		return func(_ *Memory, out, in []tensor.Tensor) { p.Run(out[0], in[0], fill) }
	}
	if len(x.Shape) > 2 {
		n.OnPixels = over(p.InPixels(x.Shape))
	}
	return over(p)
}

// resizeMixed computes linear and cubic interpolation.
func (n *Node) resizeMixed(r *resizing, axes []resizedAxis) Eval {
	x := n.In[0]
	// Shrinking first, no step between is larger than both input and output.
	for i := range axes {
		for k := i; k > 0 && axes[k].out*axes[k-1].in < axes[k-1].out*axes[k].in; k-- {
			axes[k], axes[k-1] = axes[k-1], axes[k]
		}
	}
	shape := cloneShape(x.Shape)
	for i := range axes {
		a := &axes[i]
		a.plan(r)
		shape[a.axis] = 1
		n.CountWork(tensor.Product(shape), len(a.at))
		shape[a.axis] = a.out
	}
	if r.mode == "linear" && !r.antialias && n.onKernel(r, axes) {
		return n.resizeImages(axes, true)
	}
	value := r.extrapolation
	if len(x.Shape) > 2 {
		across := append([]resizedAxis(nil), axes...)
		for i := range across {
			across[i].axis = tensor.PixelAxis(across[i].axis, len(x.Shape))
		}
		n.OnPixels = mixAxes(across, value)
	}
	return mixAxes(axes, value)
}

// onKernel reports whether the kernel can resize these axes: those of images.
func (n *Node) onKernel(r *resizing, axes []resizedAxis) bool {
	x := n.In[0]
	return len(x.Shape) == 4 && x.Elem == onnx.Float && !r.crops() &&
		!slices.ContainsFunc(axes, func(a resizedAxis) bool { return a.axis < 2 })
}

// resizeImages is nearest or linear interpolation on the kernel.
func (n *Node) resizeImages(along []resizedAxis, linear bool) Eval {
	x := n.In[0].Shape
	var axes [2]kernel.Axis
	for d := range axes {
		same := tensor.Steps(x[2+d], 1)
		if axes[d].Low = same; linear {
			axes[d].High, axes[d].Weight = same, make([]float32, len(same))
		}
	}
	for _, a := range along {
		axis := &axes[a.axis-2]
		if *axis = (kernel.Axis{Low: a.at}); !linear {
			continue
		}
		axis.Low = nil
		for k := 0; k < len(a.at); k += 2 {
			axis.Low, axis.High = append(axis.Low, a.at[k]), append(axis.High, a.at[k+1])
			axis.Weight = append(axis.Weight, float32(a.weight[k+1]))
		}
	}
	over := func(channels int) Eval {
		r := kernel.NewResize(x[2], x[3], channels, axes[0], axes[1])
		size := len(axes[0].Low) * len(axes[1].Low) * channels
		return func(_ *Memory, out, in []tensor.Tensor) {
			r.Run(tensor.Nth[float32](out, 0), tensor.Nth[float32](in, 0), out[0].Len()/size, 0, 1)
		}
	}
	n.OnPixels = over(x[1])
	return over(1)
}

// mixAxes mixes along one axis after the other: float32 as it is, all else in
// float64.
//
//go:noinline
func mixAxes(axes []resizedAxis, value float64) Eval {
	return func(m *Memory, out, in []tensor.Tensor) {
		elem := onnx.Double
		if out[0].Elem == onnx.Float {
			elem = onnx.Float
		}
		t := in[0]
		if len(axes) > 0 && t.Elem != elem {
			t = m.Copied(elem, t)
		}
		for i := range axes {
			a := &axes[i]
			to := out[0]
			if i < len(axes)-1 || to.Elem != elem {
				var space [tensor.MaxRank]int
				shape := append(space[:0], t.Shape...)
				shape[a.axis] = a.out
				to = m.Tensor(elem, shape)
			}
			if elem == onnx.Float {
				mixAxis[float32](a, to, t)
			} else {
				mixAxis[float64](a, to, t)
			}
			t = to
		}
		for i := range axes {
			if elem == onnx.Float {
				extrapolate(&axes[i], t, float32(value))
			} else {
				extrapolate(&axes[i], t, value)
			}
		}
		if len(axes) == 0 || t.Elem != out[0].Elem {
			tensor.Convert(out[0], t)
		}
	}
}

// mixAxis writes the sums along one axis: of every output, its elements times
// their weights, in order.
func mixAxis[T float32 | float64](a *resizedAxis, out, in tensor.Tensor) {
	inner := tensor.Product(out.Shape[a.axis+1:])
	from, to := inner*a.in, inner*a.out
	for o := range tensor.Product(out.Shape[:a.axis]) {
		src, dst := tensor.Of[T](in)[o*from:][:from], tensor.Of[T](out)[o*to:][:to]
		for i := range a.out {
			first, last := a.first[i], a.first[i+1]
			if inner == 1 {
				var sum T
				for k := first; k < last; k++ {
					sum += T(T(a.weight[k]) * src[a.at[k]])
				}
				dst[i] = sum
				continue
			}
			row := dst[i*inner:][:inner]
			clear(row)
			for k := first; k < last; k++ {
				w := T(a.weight[k])
				for j, v := range src[a.at[k]*inner:][:inner] {
					row[j] += T(w * v)
				}
			}
		}
	}
}

// extrapolate sets the outputs that lie outside of the input.
func extrapolate[T float32 | float64](a *resizedAxis, out tensor.Tensor, value T) {
	inner, dst := tensor.Product(out.Shape[a.axis+1:]), tensor.Of[T](out)
	for o := range tensor.Product(out.Shape[:a.axis]) {
		for i, outside := range a.outside {
			if !outside {
				continue
			}
			row := dst[(o*a.out+i)*inner:][:inner]
			for k := range row {
				row[k] = value
			}
		}
	}
}
