package op

import "github.com/ganlet/ganlet/internal/kernel"

// This file is what follows a layer at no pass of its own: a constant added,
// batch norm, activations.

// addLayer is Add of a constant, one number or one a channel.
func addLayer(n *Node) Layer {
	x, c := 0, 1
	if n.In[0].Const != nil {
		x, c = 1, 0
	}
	image := n.In[x].Shape
	if !n.computed(x) || n.In[c].Const == nil || !n.constant(c) || !spreads(n.In[c].Shape, image) {
		return nil
	}
	return &Tail{Tail: kernel.Tail{Bias: n.perChannel(c, channels(image))}, Of: x, One: n.In[c].Len() == 1}
}

// batchNormLayer is BatchNormalization at inference: one multiply-add for each
// element, with the running statistics.
func batchNormLayer(n *Node) Layer {
	if !n.computed(0) || n.Bool("training_mode", false) {
		return nil
	}
	c := channels(n.In[0].Shape)
	var v [5][]float32
	for i := 1; i < 5; i++ {
		if !n.constant(i) {
			return nil
		}
		v[i] = n.Float32s(i)
	}
	part := kernel.Tail{Scale: make([]float32, c), Shift: make([]float32, c)}
	kernel.NormScaleShift(part.Scale, part.Shift, v[1], v[2], v[3], v[4], n.Float("epsilon", 1e-5))
	return &Tail{Tail: part}
}

// activationLayer is the layer of an activation.
func activationLayer(n *Node) Layer {
	if !n.computed(0) {
		return nil
	}
	part := kernel.Tail{Act: kernel.Act(n.how)}
	if part.Act == kernel.LeakyReLU {
		part.Alpha = n.Float("alpha", 0.01)
	}
	return &Tail{Tail: part}
}
