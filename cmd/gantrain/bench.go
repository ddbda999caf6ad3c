package main

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/ganlet/ganlet/cmd/internal/cli"
	"github.com/ganlet/ganlet/gan"
	"github.com/ganlet/ganlet/internal/kernel"
)

// This file is gantrain bench: how long a training step takes on this machine.

const benchHelp = `gantrain bench measures one full step of training, both players, on synthetic
images of 28x28: the discriminator on real and generated images, then the
generator, with the same generated images. There is no moving average.

    gantrain bench [flags]

    gantrain bench --arch mlp --threads 1
    gantrain bench --arch dcgan --batch 128 --json

Flags:
FLAGS
`

// benchmark is what bench finds.
type benchmark struct {
	Arch    string  `json:"arch"`
	Width   int     `json:"width"`
	Batch   int     `json:"batch"`
	Threads int     `json:"threads"`
	Tier    string  `json:"tier"` // the kernels in use
	Steps   int     `json:"steps"`
	Step    float64 `json:"step_ms"` // the median
	Best    float64 `json:"best_ms"`
	Images  float64 `json:"images_per_s"` // real images, at the median
	Allocs  float64 `json:"allocs_per_step"`
}

// warmUp is how many steps are done before those that are timed.
const warmUp = 3

// maxBenchSteps bounds the memory that their times take.
const maxBenchSteps = 10_000_000

func runBench(args []string, stdout io.Writer) error {
	c := gan.Plain("dcgan")
	c.Average = 0
	f := cli.Flags()
	f.StringVar(&c.Arch, "arch", c.Arch, strings.Join(gan.Architectures(), ", "))
	f.IntVar(&c.Width, "width", c.Width, "size of the narrowest hidden layer; 256 for mlp")
	f.IntVar(&c.Batch, "batch", c.Batch, "real images of a step")
	f.IntVar(&c.Threads, "threads", c.Threads, "processor threads")
	steps := f.IntP("count", "n", 50, "how many steps to time")
	asJSON := f.Bool("json", false, "print JSON")
	if helped, err := cli.Parse(f, "gantrain bench", args, benchHelp, stdout); err != nil || helped {
		return err
	}
	if err := cli.Arguments(f, "gantrain bench"); err != nil {
		return err
	}
	if *steps < 1 || *steps > maxBenchSteps {
		return cli.Flagf("-n is %d, want 1 to %d", *steps, maxBenchSteps)
	}
	if !f.Changed("width") {
		c.Width = gan.DefaultWidth(c.Arch)
	}
	if err := c.Validate(); err != nil {
		return cli.Flagf("%w", err)
	}
	b, err := measure(c, *steps)
	if err != nil {
		return err
	}
	return cli.Text(stdout, func(w io.Writer) error {
		if *asJSON {
			return json.NewEncoder(w).Encode(b)
		}
		return b.table(w)
	})
}

// measure times steps of a training.
func measure(c gan.Config, steps int) (*benchmark, error) {
	t, err := gan.New(c, synthetic{images: 4 * c.Batch})
	if err != nil {
		return nil, err
	}
	defer t.Close()
	var before, after runtime.MemStats
	times := make([]float64, steps)
	for i := range warmUp + steps {
		if i == warmUp {
			runtime.ReadMemStats(&before)
		}
		start := time.Now()
		if _, err := t.Step(); err != nil {
			return nil, err
		}
		if i >= warmUp {
			times[i-warmUp] = float64(time.Since(start)) / float64(time.Millisecond)
		}
	}
	runtime.ReadMemStats(&after)
	slices.Sort(times)
	median := times[steps/2]
	return &benchmark{
		Arch: c.Arch, Width: c.Width, Batch: c.Batch, Threads: c.Threads, Tier: kernel.Tier(), Steps: steps,
		Step: median, Best: times[0], Images: float64(c.Batch) * 1000 / median,
		Allocs: float64(after.Mallocs-before.Mallocs) / float64(steps),
	}, nil
}

func (b *benchmark) table(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "run\t%d steps of %s, width %d, batch %d, %d threads, %s\n", b.Steps, b.Arch, b.Width, b.Batch, b.Threads, b.Tier)
	fmt.Fprintf(t, "median\t%.2f ms a step, %.0f images/s\n", b.Step, b.Images)
	fmt.Fprintf(t, "best\t%.2f ms\n", b.Best)
	fmt.Fprintf(t, "allocations\t%.0f a step\n", b.Allocs)
	return t.Flush()
}

// synthetic is a data set of random images.
type synthetic struct{ images int }

func (synthetic) Name() string     { return "synthetic" }
func (synthetic) Shape() gan.Shape { return gan.Shape{C: 1, H: 28, W: 28} }
func (s synthetic) Len() int       { return s.images }

func (synthetic) Image(dst []float32, i int) error {
	kernel.Latents(dst, 1, uint64(i), len(dst), false)
	return nil
}
