package infer

import (
	"math"
	"slices"

	"github.com/ganlet/ganlet/internal/kernel"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is normalisations: each sample or channel brought to mean 0 and
// variance 1.

// moments returns mean and variance.
func moments(g []float64) (mean, variance float64) {
	mean = reduced(reduceMean, g)
	for _, v := range g {
		variance += float64((v - mean) * (v - mean))
	}
	return mean, variance / float64(max(len(g), 1))
}

// standardize brings a group to mean 0 and variance 1.
func standardize(g []float64, eps float64) (mean, inverse float64) {
	mean, variance := moments(g)
	inverse = 1 / math.Sqrt(variance+eps)
	for i := range g {
		g[i] = (g[i] - mean) * inverse
	}
	return mean, inverse
}

// instanceStep is InstanceNormalization of rows images.
type instanceStep struct {
	layer
	area        int
	gamma, beta []float32
	eps         float32
}

func (s *instanceStep) scratch(int) int  { return 4*s.channels + 16 }
func (s *instanceStep) work(n int) int64 { return 4 * volume(s.rows.of(n), s.area, s.channels) }

func (s *instanceStep) run(r *run, part, parts int) {
	dst, src := s.of(r)
	from, to := kernel.Share(s.rows.of(r.n), part, parts)
	for i, each := from, s.area*s.channels; i < to; i++ {
		y := dst[i*each:][:each]
		kernel.InstanceNorm(y, src[i*each:][:each], s.gamma, s.beta, s.eps, r.scratch[part])
		s.tail.Apply(y, s.channels)
	}
}

// instanceNorm is InstanceNormalization: each channel of each sample.
func instanceNorm(n *node) (*value, error) {
	x := n.data(0, 0)
	c := x.channels()
	s := &instanceStep{area: x.area(), gamma: n.vector(1, c), beta: n.vector(2, c), eps: n.floatAttr("epsilon", 1e-5)}
	if n.err != nil {
		return nil, n.err
	}
	src, err := n.pixels(x)
	if err != nil {
		return nil, err
	}
	dst := n.newBuffer(x.shape)
	s.layer = layer{link: link{src, dst}, rows: x.rows(), channels: c}
	n.plan.add(s)
	v := &value{shape: x.shape, elem: x.elem, plain: none, pixels: none, layer: &s.layer}
	v.setPixels(dst)
	return v, nil
}

// instanceNormGeneral is instanceNorm of any floats, computed or not.
func instanceNormGeneral(n *node) evaluate {
	x := n.in[0]
	elem := n.sameElem(floats)
	if len(x.shape) < 2 || !slices.Equal(n.in[1].shape, x.shape[1:2]) || !slices.Equal(n.in[2].shape, x.shape[1:2]) {
		n.fail("shapes %v, %v and %v do not go together", x.shape, n.in[1].shape, n.in[2].shape)
		return nil
	}
	n.result(elem, x.shape...)
	return n.inGroups(x.shape[1], x.shape[1])
}

// perChannelAffine is y*scale + bias, with one of each for every channel.
func perChannelAffine(m *memory, y, scale, bias tensor) {
	c := y.shape[1]
	s, b := m.copied(onnx.Double, scale), m.copied(onnx.Double, bias)
	each, v := product(y.shape[2:]), of[float64](y)
	for i := range v {
		k := i / each % c
		v[i] = float64(v[i]*of[float64](s)[k]) + of[float64](b)[k]
	}
}

// groupNorm is GroupNormalization: groups of channels of each sample. Scale and
// bias are per group up to opset 20, per channel after.
func groupNorm(n *node) evaluate {
	x := n.in[0]
	elem := n.sameElem(floats)
	groups := int(n.intAttr("num_groups", 0))
	if len(x.shape) < 2 || groups < 1 || groups > x.shape[1] || x.shape[1]%groups != 0 {
		n.fail("num_groups %d does not fit shape %v", groups, x.shape)
		return nil
	}
	want := x.shape[1]
	if n.opset < 21 {
		want = groups
	}
	if !slices.Equal(n.in[1].shape, []int{want}) || !slices.Equal(n.in[2].shape, []int{want}) {
		n.fail("scale and bias have shapes %v and %v, want [%d]", n.in[1].shape, n.in[2].shape, want)
	}
	n.result(elem, x.shape...)
	return n.inGroups(groups, want)
}

// inGroups brings groups of channels of each sample to mean 0 and variance 1, and
// applies scale and bias, of which there are so many.
func (n *node) inGroups(groups, scales int) evaluate {
	eps := float64(n.floatAttr("epsilon", 1e-5))
	return func(m *memory, out, in []tensor) {
		y := m.copied(onnx.Double, in[0])
		shape := y.shape
		y.shape = []int{shape[0], groups, shape[1] / groups * product(shape[2:])}
		eachLane(m, y, []int{2}, func(g []float64) { standardize(g, eps) })
		if scales != groups {
			y.shape = shape
		}
		perChannelAffine(m, y, in[1], in[2])
		y.shape = shape
		convert(out[0], y)
	}
}

// layerNorm is LayerNormalization: all axes from one on; mean and inverse
// deviation are further outputs.
func layerNorm(n *node) evaluate {
	x := n.in[0]
	elem := n.sameElem(floats)
	axis := n.axis(n.intAttr("axis", -1), len(x.shape))
	n.within(x.shape, axis)
	if n.err != nil {
		return nil
	}
	for i := 1; i < 3; i++ {
		if n.in[i] != nil && !slices.Equal(n.broadcast(x.shape, n.in[i].shape), x.shape) {
			n.fail("input %d of shape %v does not fit %v", i, n.in[i].shape, x.shape)
		}
	}
	if n.intAttr("stash_type", 1) != 1 {
		n.fail("stash_type is not 1")
	}
	eps := float64(n.floatAttr("epsilon", 1e-5))
	joined := steps(len(x.shape), 1)[axis:]
	outer := slices.Clone(x.shape)
	for _, d := range joined {
		outer[d] = 1
	}
	n.result(elem, x.shape...)
	n.result(onnx.Float, outer...)
	n.result(onnx.Float, outer...)
	return func(m *memory, out, in []tensor) {
		y := m.copied(onnx.Double, in[0])
		k := 0
		eachLane(m, y, joined, func(g []float64) {
			mean, inverse := standardize(g, eps)
			of[float32](out[1])[k], of[float32](out[2])[k] = float32(mean), float32(inverse)
			k++
		})
		for i, op := range [...]operation{1: opMul, 2: opAdd} {
			if i > 0 && i < len(in) && in[i].given() {
				other := m.copied(onnx.Double, in[i])
				join(m, op, y, y, other)
			}
		}
		convert(out[0], y)
	}
}

// batchNormGeneral is BatchNormalization with statistics that are computed, or
// of the batch itself in training mode.
func batchNormGeneral(n *node) evaluate {
	x := n.in[0]
	elem := n.sameElem(floats)
	training := n.intAttr("training_mode", 0) != 0
	if n.intAttr("spatial", 1) != 1 {
		n.fail("spatial is not 1")
	}
	if len(x.shape) < 2 {
		n.fail("input 0, %q, has shape %v, want at least 2 dimensions", n.Inputs[0], x.shape)
		return nil
	}
	c := x.shape[1]
	for i := 1; i < 5; i++ {
		if !slices.Equal(n.in[i].shape, []int{c}) {
			n.fail("input %d, %q, has shape %v, want [%d]", i, n.Inputs[i], n.in[i].shape, c)
		}
	}
	n.result(elem, x.shape...)
	eps, momentum := float64(n.floatAttr("epsilon", 1e-5)), float64(n.floatAttr("momentum", 0.9))
	if training {
		n.within(x.shape, 0)
		n.result(elem, c)
		n.result(elem, c)
	}
	joined := slices.Delete(steps(len(x.shape), 1), 1, 2)
	return func(m *memory, out, in []tensor) {
		y, mean, variance := m.copied(onnx.Double, in[0]), m.copied(onnx.Double, in[3]), m.copied(onnx.Double, in[4])
		running, v := of[float64](mean), of[float64](variance)
		k := 0
		eachLane(m, y, joined, func(g []float64) {
			by, spread := running[k], v[k]
			if training {
				by, spread = moments(g)
				running[k] = float64(running[k]*momentum) + float64(by*(1-momentum))
				v[k] = float64(v[k]*momentum) + float64(spread*(1-momentum))
			}
			for i := range g {
				g[i] = (g[i] - by) / math.Sqrt(spread+eps)
			}
			k++
		})
		perChannelAffine(m, y, in[1], in[2])
		convert(out[0], y)
		if training {
			convert(out[1], mean)
			convert(out[2], variance)
		}
	}
}
