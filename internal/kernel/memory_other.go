//go:build !linux

package kernel

import "unsafe"

func prepare(unsafe.Pointer, int) {}

func forget(unsafe.Pointer, int) {}
