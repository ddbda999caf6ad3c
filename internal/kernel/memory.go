package kernel

import "unsafe"

// This file is memory for weights and images.

// The bytes from which on memory is worth large pages, and asking for its pages at
// once: one by one, as they are first written, they take up to ten times as long.
const (
	large = 2 << 20
	much  = 64 << 10
)

// Forget gives the memory of bytes that nobody reads any more back to the system, as
// far as that takes it: whole pages. They are zeros afterwards, or as they were.
func Forget(bytes []byte) {
	if len(bytes) > 0 {
		forget(unsafe.Pointer(&bytes[0]), len(bytes))
	}
}

// Make is make([]T, n) of numbers most of which are going to be written: of much
// memory it asks the system for all pages at once, used or not, and for large ones: a
// core reads weights in pages of 4 KB at two thirds of the speed.
func Make[T int8 | uint8 | int32 | uint16 | float32 | uint64](n int) []T {
	v := make([]T, n)
	if bytes := n * int(unsafe.Sizeof(*new(T))); bytes >= much {
		prepare(unsafe.Pointer(&v[0]), bytes)
	}
	return v
}
