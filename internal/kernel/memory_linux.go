package kernel

import (
	"syscall"
	"unsafe"
)

// inLargePages asks for them. The memory is the same without.
func inLargePages(p unsafe.Pointer, bytes int) {
	page := uintptr(syscall.Getpagesize())
	skip := -uintptr(p) & (page - 1)
	if whole := (uintptr(bytes) - skip) &^ (page - 1); whole > 0 {
		syscall.Madvise(unsafe.Slice((*byte)(unsafe.Add(p, skip)), whole), syscall.MADV_HUGEPAGE)
	}
}
