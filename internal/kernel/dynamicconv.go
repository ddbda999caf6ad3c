package kernel

import "math"

// This file is convolutions of floats that are quantised as they come.

// DynamicConv is a convolution of images of floats, which become uint8 by a scale
// and a zero point that suit all images of a call, with weights of 8 bits. The sums
// are multiplied by both scales. It is a layer as Conv is.
type DynamicConv struct {
	ByteConv
	Scale       []float32 // of the weights: one, or one a filter
	WeightZeros []int32   // likewise, or none: 0
}

// DynamicScale returns scale and zero point of uint8 for numbers between low <= 0
// and high >= 0.
func DynamicScale(low, high float32) (scale float32, zero uint8) {
	if scale = (high - low) / 255; low == high {
		scale = 1
	}
	z := math.RoundToEven(float64(-low / scale))
	if !(z > 0) {
		return scale, 0
	}
	return scale, uint8(min(z, 255))
}

// ScratchLen is the length of the scratch that one Run needs, in floats.
func (k *DynamicConv) ScratchLen(int) int { return k.ByteConv.ScratchLen() + k.F }

// Run computes n small images dst [n, OH, OW, F] of n large ones src [n, H, W, C]
// and applies tail (which may be nil). It does its part-th of parts shares.
func (k *DynamicConv) Run(dst, src []float32, n int, tail *Tail, scratch []float32, part, parts int) {
	src = src[:n*k.Large()]
	scale, zero := DynamicScale(Range(src))
	scales, scratch := scratch[:k.F], scratch[k.F:]
	for j := range scales {
		scales[j] = scale * k.Scale[j%len(k.Scale)]
	}
	s := ByteSums{Zero: int32(zero), WeightZeros: k.WeightZeros, Floats: dst, Scale: scales, Tail: tail}
	var w byteWork
	w.begin(&k.ByteConv, &s, scratch)
	w.image.floats, w.image.scale = src, scale
	w.blocks(n, part, parts)
}
