package infer

import (
	"cmp"
	"slices"
)

// This file is the arena: one block of memory in which buffers that are never
// in use together overlap.

// arena returns the offset of every buffer of the session's memory for a batch
// of n, and the length of that memory, in floats. Large buffers are placed
// first, each at the lowest place that no other holds meanwhile.
func (p *plan) arena(n int) (offsets []int, total int) {
	offsets = make([]int, len(p.buffers))
	var order, placed []int
	for i := range p.buffers {
		if p.buffers[i].kind == arenaBuffer && p.buffers[i].floats() {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(p.buffers[b].of(n), p.buffers[a].of(n))
	})
	for _, i := range order {
		buf, at := &p.buffers[i], 0
		for _, j := range placed { // in the order of their offsets
			other := &p.buffers[j]
			together := buf.first <= other.last && other.first <= buf.last
			if !together || offsets[j]+other.of(n) <= at {
				continue
			}
			if offsets[j] >= at+buf.of(n) {
				break
			}
			at = align(offsets[j] + other.of(n))
		}
		offsets[i] = at
		total = max(total, at+buf.of(n))
		k, _ := slices.BinarySearchFunc(placed, at, func(j, at int) int { return cmp.Compare(offsets[j], at) })
		placed = slices.Insert(placed, k, i)
	}
	return offsets, total
}

// align rounds up to a cache line of 16 floats.
func align(n int) int { return (n + 15) &^ 15 }
