package plan

import (
	"runtime"
	"sync/atomic"
)

// This file is workers: goroutines that help the caller's. While a
// call runs they look for shares of its steps without sleeping, because a step
// takes less time than to wake one; between calls they wait on a channel.

// Pool is the helpers and the step they share.
type Pool struct {
	small int64           // work that is not worth sharing
	wake  []chan struct{} // one for each helper
	job   job             // valid while ticket has shares to take
	left  atomic.Int32    // shares of the job not done yet

	failed atomic.Pointer[any] // what a share panicked with

	// ticket is the number of the job in the upper half, then how many shares
	// it has and how many are taken. Who adds one to it has taken a share.
	ticket atomic.Uint64
}

// job is a step to be shared.
type job struct {
	step step
	run  *Run
}

const (
	takenBits = 15 // of a ticket
	MaxShares = 1<<takenBits - 1
	idle      = uint64(1) << (2 * takenBits) // no call is running: helpers may sleep
	jobUnit   = idle << 1
)

// small is the operations that one worker does sooner alone.
const small = 1 << 17

// NewPool makes a pool without helpers.
func NewPool() *Pool {
	p := &Pool{small: small}
	p.ticket.Store(idle)
	return p
}

// Grow makes sure that there are helpers for so many workers, but no more than
// there are processors: a helper without one would only be in the way.
func (p *Pool) Grow(workers int) {
	for n := min(workers, runtime.GOMAXPROCS(0)); len(p.wake) < n-1; {
		wake := make(chan struct{}, 1)
		p.wake = append(p.wake, wake)
		go p.help(wake)
	}
}

// Eager lets workers share steps of any size, for tests.
func (p *Pool) Eager() { p.small = 0 }

// Stop ends the helpers. Nobody may use the pool any more.
func (p *Pool) Stop() {
	for _, wake := range p.wake {
		close(wake)
	}
}

// Begin wakes the helpers of so many workers for a call.
func (p *Pool) Begin(workers int) {
	p.ticket.Store(p.ticket.Load() &^ idle)
	for _, wake := range p.wake[:min(len(p.wake), workers-1)] {
		select {
		case wake <- struct{}{}:
		default: // it has not slept since the last call
		}
	}
}

// End lets the helpers sleep.
func (p *Pool) End() { p.ticket.Store(p.ticket.Load() | idle) }

// help takes shares while a call runs, and sleeps between calls, until there
// will be no more.
func (p *Pool) help(wake chan struct{}) {
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
func (p *Pool) take() bool {
	t := p.ticket.Load()
	taken, shares := t&MaxShares, t>>takenBits&MaxShares
	if taken >= shares || !p.ticket.CompareAndSwap(t, t+1) {
		return false
	}
	// The job cannot change before this share is done.
	p.do(p.job, int(taken), int(shares))
	return true
}

// do does a share. A panic is kept for the caller's goroutine.
func (p *Pool) do(j job, part, parts int) {
	defer func() {
		if v := recover(); v != nil {
			p.failed.Store(&v)
		}
		p.left.Add(-1)
	}()
	j.step.run(j.run, part, parts)
}

// share runs a step in shares, together with the helpers.
func (p *Pool) share(s step, r *Run, shares int) {
	p.job = job{s, r}
	p.left.Store(int32(shares))
	p.ticket.Store((p.ticket.Load()/jobUnit+1)*jobUnit | uint64(shares)<<takenBits)
	for spins := 1; p.left.Load() > 0; spins++ {
		if !p.take() && spins%1024 == 0 {
			runtime.Gosched()
		}
	}
	if v := p.failed.Swap(nil); v != nil {
		panic(*v)
	}
}
