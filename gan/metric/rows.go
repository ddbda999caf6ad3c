package metric

import (
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
)

// This file is what the metrics have in common: their input, checked, and the
// goroutines that share their work.

// rows is n rows of dim numbers, [n, dim].
type rows struct {
	data   []float32
	n, dim int
}

// row is row i.
func (r rows) row(i int) []float32 { return r.data[i*r.dim:][:r.dim] }

// rowsOf checks that data is at least least whole rows of finite numbers. What
// names them in errors.
func rowsOf(what string, data []float32, dim, least int) (rows, error) {
	if dim < 1 {
		return rows{}, fmt.Errorf("metric: rows of %d values, want at least 1", dim)
	}
	if len(data)%dim != 0 {
		return rows{}, fmt.Errorf("metric: %s has %d values, want a multiple of %d", what, len(data), dim)
	}
	if n := len(data) / dim; n < least {
		return rows{}, fmt.Errorf("metric: %s has %d samples, want at least %d", what, n, least)
	}
	for i, v := range data {
		if v-v != 0 {
			return rows{}, fmt.Errorf("metric: %s: value %d of sample %d is %v", what, i%dim, i/dim, v)
		}
	}
	return rows{data, len(data) / dim, dim}, nil
}

// pair is rowsOf two sets that are to be compared.
func pair(real, fake []float32, dim, least int) (r, f rows, err error) {
	if r, err = rowsOf("real", real, dim, least); err != nil {
		return r, f, err
	}
	f, err = rowsOf("fake", fake, dim, least)
	return r, f, err
}

// parallel calls do(0) to do(n-1), on as many goroutines as there are
// processors. Scratch is made once for each goroutine.
func parallel[S any](n int, scratch func() S, do func(i int, s S)) {
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		group.Add(1)
		go func() {
			defer group.Done()
			s := scratch()
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				do(int(i), s)
			}
		}()
	}
	group.Wait()
}

// meanAndDeviation are those of a population: the divisor is len(v).
func meanAndDeviation(v []float64) (mean, deviation float64) {
	for _, x := range v {
		mean += x
	}
	mean /= float64(len(v))
	for _, x := range v {
		deviation += float64((x - mean) * (x - mean))
	}
	return mean, math.Sqrt(deviation / float64(len(v)))
}
