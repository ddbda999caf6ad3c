package plan

import (
	"slices"

	"github.com/ganlet/ganlet/infer/internal/op"
	"github.com/ganlet/ganlet/internal/kernel"
)

// This file is attention as exporters write it: a product, steps on each of its
// elements, softmax of its rows, and another product. It goes over the rows a block
// at a time, to the same bits, so that the scores stay in the cache and take no
// memory of their own.

// attendStep is softmax(f(q*k))*v of stacks of matrices. With turned, exporters have
// it the other way round: the result is v*turned(softmax(f(q*k))), v being the other
// way round as well.
type attendStep struct {
	first, second *op.Product
	q, k, v, dst  int
	turned        bool
	links         []attendLink // f
	in            []int        // what they read besides
	singles       []single     // numbers, once for each of a piece's elements
	room          int
	rows          int // of a block
	at            int // where the scratch has its result, if that is turned
}

// attendLink is one step on each score.
type attendLink struct {
	lanes op.Lanes
	in    [3]place // a place in the scratch that is scores, or a single; or a buffer
}

const (
	scoresLen = 1 << 15 // about how many scores a block has
	rowsStep  = 24      // which tiles of any tier divide, nearly
)

func (s *attendStep) reads() []int  { return append([]int{s.q, s.k, s.v}, s.in...) }
func (s *attendStep) writes() []int { return []int{s.dst} }
func (s *attendStep) scratch() int  { return s.room }
func (s *attendStep) work() int64 {
	return volume(s.first.Stack, s.first.M, s.first.N, s.first.K+s.width()+10+len(s.links))
}

func (s *attendStep) run(r *Run, part, parts int) {
	room := r.scratch[part]
	fillSingles(s.singles, r, room, blockLen)
	m, k, n, width := s.first.M, s.first.K, s.first.N, s.width()
	scores, rest := room[:s.rows*n], room[s.room-kernel.PackedLen(k, n)-kernel.PackedLen(n, width):]
	result := room[s.at:]
	var keys, values kernel.Packed
	keys.Place(rest[:kernel.PackedLen(k, n)])
	values.Place(rest[kernel.PackedLen(k, n):])
	blocks, packed := (m+s.rows-1)/s.rows, none
	from, to := kernel.Share(s.first.Stack*blocks, part, parts)
	for i := from; i < to; i++ {
		stack, row := i/blocks, i%blocks*s.rows
		if packed != stack {
			keys.PackTurned(r.floats[s.k][stack*k*n:], k, n, s.first.Turned)
			values.PackTurned(r.floats[s.v][stack*n*width:], n, width, s.second.Turned || s.turned)
			packed = stack
		}
		rows, at := min(s.rows, m-row), stack*m+row
		kernel.Gemm(scores, n, r.floats[s.q][at*k:], k, rows, &keys, nil, 0, 1)
		s.between(r, room, at*n, rows*n)
		kernel.Softmax(scores, rows, n)
		if !s.turned {
			kernel.Gemm(r.floats[s.dst][at*width:], width, scores, n, rows, &values, nil, 0, 1)
			continue
		}
		kernel.Gemm(result, width, scores, n, rows, &values, nil, 0, 1)
		kernel.TransposeBlock(r.floats[s.dst][stack*m*width+row:], m, result, width, rows, width)
	}
}

// width is the length of a row of the values, and of the result.
func (s *attendStep) width() int {
	if s.turned {
		return s.second.M
	}
	return s.second.N
}

// between takes the links' steps on n scores, the first of which has a number, a
// piece at a time.
func (s *attendStep) between(r *Run, room []float32, first, n int) {
	if len(s.links) == 0 {
		return
	}
	for from := 0; from < n; from += blockLen {
		piece := room[from:min(from+blockLen, n)]
		for i := range s.links {
			l := &s.links[i]
			of := func(p place) []float32 {
				if p == scoresPlace {
					return piece
				}
				return p.of(r, room, first+from, len(piece))
			}
			l.lanes(piece, of(l.in[0]), of(l.in[1]), of(l.in[2]))
		}
	}
}

// scoresPlace is the scores: they come first in the scratch.
var scoresPlace = place{none, 0}

// attend joins the steps of attentions, each where its last one was. Readers are
// how many read each buffer.
func (p *Plan) attend(readers []int) {
	if !slices.ContainsFunc(p.steps, func(s step) bool { return productOf(s) != nil }) {
		return
	}
	writer := make(map[int]int) // the step that writes a buffer, and nothing else
	for i, s := range p.steps {
		if list := s.writes(); len(list) == 1 {
			writer[list[0]] = i
		}
	}
	drop := make([]bool, len(p.steps))
	for i, s := range p.steps {
		last := productOf(s)
		if last == nil {
			continue
		}
		if joined, parts := p.attention(last, writer, readers); joined != nil {
			p.steps[i] = joined
			for _, j := range parts {
				drop[j] = true
			}
		}
	}
	steps := p.steps[:0]
	for i, s := range p.steps {
		if !drop[i] {
			steps = append(steps, s)
		}
	}
	clear(p.steps[len(steps):])
	p.steps = steps
}

// productOf returns a step that is a product of matrices, or nil.
func productOf(s step) *generalStep {
	if g, ok := s.(*generalStep); ok && g.product != nil {
		return g
	}
	return nil
}

// attention returns the attention that ends in a product, and which steps it has
// besides, or nil.
func (p *Plan) attention(last *generalStep, writer map[int]int, readers []int) (*attendStep, []int) {
	only := func(buffer int) (step, int) { // who alone writes a buffer that one step reads
		if i, ok := writer[buffer]; ok && readers[buffer] == 1 {
			return p.steps[i], i
		}
		return nil, 0
	}
	s, at := only(last.in[0].buffer)
	soft, ok := s.(*generalStep)
	turned := !ok || soft.softmax == 0
	if turned && last.product.Turned {
		s, at = only(last.in[1].buffer)
		soft, ok = s.(*generalStep)
	}
	if !ok || soft.softmax != last.product.K {
		return nil, nil
	}
	parts := []int{at}
	var links []elementwise // the last first
	scores := []int{soft.in[0].buffer}
	for {
		buffer := scores[len(scores)-1]
		s, at := only(buffer)
		parts = append(parts, at)
		if first := productOf(s); first != nil {
			return p.attendStep(first, last, links, scores, turned), parts
		}
		e, ok := s.(elementwise)
		if !ok || len(links) == maxLanes {
			return nil, nil
		}
		if n, channels := e.size(); n == 0 || channels > 1 {
			return nil, nil
		}
		from := slices.IndexFunc(e.sources(), func(b int) bool {
			s, _ := only(b)
			_, each := s.(elementwise)
			return each && p.buffers[b].len == p.buffers[buffer].len
		})
		if from < 0 {
			return nil, nil
		}
		links, scores = append(links, e), append(scores, e.sources()[from])
	}
}

// attendStep makes the step of an attention from its products, the steps between
// them and the buffers of their scores, the last of each first.
func (p *Plan) attendStep(first, last *generalStep, links []elementwise, scores []int, turned bool) *attendStep {
	s := &attendStep{first: first.product, second: last.product, q: first.in[0].buffer, k: first.in[1].buffer, v: last.in[1].buffer, dst: last.out[0].buffer, turned: turned}
	n, rows := s.first.N, s.second.M
	if turned {
		s.v, rows = last.in[0].buffer, s.second.N
	}
	if s.first.Stack != s.second.Stack || s.first.M != rows || n != s.second.K {
		return nil
	}
	packed := kernel.PackedLen(s.first.K, n) + kernel.PackedLen(n, s.width())
	if packed > scoresLen && int64(packed) > volume(s.first.Stack, s.first.M, n) {
		return nil // each worker would take more memory than all scores do
	}
	s.rows = min(max(scoresLen/n/rowsStep, 1)*rowsStep, s.first.M)
	s.room = s.rows * n
	if turned {
		s.at, s.room = s.room, s.room+s.rows*s.width()
	}
	for i := len(links) - 1; i >= 0; i-- {
		l := attendLink{lanes: links[i].lanes(blockLen), in: [3]place{nowhere, nowhere, nowhere}}
		for k, b := range links[i].sources() {
			switch {
			case b == scores[i+1]:
				l.in[k] = scoresPlace
			case b == none:
			case p.buffers[b].len == 1:
				l.in[k] = place{none, s.single(b)}
			default:
				l.in[k] = place{b, none}
				s.in = append(s.in, b)
			}
		}
		s.links = append(s.links, l)
	}
	s.room += packed
	return s
}

// single returns where the scratch has a number once an element.
func (s *attendStep) single(buffer int) int {
	s.in = append(s.in, buffer)
	s.singles = append(s.singles, single{buffer, s.room})
	s.room += blockLen
	return s.room - blockLen
}
