// Package budget bounds the memory and work that a model may take, whatever its
// file asks for. Everything is charged before it is spent: a list before it is
// made, a product before it is computed.
package budget

import "fmt"

// Budget is what is left of two allowances. It serves one goroutine.
type Budget struct {
	bytes, work       int64 // left
	allBytes, allWork int64
	what              string // is allowed so much: "loading", "a run"
}

// New allows bytes of memory and work, in elementary operations, for something.
func New(what string, bytes, work int64) *Budget {
	return &Budget{bytes, work, bytes, work, what}
}

// Bytes takes memory. It fails, taking nothing, where that is more than is left.
func (b *Budget) Bytes(n int64) error {
	if n < 0 || n > b.bytes {
		return fmt.Errorf("%s takes more than %d bytes", b.what, b.allBytes)
	}
	b.bytes -= n
	return nil
}

// Free gives memory back that Bytes took.
func (b *Budget) Free(n int64) { b.bytes += n }

// Work takes operations: multiply-adds, elements computed or moved. The factors
// are multiplied.
func (b *Budget) Work(factors ...int) error {
	n := int64(1)
	for _, f := range factors {
		switch {
		case f <= 0:
			return nil
		case n > b.work/int64(f):
			return fmt.Errorf("%s takes more than %d operations", b.what, b.allWork)
		}
		n *= int64(f)
	}
	return b.Work64(n)
}

// Work64 takes n operations.
func (b *Budget) Work64(n int64) error {
	if n < 0 || n > b.work {
		return fmt.Errorf("%s takes more than %d operations", b.what, b.allWork)
	}
	b.work -= n
	return nil
}

// Spent is the work taken so far.
func (b *Budget) Spent() int64 { return b.allWork - b.work }
