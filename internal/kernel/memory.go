package kernel

import "unsafe"

// This file is memory for weights and images.

// large is the bytes from which on memory is worth large pages.
const large = 2 << 20

// Forget gives the memory of bytes that nobody reads any more back to the system, as
// far as that takes it: whole pages. They are zeros afterwards, or as they were.
func Forget(bytes []byte) {
	if len(bytes) > 0 {
		forget(unsafe.Pointer(&bytes[0]), len(bytes))
	}
}

// Make is make([]T, n) of numbers. Where that is much and the system has large
// pages, it asks for them: a core reads weights from memory in 4 KB pages at two
// thirds of the speed.
func Make[T int8 | int32 | uint16 | float32 | uint64](n int) []T {
	v := make([]T, n)
	if bytes := n * int(unsafe.Sizeof(*new(T))); bytes >= large {
		inLargePages(unsafe.Pointer(&v[0]), bytes)
	}
	return v
}
