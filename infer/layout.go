package infer

import "github.com/ganlet/ganlet/internal/onnx"

// This file is the two orders in which a value can lie in memory. ONNX orders
// [N, C, H, W] row by row: a plane for each channel. Kernels want the channels
// of a pixel together. A value gets the second order, or goes back to the
// first, when a step asks for it; steps in between never convert.

// channels is the second dimension; 1 where there is none.
func (v *value) channels() int {
	if len(v.shape) < 2 {
		return 1
	}
	return v.shape[1]
}

// area is the number of pixels: the product of the dimensions after the second.
func (v *value) area() int {
	n := 1
	for _, d := range v.shape[min(2, len(v.shape)):] {
		n *= d
	}
	return n
}

// rows is the number of samples.
func (v *value) rows() rows {
	if len(v.shape) == 0 {
		return 1
	}
	return rows(v.shape[0])
}

// oneOrder says that both orders are the same: one channel or one pixel.
func (v *value) oneOrder() bool { return v.channels() == 1 || v.area() == 1 }

func (v *value) setPlain(buf int) {
	v.plain = buf
	if v.oneOrder() {
		v.pixels = buf
	}
}

func (v *value) setPixels(buf int) {
	v.pixels = buf
	if v.oneOrder() {
		v.plain = buf
	}
}

// lies says that the value is in a buffer in some order.
func (v *value) lies() bool { return v.plain != none || v.pixels != none }

// newBuffer returns a buffer of the session's for a value that passed check.
func (b *builder) newBuffer(shape []int) int {
	return b.plan.buffer(buffer{size: sizeOf(shape), elem: onnx.Float})
}

// plain returns the buffer that holds v row by row, adding a step if need be.
func (b *builder) plain(v *value) (int, error) {
	if err := b.place(v); err != nil || v.plain != none {
		return v.plain, err
	}
	to := b.newBuffer(v.shape)
	b.plan.add(&planesStep{link{v.pixels, to}, v.rows(), v.channels(), v.area()})
	v.plain = to
	return to, nil
}

// pixels returns the buffer that holds v with channels innermost, adding a step
// if need be. Where v is nothing but the result of a dense layer for the node
// that asks, the layer writes its columns in that order instead.
func (b *builder) pixels(v *value) (int, error) {
	if err := b.place(v); err != nil || v.pixels != none {
		return v.pixels, err
	}
	if v.uses == 1 && v.layer != nil && v.layer.dense != nil {
		v.layer.dense.reorder(v.channels(), v.area())
		v.pixels, v.plain = v.plain, none
		return v.pixels, nil
	}
	to := b.newBuffer(v.shape)
	b.plan.add(&pixelsStep{link{v.plain, to}, v.rows(), v.channels(), v.area()})
	v.pixels = to
	return to, nil
}

// place puts a constant that a step reads as data into a buffer, and computes a
// value that was left for later.
func (b *builder) place(v *value) error {
	if late := v.late; late != nil {
		v.late = nil
		return late()
	}
	if v.constant == nil || v.lies() {
		return nil
	}
	if err := b.check(v.constant.Name, v.shape); err != nil {
		return err
	}
	if v.elem != onnx.Float {
		if !anyType.has(v.elem) {
			return refuse(v.constant.Name, "its elements are %v, want float32 or another type that Go has", v.elem)
		}
		t, err := tensorOf(v.constant, v.elem)
		v.setPlain(b.plan.buffer(buffer{size: sizeOf(v.shape), kind: constantBuffer, elem: v.elem, other: t.data}))
		return err
	}
	data, err := v.constant.Float32View()
	if err != nil {
		return err
	}
	v.setPlain(b.plan.buffer(buffer{size: sizeOf(v.shape), kind: constantBuffer, elem: onnx.Float, data: data}))
	return nil
}

// view returns v under another shape of as many elements, row by row. It costs
// nothing unless v lies with channels innermost and the channels change.
func (b *builder) view(v *value, shape []int) (*value, error) {
	out := &value{shape: shape, elem: v.elem, plain: none, pixels: none}
	if v.constant != nil {
		t := *v.constant
		t.Dims = nil
		for _, d := range shape {
			t.Dims = append(t.Dims, int64(d))
		}
		out.constant = &t
		return out, nil
	}
	if err := b.place(v); err != nil {
		return nil, err
	}
	if v.rows() == out.rows() {
		if v.uses == 1 {
			out.layer = v.layer
		}
		if v.channels() == out.channels() {
			out.plain, out.pixels = v.plain, v.pixels
			return out, nil
		}
	}
	at, err := b.plain(v)
	out.setPlain(at)
	return out, err
}
