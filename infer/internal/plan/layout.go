package plan

import (
	"github.com/ganlet/ganlet/infer/internal/op"
	"github.com/ganlet/ganlet/infer/internal/tensor"
	"github.com/ganlet/ganlet/internal/onnx"
)

// This file is the two orders in which a value can lie in memory. ONNX orders
// [N, C, H, W] row by row: a plane for each channel. Kernels want the channels
// of a pixel together. A value gets the second order, or goes back to the
// first, when a step asks for it; steps in between never convert.

// image is the value as images; dimensions that it does not have are 1.
func (v *value) image() image {
	i := image{1, 1, 1}
	if len(v.Shape) > 0 {
		i.rows = v.Shape[0]
	}
	if len(v.Shape) > 1 {
		i.channels = v.Shape[1]
		i.area = tensor.Product(v.Shape[2:])
	}
	return i
}

// oneOrder reports whether both orders are the same: one channel or one pixel.
func (v *value) oneOrder() bool {
	i := v.image()
	return i.channels == 1 || i.area == 1
}

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

// rowsOf returns the buffer that holds v row by row, adding a step if need be.
func (b *builder) rowsOf(v *value) (int, error) {
	if err := b.lay(v); err != nil || v.plain != none {
		return v.plain, err
	}
	to := b.plan.buffer(onnx.Float, v.Shape)
	b.plan.add(&turnStep{link{v.pixels, to}, v.image(), true})
	v.plain = to
	return to, nil
}

// pixelsOf returns the buffer that holds v with channels innermost, adding a step
// if need be. Where v is nothing but the result of a dense layer for the node
// that asks, the layer writes its columns in that order instead.
func (b *builder) pixelsOf(v *value) (int, error) {
	if err := b.lay(v); err != nil || v.pixels != none {
		return v.pixels, err
	}
	i := v.image()
	if v.uses == 1 && v.layer != nil && v.layer.dense != nil {
		v.layer.dense.reorder(i.channels, i.area)
		v.pixels, v.plain = v.plain, none
		return v.pixels, nil
	}
	to := b.plan.buffer(onnx.Float, v.Shape)
	b.plan.add(&turnStep{link{v.plain, to}, i, false})
	v.pixels = to
	return to, nil
}

// lay puts a constant that a step reads as data into a buffer, and computes a
// value that was left for later.
func (b *builder) lay(v *value) error {
	if late := v.late; late != nil {
		v.late = nil
		return late()
	}
	if v.Const == nil || v.plain != none || v.pixels != none {
		return nil
	}
	t, err := b.options.Weights.elements(v.Const)
	if err != nil {
		return refuse(v.Const.Name, "%v", err)
	}
	at := b.plan.buffer(v.Elem, v.Shape)
	b.plan.buffers[at].kind, b.plan.buffers[at].data = constantBuffer, t.Data
	v.setPlain(at)
	return nil
}

// view returns v under another shape of as many elements, row by row. It costs
// nothing unless v lies with channels innermost and the channels change.
func (b *builder) view(v *value, shape []int) (*value, error) {
	out := &value{Value: op.Value{Elem: v.Elem, Shape: shape}, plain: none, pixels: none}
	if err := b.lay(v); err != nil {
		return nil, err
	}
	before, after := v.image(), out.image()
	if before.rows == after.rows {
		if v.uses == 1 {
			out.layer = v.layer
		}
		if before.channels == after.channels {
			out.plain, out.pixels = v.plain, v.pixels
			return out, nil
		}
	}
	at, err := b.rowsOf(v)
	out.setPlain(at)
	return out, err
}
