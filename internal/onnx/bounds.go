package onnx

import "unsafe"

// This file is the decoder's bounds on memory: two bytes of input can ask for a
// struct of two hundred.

// Bounds on the entries of all repeated message and string fields of a model
// together: on their number, and on the bytes of their structs for each byte of
// input, beyond a first few. Models with names of a letter and no weights need 10
// bytes for each byte.
const (
	maxItems   = 1 << 20
	multiplier = 32
	freeBytes  = 1 << 20
)

// maxDepth bounds how deep subgraphs are nested.
const maxDepth = 64

// charge counts n entries, each of size bytes, and reports whether they fit.
func (d *decoder) charge(n int, size uintptr) bool {
	if d.items += n; d.items > maxItems {
		d.refuse("", "", "more than %d nodes, attributes, names and dimensions together", maxItems)
		return false
	}
	if d.spent += int64(n) * int64(size); d.spent > freeBytes+multiplier*int64(len(d.buf)) {
		d.refuse("", "", "nodes, attributes, names and dimensions take more than %d times the bytes of the file", multiplier)
	}
	return d.err == nil
}

// room returns an empty list with space for n entries, which it charges; nil for
// none.
func room[T any](d *decoder, n int) []T {
	var entry T
	if n == 0 || !d.charge(n, unsafe.Sizeof(entry)) {
		return nil
	}
	return make([]T, 0, n)
}

// tally counts the fields of a message by their numbers.
func (d *decoder) tally(s span) (n [32]int) {
	for f := range d.fields(s) {
		if f.num < len(n) {
			n[f.num]++
		}
	}
	return n
}

// distinct leaves out the entries whose key came before. What they say goes into
// the entry kept, by join.
func distinct[T any, K comparable](list []T, key func(*T) K, join func(kept, next *T)) []T {
	at := make(map[K]int)
	kept := list[:0]
	for i := range list {
		k := key(&list[i])
		if before, twice := at[k]; twice {
			join(&kept[before], &list[i])
			continue
		}
		at[k] = len(kept)
		kept = append(kept, list[i])
	}
	return kept
}
