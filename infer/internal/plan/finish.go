package plan

import "slices"

// This file is what is done to a plan once all its steps are there.

// finish drops steps that nothing reads, joins others, packs weights, notes when
// buffers are in use and lays them into the block.
func (p *Plan) finish(kept []int) error {
	p.prune(kept)
	p.fuse(kept)
	p.join(kept)
	for i := range p.buffers {
		p.buffers[i].first, p.buffers[i].last = len(p.steps), none
	}
	for i, s := range p.steps {
		if f, ok := s.(interface{ pack() error }); ok {
			if err := f.pack(); err != nil {
				return err
			}
		}
		for _, list := range [2][]int{s.reads(), s.writes()} {
			for _, b := range list {
				buf := &p.buffers[b]
				buf.first, buf.last = min(buf.first, i), max(buf.last, i)
			}
		}
		p.scratch = max(p.scratch, s.scratch())
	}
	for _, b := range kept {
		p.buffers[b].last = len(p.steps)
	}
	p.overwrite()
	p.place()
	return nil
}

// inPlace is a step that may write results over inputs. It returns pairs of a result
// and an input of which each element is read, for the last time, no later than the
// result's at its place is written.
type inPlace interface{ pairs() [][2]int }

func (s *activationStep) pairs() [][2]int { return [][2]int{{s.dst, s.src}} }
func (s *normStep) pairs() [][2]int       { return [][2]int{{s.dst, s.src}} }
func (s *gateStep) pairs() [][2]int       { return [][2]int{{s.dst, s.src}} }

func (s *generalStep) pairs() (pairs [][2]int) {
	if s.each > 0 && len(s.in) == 2 && slices.Contains([]string{"Add", "Sub", "Mul", "Div"}, s.op) {
		for _, in := range s.in {
			pairs = append(pairs, [2]int{s.out[0].buffer, in.buffer})
		}
	}
	return pairs
}

func (s *chainStep) pairs() (pairs [][2]int) {
	for i := range s.links {
		if out := s.links[i].dst.buffer; out != none {
			for _, in := range s.in {
				if !slices.ContainsFunc(s.links[i+1:], func(l chainLink) bool { return l.reads(in) }) {
					pairs = append(pairs, [2]int{out, in})
				}
			}
		}
	}
	return pairs
}

func (l *chainLink) reads(buffer int) bool {
	return slices.ContainsFunc(l.in[:], func(p place) bool { return p.buffer == buffer })
}

// overwrite lets results take the places of inputs that nothing reads later.
func (p *Plan) overwrite() {
	for i, s := range p.steps {
		step, ok := s.(inPlace)
		if !ok {
			continue
		}
		var taken []int
		for _, pair := range step.pairs() {
			if pair[1] == none {
				continue
			}
			out, in := &p.buffers[pair[0]], &p.buffers[pair[1]]
			if out.kind == blockBuffer && in.kind == blockBuffer && out.bytes() == in.bytes() && out.first == i && in.last == i &&
				in.first < i && out.over == 0 && !slices.Contains(taken, pair[1]) {
				out.over = pair[1] + 1
				taken = append(taken, pair[1])
			}
		}
	}
}

// prune drops the steps whose results nobody reads.
func (p *Plan) prune(kept []int) {
	needed := make([]bool, len(p.buffers))
	for _, b := range kept {
		needed[b] = true
	}
	from := len(p.steps)
	for i := len(p.steps) - 1; i >= 0; i-- {
		s := p.steps[i]
		live := false
		for _, b := range s.writes() {
			live = live || needed[b]
		}
		if !live {
			continue
		}
		for _, b := range s.reads() {
			needed[b] = true
		}
		from--
		p.steps[from] = s
	}
	p.steps = p.steps[from:]
}
