package gan

import (
	"context"
	"fmt"
	"sync"

	"github.com/ganlet/ganlet/internal/kernel"
)

// This file draws the real images of the steps to come while the trainer
// computes the one at hand. Which image comes where, and how it is augmented,
// follows from the seed and the step alone; preparing one is in augment.go.

// feedBatches is how many batches a feed has memory for: those of the next step
// and one more that wait, and the one in the making.
func (c Config) feedBatches() int { return c.stepsD() + 2 }

// A DataError is a real image that could not be had. The Trainer is as it was
// before the step.
type DataError struct {
	Step  int
	Image int    // its number in the data
	Data  string // the data's name
	Err   error
}

func (e *DataError) Error() string {
	return fmt.Sprintf("gan: step %d: image %d of %q: %v", e.Step, e.Image, e.Data, e.Err)
}

func (e *DataError) Unwrap() error { return e.Err }

// A feed is a bounded queue of batches of real images, one for each step of the
// discriminator, in order.
type feed struct {
	cfg   Config
	data  Dataset
	hands []*hand    // that prepare images, one goroutine each
	ready chan drawn // closed when no batch follows
	free  chan batch
	stop  context.CancelFunc

	order []uint32 // of the epoch's images
	epoch int      // that order is of; -1: none yet
}

// batch is the real images of a step of the discriminator, and their labels in a
// conditional training.
type batch struct {
	images []float32 // [batch, C, H, W], or [batch, H, W, C]
	labels []int     // [batch], or nil
}

func (c Config) newBatch(s Shape) batch {
	b := batch{images: make([]float32, c.Batch*s.Len())}
	if c.Classes > 0 {
		b.labels = make([]int, c.Batch)
	}
	return b
}

// copy copies b from another batch.
func (b batch) copy(from batch) {
	copy(b.images, from.images)
	copy(b.labels, from.labels)
}

// drawn is a batch, or why there is none.
type drawn struct {
	batch
	err error
}

// startFeed begins to draw the batches that follow so many. The feed must be
// closed.
func startFeed(cfg Config, data Dataset, channelsLast bool, batches int) *feed {
	ctx, stop := context.WithCancel(context.Background())
	f := &feed{
		cfg: cfg, data: data, epoch: -1, stop: stop,
		ready: make(chan drawn, cfg.feedBatches()), free: make(chan batch, cfg.feedBatches()),
	}
	for range min(cfg.Threads, cfg.Batch) {
		f.hands = append(f.hands, newHand(cfg, data, channelsLast))
	}
	for range cfg.feedBatches() {
		f.free <- cfg.newBatch(data.Shape())
	}
	go f.run(ctx, batches)
	return f
}

// run draws batches until it is stopped or an image cannot be had.
func (f *feed) run(ctx context.Context, batches int) {
	defer close(f.ready)
	for ; ; batches++ {
		select {
		case <-ctx.Done():
			return
		case b := <-f.free:
			err := f.draw(ctx, b, batches)
			f.ready <- drawn{b, err} // never waits: there is room for all batches
			if err != nil {
				return
			}
		}
	}
}

// next copies the next batch into dst. After an error the feed is of no more use.
func (f *feed) next(dst batch) error {
	b := <-f.ready
	if b.err != nil {
		return b.err
	}
	dst.copy(b.batch)
	f.free <- b.batch
	return nil
}

// close stops the feed and returns when its goroutines are gone.
func (f *feed) close() {
	f.stop()
	for range f.ready {
	}
}

// draw fills dst with the batch that follows so many: each epoch is an order of
// its own, of which a last incomplete batch is left out. Of several images that
// fail, the error is the first's.
func (f *feed) draw(ctx context.Context, dst batch, batches int) error {
	perEpoch := f.data.Len() / f.cfg.Batch
	if epoch := batches / perEpoch; epoch != f.epoch {
		f.shuffle(epoch)
	}
	batch := f.order[batches%perEpoch*f.cfg.Batch:][:f.cfg.Batch]
	size := len(dst.images) / f.cfg.Batch

	var mu sync.Mutex
	begun, failed := 0, len(batch) // places
	var err error
	take := func() int {
		mu.Lock()
		defer mu.Unlock()
		begun++
		return begun - 1
	}
	fail := func(place int, e error) {
		mu.Lock()
		defer mu.Unlock()
		// All places before this one were begun, so that the first failure is found.
		begun = len(batch)
		if place < failed {
			failed, err = place, &DataError{Step: batches/f.cfg.stepsD() + 1, Image: int(batch[place]), Data: f.data.Name(), Err: e}
		}
	}
	var wg sync.WaitGroup
	for _, h := range f.hands {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := take(); i < len(batch) && ctx.Err() == nil; i = take() {
				shown := uint64(batches)*uint64(len(batch)) + uint64(i)
				err := h.prepare(dst.images[i*size:][:size], int(batch[i]), shown)
				if err == nil && dst.labels != nil {
					dst.labels[i], err = f.cfg.labelOf(f.data, int(batch[i]))
				}
				if err != nil {
					fail(i, err)
				}
			}
		}()
	}
	wg.Wait()
	if err == nil {
		err = ctx.Err()
	}
	return err
}

// shuffle draws an epoch's order (Fisher and Yates).
func (f *feed) shuffle(epoch int) {
	f.epoch = epoch
	f.order = make([]uint32, f.data.Len())
	s := kernel.Stream{Seed: f.cfg.Seed, Domain: domainShuffle, Index: uint64(epoch)}
	for i := range f.order {
		j := s.IntN(i + 1)
		f.order[i] = f.order[j]
		f.order[j] = uint32(i)
	}
}
