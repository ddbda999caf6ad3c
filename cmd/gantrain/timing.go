package main

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/ganlet/ganlet/cmd/internal/classes"
	"github.com/ganlet/ganlet/export"
	"github.com/ganlet/ganlet/gan"
	"github.com/ganlet/ganlet/infer"
)

// This file is how long it takes to sample a generator on this machine. That
// follows from its shape: its first weights take as long as trained ones.

// timing is the time of a sample as infer draws it.
type timing struct {
	Alone   float64 `json:"alone_ms"`             // drawn one by one
	Batch   int     `json:"batch,omitempty"`      // of several; 0: one sample takes too long
	Batched float64 `json:"batched_ms,omitempty"` // a sample of such a batch
	Threads int     `json:"threads"`
	Tier    string  `json:"tier"` // the kernels in use
}

const (
	timingBatch = 64                     // the largest
	timingTime  = 400 * time.Millisecond // for each of the two figures
	timingRuns  = 15                     // at most; the median counts
)

// newTiming exports the generator of layers, and draws from it for about a second
// at most, or as long as a few samples take.
func newTiming(c gan.Config, s gan.Shape, layers []gan.Layer) (*timing, error) {
	g := &gan.Generator{Arch: c.Arch, Distribution: c.Distribution, LatentDim: c.LatentDim, Shape: s, Layers: layers}
	for i := range c.Classes {
		g.Classes = append(g.Classes, strconv.Itoa(i))
	}
	file, err := encode(g, export.Options{})
	if err != nil {
		return nil, err
	}
	m, err := infer.Parse(file)
	if err != nil {
		return nil, err
	}
	t := &timing{Threads: c.Threads, Tier: infer.Tier()}
	alone, err := drawTime(m, g, 1, c.Threads)
	if err != nil {
		return nil, err
	}
	t.Alone = millis(alone)
	batch := timingBatch
	for batch > 1 && time.Duration(batch)*alone > timingTime {
		batch /= 2
	}
	if batch > 1 {
		all, err := drawTime(m, g, batch, c.Threads)
		if err != nil {
			return nil, err
		}
		t.Batch, t.Batched = batch, millis(all)/float64(batch)
	}
	return t, nil
}

// drawTime is the median time of a batch, after one to warm up.
func drawTime(m *infer.Model, g *gan.Generator, batch, threads int) (time.Duration, error) {
	latent, err := m.Latent(1)
	if err != nil {
		return 0, err
	}
	s, err := m.NewSession(batch)
	if err != nil {
		return 0, err
	}
	s.Workers = threads
	z, images := make([]float32, batch*latent.Dim), make([]float32, batch*g.Shape.Len())
	latent.Fill(z, 0)
	var times []time.Duration
	for begun := time.Now(); len(times) <= timingRuns && (len(times) < 2 || time.Since(begun) < timingTime); {
		start := time.Now()
		if err := classes.Generate(s, len(g.Classes), images, z, batch, 0); err != nil {
			return 0, err
		}
		times = append(times, time.Since(start))
	}
	times = times[1:]
	slices.Sort(times)
	return times[len(times)/2], nil
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func (t *timing) String() string {
	text := fmt.Sprintf("drawn alone, a sample takes about %s ms", figures(t.Alone))
	if t.Batch > 0 {
		text += fmt.Sprintf(", in batches of %d %s ms", t.Batch, figures(t.Batched))
	}
	threads := "one thread"
	if t.Threads > 1 {
		threads = fmt.Sprintf("%d threads", t.Threads)
	}
	return fmt.Sprintf("%s, on %s here (%s)", text, threads, t.Tier)
}

// figures is the first two of v, or all before the point.
func figures(v float64) string {
	if v >= 10 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.2g", v)
}
