package main

import (
	"fmt"
	"io"
	"math"

	"github.com/ganlet/ganlet/gan/data"
	"github.com/ganlet/ganlet/gan/internal/op"
	"github.com/ganlet/ganlet/internal/kernel"
)

// This file is the training.

// The domains of the streams that weights and the order of images are drawn from.
const (
	domainWeights = 0x6c6e77 // lnw
	domainOrder   = 0x6c6e6f // lno
)

// training is Adam (Kingma and Ba 2015) over some epochs, its rate falling
// linearly to zero over the second half.
type training struct {
	Epochs, Batch, Threads int
	Rate                   float64
	Seed                   uint64
}

// train trains weights on images and tells log how it goes.
func (t training) train(weights []weight, images *data.Images, log io.Writer) error {
	n, err := newNet(weights, t.Batch, t.Threads)
	if err != nil {
		return err
	}
	a := newAdam(weights)
	perEpoch := images.Len() / t.Batch
	steps := perEpoch * t.Epochs
	var order []int
	for step := range steps {
		if step%perEpoch == 0 {
			order = t.order(images.Len(), step/perEpoch)
		}
		if err := n.fill(images, order[step%perEpoch*t.Batch:]); err != nil {
			return err
		}
		left := float64(steps-step) / float64(steps)
		loss, err := a.step(n, t.Rate*min(1, 2*left))
		if err != nil {
			return err
		}
		if step%50 == 0 || step == steps-1 {
			fmt.Fprintf(log, "step %d of %d: loss %.4f\n", step+1, steps, loss)
		}
	}
	return nil
}

// adam is the solver's state.
type adam struct {
	weights []weight
	m, v    [][]float32
	steps   int
}

func newAdam(weights []weight) *adam {
	a := &adam{weights: weights}
	for _, w := range weights {
		a.m, a.v = append(a.m, make([]float32, len(w.data))), append(a.v, make([]float32, len(w.data)))
	}
	return a
}

// step learns from the batch at hand and returns the loss before.
func (a *adam) step(n *net, rate float64) (loss float32, err error) {
	if err := run(n.learn); err != nil {
		return 0, err
	}
	const beta1, beta2 = .9, .999
	a.steps++
	c1, c2 := 1-kernel.Pow64(beta1, float64(a.steps)), 1-kernel.Pow64(beta2, float64(a.steps))
	for i, p := range n.params {
		g, err := p.Grad()
		if err != nil {
			return 0, err
		}
		kernel.Adam(a.weights[i].data, op.Floats(g), a.m[i], a.v[i], beta1, beta2, float32(rate/c1), float32(1/math.Sqrt(c2)), 1e-8)
	}
	return op.Floats(n.loss.Value())[0], nil
}

// order draws an epoch's order of images (Fisher and Yates).
func (t training) order(n, epoch int) []int {
	s := kernel.Stream{Seed: t.Seed, Domain: domainOrder, Index: uint64(epoch)}
	order := make([]int, n)
	for i := range order {
		j := s.IntN(i + 1)
		order[i], order[j] = order[j], i
	}
	return order
}

// fill fills the batch with the first images of an order.
func (n *net) fill(images *data.Images, order []int) error {
	for i := range n.labels {
		x := n.images[i*side*side:][:side*side]
		if err := images.Image(x, order[i]); err != nil {
			return err
		}
		for j, v := range x {
			x[j] = float32(v*.5) + .5 // as the exported graph does
		}
		n.labels[i] = images.Label(order[i])
	}
	return nil
}
