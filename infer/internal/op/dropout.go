package op

import (
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is Dropout.

var dropouts = family{
	{Name: "Dropout", Make: dropout, Layer: dropoutLayer, Least: 1, Most: 3, Attrs: "seed", Raise: raiseDropout, Random: true},
}

// dropoutLayer is Dropout outside of training whose mask nobody reads.
func dropoutLayer(n *Node) Layer {
	if n.drops() || n.Wants(1) {
		return nil
	}
	return View{}
}

// drops reports whether the node is in training.
func (n *Node) drops() bool {
	if n.In[2] == nil {
		return false
	}
	n.Type(2, tensor.Booleans)
	list := n.Ints(2)
	return len(list) > 0 && list[0] != 0
}

// raiseDropout turns the ratio into an input, and refuses training, which old
// versions do unless told otherwise.
func raiseDropout(r *Raising) {
	r.Take("consumed_inputs")
	if r.Version < 7 {
		if a := r.Take("is_test"); a == nil || a.Int == 0 {
			r.Refuse("is_test is not set")
		}
	}
	if r.Version < 10 { // the mask had the type of the data
		r.Set(onnx.IntAttr("_mask", 1))
	}
	if r.Version < 12 {
		r.FloatToInput("ratio", 1)
	}
}

// dropout is Dropout: nothing, outside of training. Its second output says that
// every element stayed.
func dropout(n *Node) Eval {
	x := n.In[0]
	n.Result(n.Type(0, tensor.Floats), x.Shape...)
	training, ratio := n.drops(), 0.5
	if training && n.In[1] != nil {
		list := n.Float64s(1)
		ratio = 0
		if len(list) > 0 {
			ratio = list[0]
		}
	}
	mask := onnx.Bool
	if n.Bool("_mask", false) {
		mask = x.Elem
	}
	n.Result(mask, x.Shape...)
	if training && ratio != 0 {
		return n.dropSome(ratio)
	}
	return func(m *Memory, out, in []tensor.Tensor) {
		tensor.Convert(out[0], in[0])
		ones := m.Tensor(onnx.Int64, in[0].Shape)
		v := tensor.Of[int64](ones)
		for i := range v {
			v[i] = 1
		}
		tensor.Convert(out[1], ones)
	}
}

// dropSome is Dropout in training: elements are left out with a probability, and
// the others grow. ONNX leaves the generator open. With a seed of the node's own
// it is that of ONNX's reference and cases, whose numbers go through all samples;
// without, it is that of the other random operators.
func (n *Node) dropSome(ratio float64) Eval {
	if !(ratio >= 0 && ratio < 1) {
		n.Fail("ratio is %v, want 0 to below 1", ratio)
	}
	seed := n.Int("seed", 0)
	own := n.Has("seed") && seed >= 0 && seed < 1<<32
	n.CountWork(n.In[0].Len(), 8)
	return func(m *Memory, out, in []tensor.Tensor) {
		draws := m.Tensor(onnx.Float, in[0].Shape)
		keep := tensor.Of[float32](draws)
		if own {
			n.keepByMersenne(m, keep, ratio, uint32(seed))
		} else {
			n.draw(m, keep, in[0].Shape, false)
			for i, u := range keep {
				keep[i] = 0
				if float64(u) >= ratio {
					keep[i] = 1
				}
			}
		}
		tensor.Convert(out[1], draws)
		if out[0].Elem == onnx.Float {
			dropOf(tensor.Nth[float32](out, 0), tensor.Nth[float32](in, 0), keep, 1/(1-ratio))
		} else {
			dropOf(tensor.Nth[float64](out, 0), tensor.Nth[float64](in, 0), keep, 1/(1-ratio))
		}
	}
}

// maxSkipped bounds the samples whose numbers are passed over.
const maxSkipped = 1 << 16

// keepByMersenne says which elements stay, by the numbers of a seed.
func (n *Node) keepByMersenne(m *Memory, keep []float32, ratio float64, seed uint32) {
	random := newMersenne(seed)
	if n.Samples {
		if m.First > maxSkipped {
			m.Fail("the node's own seed goes through all samples: sample %d is too far, want at most %d", m.First, maxSkipped)
			return
		}
		for range int(m.First) * (len(keep) / max(n.In[0].Shape[0], 1)) {
			random.uniform()
		}
	}
	for i := range keep {
		keep[i] = 0
		if random.uniform() >= ratio {
			keep[i] = 1
		}
	}
}

func dropOf[T float](y, x []T, keep []float32, scale float64) {
	for i, v := range x {
		y[i] = 0
		if keep[i] != 0 {
			y[i] = T(float64(v) * scale)
		}
	}
}
