package infer

import (
	"runtime"
	"sync"
)

// This file is a session's workers: goroutines that wait on a channel, not in a
// loop, and end when the session is no longer reachable.

// pool is the goroutines that help the caller's.
type pool struct {
	jobs []chan job // one for each
	done sync.WaitGroup
}

// job is one share of a step.
type job struct {
	step        step
	run         *run
	part, parts int
}

// newPool makes a pool that ends with s. It must not refer to s.
func newPool(s *Session) *pool {
	p := new(pool)
	runtime.AddCleanup(s, (*pool).stop, p)
	return p
}

// grow makes sure that there are n helpers.
func (p *pool) grow(n int) {
	for len(p.jobs) < n {
		jobs := make(chan job, 1)
		p.jobs = append(p.jobs, jobs)
		go work(jobs, &p.done)
	}
}

// stop ends the helpers.
func (p *pool) stop() {
	for _, jobs := range p.jobs {
		close(jobs)
	}
}

// work does jobs until there will be no more.
func work(jobs chan job, done *sync.WaitGroup) {
	for j := range jobs {
		j.step.run(j.run, j.part, j.parts)
		done.Done()
	}
}

// share runs a step in parts shares, the first of them itself.
func (p *pool) share(s step, r *run, parts int) {
	p.done.Add(parts - 1)
	for part := 1; part < parts; part++ {
		p.jobs[part-1] <- job{s, r, part, parts}
	}
	s.run(r, 0, parts)
	p.done.Wait()
}
