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

// number is what memory is made of.
type number interface {
	int8 | uint8 | int32 | uint16 | float32 | uint64
}

// Make is make([]T, n) of numbers that are all going to be written: of much memory it
// asks the system for all pages at once, and, as Room, for large ones.
func Make[T number](n int) []T {
	v := Room[T](n)
	if bytes := n * int(unsafe.Sizeof(*new(T))); bytes >= much {
		populate(unsafe.Pointer(&v[0]), bytes)
	}
	return v
}

// Room is make([]T, n). Of much memory it asks for large pages: a core reads weights
// in pages of 4 KB at two thirds of the speed.
func Room[T number](n int) []T {
	v := make([]T, n)
	if bytes := n * int(unsafe.Sizeof(*new(T))); bytes >= large {
		inLargePages(unsafe.Pointer(&v[0]), bytes)
	}
	return v
}
