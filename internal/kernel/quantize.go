package kernel

import "math"

// This file is floats that become 8-bit integers, and back.

// Narrow is a type of 8 bits or fewer, and the integer that stands for 0.
type Narrow struct{ Low, High, Zero int32 }

// nearest is what floats of magnitude below 2^22 are added to, so that their
// nearest integers, halves to even, are the last bits of the sum.
const nearest = 3 << 22

// Quantize is dst = x / scale, clipped, rounded to even, plus the zero point. NaN
// becomes the lowest. Dst has uint8, or int8 as its bits.
func Quantize(dst []uint8, x []float32, scale float32, to Narrow) {
	low, high := float32(to.Low-to.Zero), float32(to.High-to.Zero)
	less := math.Float32bits(nearest) - uint32(to.Zero)
	s := [4]float32{scale, low, high, math.Float32frombits(less)}
	for i := vectorBytes(quantizeElement, &s, dst, x[:len(dst)]); i < len(dst); i++ {
		q := x[i] / scale
		if !(low < q) {
			q = low
		}
		if !(q < high) {
			q = high
		}
		dst[i] = uint8(math.Float32bits(q+nearest) - less)
	}
}

// Dequantize is dst = (x - zero) * scale, of x of int8 if signed, else of uint8.
func Dequantize(dst []float32, x []uint8, scale float32, zero int32, signed bool) {
	flip := flipOf(signed, false)
	zero = storedZero(zero, signed, false)
	s := [4]float32{scale, math.Float32frombits(uint32(flip)), math.Float32frombits(uint32(zero))}
	for i := vectorBytes(dequantizeElement, &s, x[:len(dst)], dst); i < len(dst); i++ {
		dst[i] = float32(int32(x[i]^flip)-zero) * scale
	}
}

// Range returns the least and the largest of x and 0; NaN does not count.
func Range(x []float32) (low, high float32) {
	const width = 256
	var lows, highs [width]float32
	rows := len(x) / width
	if done := vectorMatrix(rangeElement, width, rows, [6]int{0, 0, width}, lows[:], highs[:], x); done == width {
		for i := range lows {
			low, high = min(low, lows[i]), max(high, highs[i])
		}
		x = x[rows*width:]
	}
	for _, v := range x {
		if v < low {
			low = v
		}
		if high < v {
			high = v
		}
	}
	return low, high
}

// scaleInts is dst = x * scale for rows of integers, of which dst has one every
// step and x every xStep.
func scaleInts(dst []float32, step int, x []int32, xStep int, scale []float32, rows int) {
	n := len(scale)
	for i := vectorInts(scaleIntsElement, n, rows, step, xStep, dst, x, scale); i < n; i++ {
		for r := range rows {
			dst[r*step+i] = float32(x[r*xStep+i]) * scale[i]
		}
	}
}
