package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"runtime/debug"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/ganlet/ganlet/cmd/internal/cli"
	"github.com/ganlet/ganlet/infer"
)

// This file is ganinfer bench: how fast a model is sampled on this device.

const benchHelp = `ganinfer bench measures how fast a model is sampled: the first latents of a
seed, and label 0, over and over. Garbage is collected before the loop, not in it.
ganinfer sample --help says how other inputs are filled.

    ganinfer bench MODEL.onnx [flags]

    ganinfer bench model.onnx
    ganinfer bench model.onnx --batch 16 --threads 2 --json

Flags:
FLAGS
`

// maxCalls bounds the memory that their times take.
const maxCalls = 10_000_000

// benchmark is what bench finds. Times are in microseconds.
type benchmark struct {
	File         string  `json:"file"`
	Tier         string  `json:"tier"` // the kernels in use
	Calls        int     `json:"n"`
	Batch        int     `json:"batch"`
	Workers      int     `json:"workers"`
	P50          float64 `json:"p50_us"` // of a call: a batch
	P99          float64 `json:"p99_us"`
	P50PerImage  float64 `json:"p50_us_per_image,omitempty"` // where a batch has several
	Load         float64 `json:"load_us"`                    // from the file to a session that is ready
	First        float64 `json:"first_us"`                   // until the first call is done
	FirstFrom    string  `json:"first_from"`                 // from when: "process" or "main", their start
	PeakRSS      int64   `json:"peak_rss_kb,omitempty"`      // of the process; left out where it cannot be known
	Allocs       float64 `json:"allocs_per_op"`              // of a call
	MultiplyAdds int64   `json:"multiply_adds"`              // of one sample; with a batch fixed by the file, of all of it
	GFLOPS       float64 `json:"gflops"`                     // at the median; a multiply-add is two
}

func runBench(ctx context.Context, args []string, stdout io.Writer) error {
	b := benchmark{FirstFrom: "process"}
	start, ok := processStart()
	if !ok {
		start, b.FirstFrom = time.Now(), "main"
	}
	o := sampling{truncation: 1, format: "raw", anyLabel: true}
	f := cli.Flags()
	f.IntVarP(&b.Calls, "count", "n", 1000, "how many calls to time")
	f.IntVar(&b.Batch, "batch", 1, "samples in a call")
	f.IntVar(&b.Workers, "threads", 1, "processor threads")
	f.Uint64Var(&o.seed, "seed", 1, "seed of the latents, and of numbers that the model draws itself")
	o.setFlag(f)
	o.sizeFlag(f)
	asJSON := f.Bool("json", false, "print JSON")
	if helped, err := cli.Parse(f, "ganinfer bench", args, benchHelp, stdout); err != nil || helped {
		return err
	}
	if err := cli.Arguments(f, "ganinfer bench", "MODEL.onnx"); err != nil {
		return err
	}
	b.File = f.Arg(0)
	o.n, o.batch, o.threads, o.path, o.options.Seed = b.Batch, b.Batch, b.Workers, b.File, o.seed
	switch {
	case b.Calls < 1 || b.Calls > maxCalls:
		return cli.Flagf("-n is %d, want 1 to %d", b.Calls, maxCalls)
	case b.Batch < 1:
		return cli.Flagf("--batch is %d, want 1 to %d", b.Batch, maxBatch)
	}
	if err := o.check(); err != nil {
		return err
	}
	if !f.Changed("batch") {
		o.batch = 0 // the model may have its own
	}
	if err := b.measure(ctx, start, &o); err != nil {
		return err
	}
	return cli.Text(stdout, func(w io.Writer) error {
		if *asJSON {
			return json.NewEncoder(w).Encode(&b)
		}
		return b.table(w)
	})
}

// measure loads the model, draws from it once, and then times it.
func (b *benchmark) measure(ctx context.Context, start time.Time, o *sampling) error {
	opened := time.Now()
	m, err := o.openFilled()
	if err != nil {
		return err
	}
	s, err := newSampler(ctx, m, o)
	if err != nil {
		return err
	}
	b.Load = micros(time.Since(opened))
	dst := make([]float32, s.batch*s.size)
	s.fill(0, s.batch)
	if err := s.compute(dst, s.batch); err != nil {
		return err
	}
	b.First = micros(time.Since(start))

	times := make([]time.Duration, b.Calls)
	allocs, err := repeat(ctx, times, func() error { return s.compute(dst, s.batch) })
	if err != nil {
		return err
	}
	slices.Sort(times)
	b.P50, b.P99 = micros(times[len(times)/2]), micros(times[int(int64(len(times))*99/100)])
	b.Allocs = allocs
	b.Tier, b.Batch, b.MultiplyAdds, b.PeakRSS = infer.Tier(), s.batch, m.Stats().MultiplyAdds, peakRSS()
	if b.Batch > 1 {
		b.P50PerImage = b.P50 / float64(b.Batch)
	}
	work := 2 * float64(b.MultiplyAdds)
	if s.open {
		work *= float64(b.Batch)
	}
	if b.P50 > 0 { // a coarse clock may not have moved
		b.GFLOPS = work / b.P50 / 1e3
	}
	return nil
}

// settle is time for what a garbage collection sets off, finalizers and the
// like, which allocates in goroutines of its own.
const settle = 5 * time.Millisecond

// parts is how many parts of the loop are counted apart.
const parts = 10

// repeat calls do once for each of times, fills them in, and returns how many
// allocations a call makes: the least of ten parts of the loop, because Go's
// runtime allocates now and then too. Garbage is collected before, not meanwhile.
func repeat(ctx context.Context, times []time.Duration, do func() error) (allocs float64, err error) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	runtime.GC()
	time.Sleep(settle)
	if err := do(); err != nil { // the caches are warm again
		return 0, err
	}
	allocs = math.Inf(1)
	var before, after runtime.MemStats
	for part := range parts {
		some := times[len(times)*part/parts : len(times)*(part+1)/parts]
		if len(some) == 0 {
			continue
		}
		runtime.ReadMemStats(&before)
		for i := range some {
			begun := time.Now()
			err := do()
			some[i] = time.Since(begun)
			if err != nil {
				return 0, err
			}
			if ctx.Err() != nil {
				return 0, errors.New("stopped by a signal")
			}
		}
		runtime.ReadMemStats(&after)
		allocs = min(allocs, float64(after.Mallocs-before.Mallocs)/float64(len(some)))
	}
	return allocs, nil
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }

func (b *benchmark) table(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "model\t%s, %d multiply-adds\n", cli.Printable(b.File), b.MultiplyAdds)
	fmt.Fprintf(t, "run\t%d calls of batch %d, %d threads, %s\n", b.Calls, b.Batch, b.Workers, b.Tier)
	fmt.Fprintf(t, "median\t%.1f us, %.1f GFLOP/s\n", b.P50, b.GFLOPS)
	if b.Batch > 1 {
		fmt.Fprintf(t, "median, an image\t%.1f us\n", b.P50PerImage)
	}
	fmt.Fprintf(t, "99th percentile\t%.1f us\n", b.P99)
	fmt.Fprintf(t, "load\t%.0f us\n", b.Load)
	fmt.Fprintf(t, "first image\t%.0f us after the start of %s\n", b.First, map[string]string{"process": "the process", "main": "main"}[b.FirstFrom])
	if b.PeakRSS > 0 {
		fmt.Fprintf(t, "peak memory\t%d kB\n", b.PeakRSS)
	}
	fmt.Fprintf(t, "allocations\t%g a call\n", b.Allocs)
	return t.Flush()
}
