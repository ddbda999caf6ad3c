package kernel

import (
	"syscall"
	"unsafe"
)

const populateWrite = 23 // MADV_POPULATE_WRITE, since Linux 5.14

// The memory is the same without both.
func populate(p unsafe.Pointer, bytes int)     { advise(p, bytes, populateWrite) }
func inLargePages(p unsafe.Pointer, bytes int) { advise(p, bytes, syscall.MADV_HUGEPAGE) }

// forget drops the pages. What is read there later is zeros.
func forget(p unsafe.Pointer, bytes int) { advise(p, bytes, syscall.MADV_DONTNEED) }

// advise tells the system about the whole pages of some memory of Go's heap.
func advise(p unsafe.Pointer, bytes, advice int) {
	page := uintptr(syscall.Getpagesize())
	skip := -uintptr(p) & (page - 1)
	if uintptr(bytes) < skip+page {
		return
	}
	whole := (uintptr(bytes) - skip) &^ (page - 1)
	_ = syscall.Madvise(unsafe.Slice((*byte)(unsafe.Add(p, skip)), whole), advice) // it is only slower without
}
