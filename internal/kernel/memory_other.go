//go:build !linux

package kernel

import "unsafe"

func populate(unsafe.Pointer, int) {}

func inLargePages(unsafe.Pointer, int) {}

func forget(unsafe.Pointer, int) {}
