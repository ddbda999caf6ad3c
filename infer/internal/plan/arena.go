package plan

import (
	"cmp"
	"slices"
)

// This file is the block: memory in which buffers that are never in use together
// overlap.

// line is the bytes of a cache line, to which buffers are aligned.
const line = 64

func align(n int) int { return (n + line - 1) &^ (line - 1) }

// exact is how many buffers are placed by looking at all others. More than that
// are placed by when they begin, which is faster and wastes a little.
const exact = 1 << 11

// place lays the buffers into the block. Large ones come first, each at the
// lowest place that no other holds meanwhile.
func (p *Plan) place() {
	var order, over []int
	for i := range p.buffers {
		b := &p.buffers[i]
		if b.kind != blockBuffer || b.len == 0 || !b.used() {
			continue
		}
		if b.over == 0 {
			order = append(order, i)
			continue
		}
		over = append(over, i)
		root := &p.buffers[p.root(i)]
		root.last = max(root.last, b.last)
	}
	larger := func(a, b int) int { return cmp.Or(cmp.Compare(p.buffers[b].bytes(), p.buffers[a].bytes()), a-b) }
	slices.SortFunc(order, larger)
	few := min(len(order), exact)
	var placed []int
	for _, i := range order[:few] {
		buf, at := &p.buffers[i], 0
		for _, j := range placed { // in the order of their offsets
			other := &p.buffers[j]
			if buf.first > other.last || other.first > buf.last || other.offset+other.bytes() <= at {
				continue
			}
			if other.offset >= at+buf.bytes() {
				break
			}
			at = align(other.offset + other.bytes())
		}
		buf.offset = at
		p.block = max(p.block, at+buf.bytes())
		k, _ := slices.BinarySearchFunc(placed, at, func(j, at int) int { return cmp.Compare(p.buffers[j].offset, at) })
		placed = slices.Insert(placed, k, i)
	}
	p.placeRest(order[few:], larger)
	for _, i := range over {
		p.buffers[i].offset = p.buffers[p.root(i)].offset
	}
}

// root is the buffer whose place one has, that may have taken it from another.
func (p *Plan) root(i int) int {
	for p.buffers[i].over > 0 {
		i = p.buffers[i].over - 1
	}
	return i
}

// placeRest lays small buffers, of which there are many, behind the others: each
// takes a slot of its size that is free by then, or a new one.
func (p *Plan) placeRest(rest []int, larger func(a, b int) int) {
	slices.SortFunc(rest, func(a, b int) int { return cmp.Or(cmp.Compare(p.buffers[a].first, p.buffers[b].first), larger(a, b)) })
	type slot struct{ offset, free int } // free: the step after which it is
	slots := make(map[int][]slot)        // by size; those that are free first come first
	for _, i := range rest {
		buf := &p.buffers[i]
		size := align(buf.bytes())
		list := slots[size]
		if len(list) > 0 && list[0].free < buf.first {
			buf.offset = list[0].offset
			list = list[1:]
		} else {
			buf.offset = align(p.block)
			p.block = buf.offset + size
		}
		s := slot{buf.offset, buf.last}
		k, _ := slices.BinarySearchFunc(list, s.free, func(s slot, free int) int { return cmp.Compare(s.free, free) })
		slots[size] = slices.Insert(list, k, s)
	}
}
