package judge

import (
	"fmt"
	"runtime"
	"sync"

	"github.com/ganlet/ganlet/cmd/internal/classes"
	"github.com/ganlet/ganlet/gan"
	"github.com/ganlet/ganlet/infer"
)

// This file is samples and real images in memory, [n, values of one].

// atOnce is how many samples or images a goroutine takes at a time.
const atOnce = 64

// maxValues bounds a set of samples, or of real images, to 256 MB.
const maxValues = 1 << 26

// draw computes samples 0 to n-1 of a seed: those of ganinfer sample, of classes
// each in turn.
func draw(m *infer.Model, n int, seed uint64) ([]float32, error) {
	latent, err := m.Latent(seed)
	if err != nil {
		return nil, err
	}
	size := 1
	for _, side := range m.Outputs()[0].Shape[1:] {
		size *= side
	}
	if n > maxValues/size {
		return nil, fmt.Errorf("%d samples of %d values, want at most %d", n, size, maxValues/size)
	}
	samples, kinds := make([]float32, n*size), len(m.Classes())
	return samples, share(n, func() (func(first, n int) error, error) {
		session, err := m.NewSession(atOnce)
		z := make([]float32, atOnce*latent.Dim)
		return func(first, n int) error {
			latent.Fill(z[:n*latent.Dim], uint64(first))
			return classes.Generate(session, kinds, samples[first*size:][:n*size], z[:n*latent.Dim], n, first)
		}, err
	})
}

// load reads at most n images of a set from the first on, every step-th.
func load(set gan.Dataset, first, step, n int) ([]float32, error) {
	size := set.Shape().Len()
	n = min(n, (set.Len()-first+step-1)/step, maxValues/size)
	images := make([]float32, n*size)
	return images, share(n, func() (func(from, n int) error, error) {
		return func(from, n int) error {
			for i := from; i < from+n; i++ {
				if err := set.Image(images[i*size:][:size], first+i*step); err != nil {
					return err
				}
			}
			return nil
		}, nil
	})
}

// share has all processors do parts of n, each with a function of its own, and
// returns the first error.
func share(n int, worker func() (do func(first, n int) error, err error)) error {
	var mu sync.Mutex
	var group sync.WaitGroup
	var failed error
	next := 0
	take := func(err error) int {
		mu.Lock()
		defer mu.Unlock()
		if failed == nil {
			failed = err
		}
		if failed != nil {
			return n
		}
		next += atOnce
		return next - atOnce
	}
	for range min(runtime.GOMAXPROCS(0), (n+atOnce-1)/atOnce) {
		group.Add(1)
		go func() {
			defer group.Done()
			do, err := worker()
			for i := take(err); i < n; i = take(err) {
				err = do(i, min(atOnce, n-i))
			}
		}()
	}
	group.Wait()
	return failed
}
