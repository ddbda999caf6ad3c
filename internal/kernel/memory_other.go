//go:build !linux

package kernel

import "unsafe"

func inLargePages(unsafe.Pointer, int) {}

func forget(unsafe.Pointer, int) {}
