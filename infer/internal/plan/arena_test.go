package plan

import (
	"math/rand/v2"
	"testing"

	"github.com/ganlet/ganlet/internal/onnx"
)

// Buffers that are in use together never overlap, few or many, and the block is
// smaller than all of them.
func TestPlace(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{1, 10, 300, exact + 500} {
		p, sum := new(Plan), 0
		for range n {
			first := random.IntN(n)
			b := buffer{elem: onnx.Float, len: 1 + random.IntN(2000), first: first, last: min(first+random.IntN(20), n)}
			if random.IntN(10) == 0 {
				b.elem, b.len = onnx.Double, 0
			}
			sum += align(b.bytes())
			p.buffers = append(p.buffers, b)
		}
		p.place()
		if p.block > sum || n == 300 && p.block > sum/4 {
			t.Errorf("the block of %d buffers has %d bytes, all together have %d", n, p.block, sum)
		}
		for i := range p.buffers {
			a := &p.buffers[i]
			if a.len == 0 {
				continue
			}
			if a.offset%8 != 0 || a.offset+a.bytes() > p.block {
				t.Errorf("buffer %d lies at %d to %d of %d", i, a.offset, a.offset+a.bytes(), p.block)
			}
			for j := range p.buffers[:i] {
				b := &p.buffers[j]
				apart := a.first > b.last || b.first > a.last || a.offset >= b.offset+b.bytes() || b.offset >= a.offset+a.bytes()
				if b.len > 0 && !apart {
					t.Fatalf("of %d buffers, %d and %d overlap", n, i, j)
				}
			}
		}
	}
}
