package gan

import (
	"errors"
	"fmt"
	"slices"

	"github.com/ganlet/ganlet/gan/internal/op"
	"github.com/ganlet/ganlet/internal/kernel"
)

// This file is what the discriminator thinks of any images.

// Judge returns the logits that the discriminator, as it is now, gives to images,
// [n, C, H, W]: the sigmoid of one is its verdict, 1 real, 0 generated. It sees
// them as they are, without augmentation, noise or dropout. With a Pack there is a
// logit for each pack of images that follow each other, and n is a multiple; with
// batch norm or MinibatchStddev, whose groups divide n, logits depend on the other
// images. A conditional training is refused.
func (t *Trainer) Judge(images []float32) ([]float32, error) {
	if t.cfg.Classes > 0 {
		return nil, errors.New("gan: judge: the discriminator judges images by their labels, want a training without labels")
	}
	s, pack := t.shape, max(t.cfg.Pack, 1)
	n := len(images) / s.Len()
	if n == 0 || n%pack != 0 || len(images)%s.Len() != 0 {
		return nil, fmt.Errorf("gan: judge: images have %d values, want a multiple of %d", len(images), pack*s.Len())
	}
	in, shape := slices.Clone(images), []int{n, s.Len()}
	if channelsLast(t.dis) {
		kernel.Transpose(in, images, n, s.C, s.H*s.W, 0, 1)
		shape = []int{n, s.H, s.W, s.C}
	}
	g := newGraph(n, t.cfg.Threads, nil)
	x := g.input("images", in, shape...)
	var err error
	if pack > 1 {
		if x, err = op.Pack(&g.env, x, n, pack); err != nil {
			return nil, err
		}
		g.n = n / pack
	}
	logits, _, err := g.network("discriminator", x, ahead(t.dis), mode{frozen: true, leaf: true, groups: 1})
	if err != nil {
		return nil, err
	}
	vm, err := g.program(logits)
	if err != nil {
		return nil, err
	}
	defer vm.Close()
	if err := run(vm); err != nil {
		return nil, fmt.Errorf("gan: judge: %w", err)
	}
	return slices.Clone(op.Floats(logits.Value())), nil
}

// ahead are layers as the next step of the discriminator meets them: with singular
// vectors of their own, which it would find.
func ahead(layers []Layer) []Layer {
	next := slices.Clone(layers)
	for i := range next {
		if l := &next[i]; l.spectral != nil {
			l.spectral = &spectral{u: slices.Clone(l.spectral.u), v: make([]float32, len(l.Weight)/l.Out)}
		}
	}
	iterateSpectral(next)
	return next
}
