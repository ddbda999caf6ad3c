package plan

import (
	"reflect"
	"testing"

	"github.com/ganlet/ganlet/internal/onnx"
)

// A result takes the place of an input that no link reads after it is written, and
// nothing reads after the step.
func TestOverwrite(t *testing.T) {
	buffers := func(n int) (list []buffer) {
		for range n {
			list = append(list, buffer{elem: onnx.Float, len: 64, last: 1})
		}
		return list
	}
	in := func(list ...int) (places [3]place) {
		places = [3]place{nowhere, nowhere, nowhere}
		for i, b := range list {
			places[i] = place{b, none}
		}
		return places
	}
	s := &chainStep{len: 64, in: []int{0, 1, 2}, out: []int{3, 4}, links: []chainLink{
		{in: in(0, 1), dst: place{3, none}},
		{in: in(1, 2), dst: place{4, none}},
	}}
	if got, want := s.pairs(), [][2]int{{3, 0}, {4, 0}, {4, 1}, {4, 2}}; !reflect.DeepEqual(got, want) {
		t.Fatalf("pairs %v, want %v", got, want)
	}
	p := &Plan{steps: []step{nil, s}, buffers: buffers(5)}
	p.buffers[3], p.buffers[4] = buffer{elem: onnx.Float, len: 64, first: 1, last: 4}, buffer{elem: onnx.Float, len: 64, first: 1, last: 4}
	p.buffers[1].last = 2 // somebody else reads it later
	p.overwrite()
	for i, want := range []int{0, 0, 0, 0 + 1, 2 + 1} {
		if got := p.buffers[i].over; got != want {
			t.Errorf("buffer %d takes the place of %d, want %d", i, got-1, want-1)
		}
	}
	p.place()
	for i, b := range p.buffers[3:] {
		if at := p.buffers[b.over-1].offset; b.offset != at {
			t.Errorf("buffer %d lies at %d, want %d", 3+i, b.offset, at)
		}
	}
	if p.block != 3*4*64 {
		t.Errorf("a block of %d bytes", p.block)
	}
}
