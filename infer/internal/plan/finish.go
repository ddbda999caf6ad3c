package plan

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
	p.place()
	return nil
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
