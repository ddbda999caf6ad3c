package infer

import (
	"runtime"
	"sync/atomic"
)

// This file is a session's workers: goroutines that help the caller's. While a
// call runs they look for shares of its steps without sleeping, because a step
// takes less time than to wake one; between calls they wait on a channel.

// pool is the helpers and the step they share.
type pool struct {
	wake []chan struct{} // one for each helper
	job  job             // valid while ticket has shares to take
	left atomic.Int32    // shares of the job not done yet

	// ticket is the number of the job in the upper half, then how many shares
	// it has and how many are taken. Who adds one to it has taken a share.
	ticket atomic.Uint64
}

// job is a step to be shared.
type job struct {
	step step
	run  *run
}

const (
	takenBits = 15 // of a ticket
	maxShares = 1<<takenBits - 1
	idle      = uint64(1) << (2 * takenBits) // no call is running: helpers may sleep
	jobUnit   = idle << 1
)

// newPool makes a pool that ends with s. It must not refer to s.
func newPool(s *Session) *pool {
	p := new(pool)
	p.ticket.Store(idle)
	runtime.AddCleanup(s, (*pool).stop, p)
	return p
}

// grow makes sure that there are helpers for so many workers, but no more than
// there are processors: a helper without one would only be in the way.
func (p *pool) grow(workers int) {
	for n := min(workers, runtime.GOMAXPROCS(0)); len(p.wake) < n-1; {
		wake := make(chan struct{}, 1)
		p.wake = append(p.wake, wake)
		go p.help(wake)
	}
}

// stop ends the helpers.
func (p *pool) stop() {
	for _, wake := range p.wake {
		close(wake)
	}
}

// begin wakes the helpers of so many workers for a call.
func (p *pool) begin(workers int) {
	p.ticket.Store(p.ticket.Load() &^ idle)
	for _, wake := range p.wake[:min(len(p.wake), workers-1)] {
		select {
		case wake <- struct{}{}:
		default: // it has not slept since the last call
		}
	}
}

// end lets the helpers sleep.
func (p *pool) end() { p.ticket.Store(p.ticket.Load() | idle) }

// help takes shares while a call runs, and sleeps between calls, until there
// will be no more.
func (p *pool) help(wake chan struct{}) {
	for range wake {
		for spins := 1; ; spins++ {
			if p.take() {
				spins = 0
			} else if p.ticket.Load()&idle != 0 {
				break
			} else if spins%1024 == 0 {
				runtime.Gosched() // in case there are more goroutines than processors
			}
		}
	}
}

// take does one share of the job at hand, if one is left.
func (p *pool) take() bool {
	t := p.ticket.Load()
	taken, shares := t&maxShares, t>>takenBits&maxShares
	if taken >= shares || !p.ticket.CompareAndSwap(t, t+1) {
		return false
	}
	// The job cannot change before this share is done.
	p.job.step.run(p.job.run, int(taken), int(shares))
	p.left.Add(-1)
	return true
}

// share runs a step in shares, together with the helpers.
func (p *pool) share(s step, r *run, shares int) {
	p.job = job{s, r}
	p.left.Store(int32(shares))
	p.ticket.Store((p.ticket.Load()/jobUnit+1)*jobUnit | uint64(shares)<<takenBits)
	for spins := 1; p.left.Load() > 0; spins++ {
		if !p.take() && spins%1024 == 0 {
			runtime.Gosched()
		}
	}
}
