package infer

import "github.com/ganlet/ganlet/internal/kernel"

// This file is layers: steps that end in a kernel.Tail, and how bias, batch
// norm and activation become part of the step before them.

// layer is what such steps have in common.
type layer struct {
	link
	rows     rows
	channels int // of the output, and of the tail's slices
	tail     kernel.Tail
	dense    *denseStep // the layer itself, if its columns can be reordered
}

// takes says that part can follow the layer's tail as it stands: a tail is a
// bias, then scale and shift, then an activation, each at most once.
func (l *layer) takes(part *kernel.Tail) bool {
	switch t := &l.tail; {
	case t.Act != kernel.Identity:
		return false
	case part.Bias != nil:
		return t.Bias == nil && t.Scale == nil
	case part.Scale != nil:
		return t.Scale == nil
	}
	return true
}

// take appends part to the tail.
func (l *layer) take(part *kernel.Tail) {
	if part.Bias != nil {
		l.tail.Bias = part.Bias
	}
	if part.Scale != nil {
		l.tail.Scale, l.tail.Shift = part.Scale, part.Shift
	}
	l.tail.Act, l.tail.Alpha = part.Act, part.Alpha
}

// spread repeats a value of each channel for each of the layer's columns. A
// dense layer whose output was reshaped to [N, C, H, W] has C*H*W of them.
func (l *layer) spread(v []float32) []float32 {
	if v == nil || len(v) == l.channels {
		return v
	}
	wide := make([]float32, 0, l.channels)
	for _, x := range v {
		for range l.channels / len(v) {
			wide = append(wide, x)
		}
	}
	return wide
}

// follow returns v followed by part, which has a value for each of v's channels:
// as part of the layer that computes v if nothing else reads v, or else as a
// step of its own.
func (b *builder) follow(v *value, part kernel.Tail) (*value, error) {
	out := &value{shape: v.shape, elem: v.elem, plain: v.plain, pixels: v.pixels, layer: v.layer}
	l := v.layer
	perChannel := part.Bias != nil || part.Scale != nil
	fits := l != nil && (!perChannel || l.channels == v.channels() || l.dense != nil)
	if part.Bias != nil && !(fits && v.uses == 1 && l.takes(&part)) {
		part = asShift(part) // the same sum, where there may be one already
	}
	if fits && v.uses == 1 && l.takes(&part) {
		part.Bias, part.Scale, part.Shift = l.spread(part.Bias), l.spread(part.Scale), l.spread(part.Shift)
		l.take(&part)
		return out, nil
	}
	if !perChannel {
		return out, b.activate(v, out, part)
	}
	src, err := b.pixels(v)
	if err != nil {
		return nil, err
	}
	dst := b.newBuffer(v.shape)
	s := &normStep{layer: layer{link: link{src, dst}, rows: v.rows(), channels: v.channels(), tail: part}, area: v.area()}
	b.plan.add(s)
	out.layer, out.plain, out.pixels = &s.layer, none, none
	out.setPixels(dst)
	return out, nil
}

// activate makes out = act(v) by a step of its own, in the order that v lies in.
func (b *builder) activate(v, out *value, part kernel.Tail) error {
	if err := b.place(v); err != nil {
		return err
	}
	dst := b.newBuffer(v.shape)
	src := v.plain
	out.layer, out.plain, out.pixels = nil, none, none
	if src == none {
		src = v.pixels
		out.setPixels(dst)
	} else {
		out.setPlain(dst)
	}
	b.plan.add(&activationStep{link{src, dst}, b.plan.buffers[dst].size, part.Act, part.Alpha})
	return nil
}

// asShift turns a bias into a scale of one and a shift: fma(y, 1, b) is y + b.
func asShift(part kernel.Tail) kernel.Tail {
	part.Scale, part.Shift, part.Bias = make([]float32, len(part.Bias)), part.Bias, nil
	for i := range part.Scale {
		part.Scale[i] = 1
	}
	return part
}

// normStep is a tail on its own, over pixels with channels innermost.
type normStep struct {
	layer
	area int
}

func (s *normStep) work(n int) int64 { return 2 * volume(s.rows.of(n), s.area, s.channels) }

func (s *normStep) run(r *run, part, parts int) {
	dst, src := s.of(r)
	from, to := kernel.Share(s.rows.of(r.n)*s.area, part, parts)
	from, to = from*s.channels, to*s.channels
	copy(dst[from:to], src[from:to])
	s.tail.Apply(dst[from:to], s.channels)
}
