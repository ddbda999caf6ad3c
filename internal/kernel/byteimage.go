package kernel

import (
	"encoding/binary"
	"unsafe"
)

// This file is the part of an image that a block of results reads, as tiles of
// bytes want it.

// byteImage is lines of columns of pixels: each pixel its channels, filled up with
// zeros to whole quads. What is outside of the image has its zero point.
type byteImage struct {
	bytes  []uint8   // the images, or
	floats []float32 // images that become such
	scale  float32   // by this

	stored   []uint8
	sums     []int32 // of the stored integers of each pixel, if summed
	summed   bool
	columns  int
	channels int
	flip     byte  // what makes a byte a stored one
	zero     int32 // as stored
}

// fill copies lines x columns pixels of an image from line y and column x on.
func (b *byteImage) fill(k *ByteConv, img, y, x, lines, columns int) {
	pixel := k.pixelLen()
	left := min(max(-x, 0), columns)
	right := max(min(columns, k.W-x), left)
	for i := range lines {
		line, sums := b.stored[i*b.columns*pixel:][:columns*pixel], b.sums[i*b.columns:][:columns]
		if y+i < 0 || y+i >= k.H || left == right {
			b.border(line, sums)
			continue
		}
		b.border(line[:left*pixel], sums[:left])
		b.border(line[right*pixel:], sums[right:])
		at := (img*k.H+y+i)*k.W + x + left
		b.pixels(line[left*pixel:right*pixel], sums[left:right], at*k.from(), k.from())
	}
}

// border fills pixels outside of the image.
func (b *byteImage) border(line []uint8, sums []int32) {
	if len(sums) == 0 {
		return
	}
	pixel := len(line) / len(sums)
	for i := range line {
		line[i] = 0
		if i%pixel < b.channels {
			line[i] = byte(b.zero)
		}
	}
	for i := range sums {
		sums[i] = int32(b.channels) * b.zero
	}
}

// pixels copies pixels, of which the images have one every step, from at on.
func (b *byteImage) pixels(line []uint8, sums []int32, at, step int) {
	pixel := len(line) / len(sums)
	switch {
	case b.bytes == nil:
		b.quantize(line, b.floats[at:], len(sums))
	case step == pixel && b.channels == pixel && b.flip == 0:
		copy(line, b.bytes[at:])
	default:
		for i := range sums {
			to, from := line[i*pixel:][:pixel], b.bytes[at+i*step:][:b.channels]
			flipTo(to, from, b.flip)
			clear(to[b.channels:])
		}
	}
	if b.summed {
		for i := range sums {
			sums[i] = sumStored(line[i*pixel:][:pixel])
		}
	}
}

// quantize makes n pixels of floats that lie close together.
func (b *byteImage) quantize(line []uint8, src []float32, n int) {
	to := Narrow{0, 255, b.zero}
	if signedBytes {
		to.Low, to.High = -128, 127
	}
	pixel := len(line) / n
	close := line[n*(pixel-b.channels):] // at the end, to be spread from there
	Quantize(close, src, b.scale, to)
	for i := range n {
		if pixel == b.channels {
			break
		}
		copy(line[i*pixel:], close[i*b.channels:][:b.channels])
		clear(line[i*pixel+b.channels:][:pixel-b.channels])
	}
}

// flipTo is dst = src xor flip, byte by byte.
func flipTo(dst, src []uint8, flip byte) {
	for wide := uint64(flip) * 0x0101010101010101; len(src) >= 8; dst, src = dst[8:], src[8:] {
		binary.LittleEndian.PutUint64(dst, binary.LittleEndian.Uint64(src)^wide)
	}
	for i, v := range src {
		dst[i] = v ^ flip
	}
}

// sumStored is the sum of stored integers.
func sumStored(x []uint8) (sum int32) {
	n := len(x)
	const low, top = 0x00ff00ff00ff00ff, 0x8080808080808080
	flip := uint64(0)
	if signedBytes {
		flip = top
	}
	for len(x) >= 8 {
		few := min(len(x)&^7, 8*128) // so many fit into sums of 16 bits
		four := uint64(0)
		for ; few > 0; few, x = few-8, x[8:] {
			v := binary.LittleEndian.Uint64(x) ^ flip
			four += v&low + v>>8&low
		}
		two := four&0x0000ffff0000ffff + four>>16&0x0000ffff0000ffff
		sum += int32(uint32(two) + uint32(two>>32))
	}
	for _, v := range x {
		sum += int32(v ^ byte(flip))
	}
	if signedBytes {
		sum -= 128 * int32(n)
	}
	return sum
}

// windowSum is the sum of the stored integers of a window from a pixel on.
func (b *byteImage) windowSum(k *ByteConv, at int) (sum int32) {
	for y := range k.KH {
		line := b.sums[at+y*k.dh()*b.columns:]
		for x := range k.KW {
			sum += line[x*k.dw()]
		}
	}
	return sum
}

// bytesOf is the memory of floats as bytes.
func bytesOf(x []float32) []uint8 {
	if len(x) == 0 {
		return nil
	}
	return unsafe.Slice((*uint8)(unsafe.Pointer(&x[0])), 4*len(x))
}

// intsOf is the memory of floats as integers.
func intsOf(x []float32) []int32 {
	if len(x) == 0 {
		return nil
	}
	return unsafe.Slice((*int32)(unsafe.Pointer(&x[0])), len(x))
}
