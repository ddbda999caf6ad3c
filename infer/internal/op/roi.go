package op

import (
	"math"

	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is pooling over regions of images that an input says.

var regions = family{
	{Name: "RoiAlign", Make: roiAlign, Least: 3, Most: 3, Attrs: "coordinate_transformation_mode mode output_height output_width sampling_ratio spatial_scale", Raise: raiseRoiAlign},
}

// raiseRoiAlign says what version 10 does: pixels have their centres at whole
// numbers.
func raiseRoiAlign(r *Raising) {
	if r.Version < 16 {
		r.Set(onnx.StringAttr("coordinate_transformation_mode", "output_half_pixel"))
	}
}

// regionsOf checks images and regions of some numbers each.
func (n *Node) regionsOf(numbers int) {
	x, rois := n.In[0].Shape, n.In[1].Shape
	if a, b := n.Type(0, tensor.Floats), n.Type(1, tensor.Floats); n.err == nil && a != b {
		n.Fail("regions are %v, want %v", b, a)
	}
	if n.err == nil && (len(x) != 4 || contains(x[1:], 0)) {
		n.Fail("input 0 has shape %v, want images", x)
	}
	if n.err == nil && (len(rois) != 2 || rois[1] != numbers) {
		n.Fail("regions have shape %v, want [regions %d]", rois, numbers)
	}
}

// aligned is a RoiAlign.
type aligned struct {
	height, width      int // of the output
	ratio              int // samples along each side of an output; 0: as many as there are pixels
	scale, offset      float64
	largest, atCorners bool
}

// roiAlign is RoiAlign: means or maxima of samples between pixels.
func roiAlign(n *Node) Eval {
	x, batch := n.In[0].Shape, n.In[2]
	n.Type(2, tensor.Integers)
	n.regionsOf(4)
	a := &aligned{
		height: n.Size("output_height", 1, 1), width: n.Size("output_width", 1, 1), ratio: n.Size("sampling_ratio", 0, 0),
		scale: float64(n.Float("spatial_scale", 1)), largest: n.String("mode", "avg", "max") == "max",
		atCorners: n.String("coordinate_transformation_mode", "half_pixel", "output_half_pixel") == "output_half_pixel",
	}
	if !a.atCorners {
		a.offset = 0.5
	}
	if n.err == nil && !sameShape(batch.Shape, n.In[1].Shape[:1]) {
		n.Fail("batch_indices has shape %v, want [%d]", batch.Shape, n.In[1].Shape[0])
	}
	if n.err != nil || !n.Result(n.In[0].Elem, batch.Shape[0], x[1], a.height, a.width) || n.empty() {
		return nothing
	}
	samples := []int{a.ratio, a.ratio}
	if a.ratio == 0 {
		samples = []int{roiReach(x[2])/a.height + 1, roiReach(x[3])/a.width + 1}
	}
	n.CountWork(append(samples, n.Results[0].Len(), 8)...)
	return func(m *Memory, out, in []tensor.Tensor) {
		src, rois, which := m.Copied(onnx.Double, in[0]), m.Copied(onnx.Double, in[1]), m.Copied(onnx.Int64, in[2])
		dst := m.Tensor(onnx.Double, out[0].Shape)
		for i, k := range tensor.Of[int64](which) {
			if k < 0 || k >= int64(x[0]) {
				m.Fail("region %d is of image %d, want 0 to %d", i, k, x[0]-1)
				continue
			}
			image := piece(tensor.Of[float64](src), int(k), x[0])
			if !a.region(piece(tensor.Of[float64](dst), i, batch.Shape[0]), image, x[1:], tensor.Of[float64](rois)[4*i:]) {
				m.Fail("region %d is far larger than its image", i)
			}
		}
		tensor.Convert(out[0], dst)
	}
}

// roiReach is how long a region may be at the most along a side of an image, if
// its length says how many samples are taken.
func roiReach(side int) int { return 4 * (side + 64) }

// region writes all channels of one region, x1 y1 x2 y2, and reports whether it
// is of a size that images have.
func (a *aligned) region(dst, image []float64, shape []int, roi []float64) bool {
	channels, h, w := shape[0], shape[1], shape[2]
	var start, size [2]float64 // of y, x
	var grid [2]int
	for d, side := range [...]int{a.height, a.width} {
		start[d] = float64(roi[1-d]*a.scale) - a.offset
		length := float64(roi[3-d]*a.scale) - a.offset - start[d]
		if a.atCorners {
			length = max(length, 1)
		}
		size[d] = length / float64(side)
		if grid[d] = a.ratio; a.ratio == 0 {
			if !(math.Abs(length) <= float64(roiReach(shape[1+d]))) {
				return false
			}
			grid[d] = max(int(math.Ceil(size[d])), 0)
		}
	}
	count := float64(max(grid[0]*grid[1], 1))
	for o := range a.height * a.width {
		acc := func(c int) *float64 { return &dst[c*a.height*a.width+o] }
		for k := range grid[0] * grid[1] {
			y := start[0] + float64(float64(o/a.width)*size[0]) + float64((float64(k/grid[1])+0.5)*size[0])/float64(grid[0])
			x := start[1] + float64(float64(o%a.width)*size[1]) + float64((float64(k%grid[1])+0.5)*size[1])/float64(grid[1])
			at, weight := around(y, x, h, w)
			for c := range channels {
				plane, sum := image[c*h*w:], acc(c)
				v0, v1 := float64(weight[0]*plane[at[0]]), float64(weight[1]*plane[at[1]])
				v2, v3 := float64(weight[2]*plane[at[2]]), float64(weight[3]*plane[at[3]])
				if !a.largest {
					*sum += v0 + v1 + v2 + v3
				} else if v := max(v0, v1, v2, v3); k == 0 || v > *sum {
					*sum = v
				}
			}
		}
		for c := 0; c < channels && !a.largest; c++ {
			*acc(c) /= count
		}
	}
	return true
}

// around is the pixels around a place of an image, and their weights: 0 where it
// is more than a pixel outside.
func around(y, x float64, h, w int) (at [4]int, weight [4]float64) {
	if !(y >= -1 && y <= float64(h) && x >= -1 && x <= float64(w)) {
		return at, weight
	}
	y, x = min(max(y, 0), float64(h-1)), min(max(x, 0), float64(w-1))
	y0, x0 := int(y), int(x)
	y1, x1 := min(y0+1, h-1), min(x0+1, w-1)
	fy, fx := y-float64(y0), x-float64(x0)
	at = [4]int{y0*w + x0, y0*w + x1, y1*w + x0, y1*w + x1}
	return at, [4]float64{(1 - fy) * (1 - fx), (1 - fy) * fx, fy * (1 - fx), fy * fx}
}
