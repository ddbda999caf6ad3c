package onnx

import (
	"fmt"
	"math"
	"slices"
)

// This file is how large tensors are, without overflow.

// Bounds on tensors. Within them, numbers of elements fit an int of 32 bits.
const (
	maxRank  = 32
	maxSize  = math.MaxInt32 // of a dimension, and of all elements together
	maxBytes = math.MaxInt32 // of a protocol buffer
)

// Len returns the number of elements: the product of the dimensions. It is
// below 1<<31 for every tensor that [Unmarshal] has read.
func (t *Tensor) Len() int {
	n := 1
	for _, d := range t.Dims {
		n *= int(d)
	}
	return n
}

// Bytes returns the number of bytes that Raw has, or should have if the data lie
// in another file: elements of less than a byte are packed, the last byte is
// filled up. It fails for strings, unknown types and sizes beyond an int64.
func (t *Tensor) Bytes() (int64, error) {
	bits := int64(t.Type.Bits())
	if bits == 0 {
		return 0, fmt.Errorf("tensor %q has elements of type %v, whose size is not fixed", t.Name, t.Type)
	}
	n, ok := product(t.Dims, math.MaxInt64/max(bits/8, 1))
	if !ok {
		return 0, fmt.Errorf("tensor %q of %v is too large", t.Name, t.Dims)
	}
	if bits < 8 {
		in := 8 / bits // a byte
		return n/in + min(n%in, 1), nil
	}
	return n * (bits / 8), nil
}

// product multiplies dimensions; it fails above limit and for negative ones.
func product(dims []int64, limit int64) (n int64, ok bool) {
	empty := false
	for _, d := range dims {
		if d < 0 {
			return 0, false
		}
		empty = empty || d == 0
	}
	if empty {
		return 0, true
	}
	n = 1
	for _, d := range dims {
		if d > limit/n {
			return 0, false
		}
		n *= d
	}
	return n, true
}

// is returns an error unless the tensor has one of the types and as many bytes
// as its dimensions ask for.
func (t *Tensor) is(want ...DataType) error {
	if !slices.Contains(want, t.Type) {
		return fmt.Errorf("tensor %q is %v, want %v", t.Name, t.Type, want[0])
	}
	n, err := t.Bytes()
	if err == nil && n != int64(len(t.Raw)) {
		err = fmt.Errorf("tensor %q has %d bytes, want %d", t.Name, len(t.Raw), n)
	}
	return err
}
