package gan

import (
	"fmt"

	"github.com/ganlet/ganlet/internal/kernel"
)

// This file is the generator that is handed out: its moving average, with
// batch norm's statistics estimated for it.

// runningMomentum is how much of a batch enters batch norm's running statistics.
const runningMomentum = 0.1

// observe keeps the running statistics of the generator being trained.
func observe(n *Norm, mean, variance []float32) {
	for i := range mean {
		n.Mean[i] += float32(runningMomentum * (mean[i] - n.Mean[i]))
		n.Var[i] += float32(runningMomentum * (variance[i] - n.Var[i]))
	}
}

// updateAverage moves the average towards the generator. The decay grows with
// the steps to what the configuration asks, so that the first weights are soon
// forgotten.
func (t *Trainer) updateAverage() {
	if t.average == nil {
		return
	}
	decay := min(t.cfg.Average, float64(1+t.steps)/float64(10+t.steps))
	keep := float32(decay)
	add := 1 - keep // exact, so that a still weight stays
	now := params(t.gen)
	for i, a := range params(t.average) {
		kernel.Mix(a, now[i], keep, add)
	}
}

// normBatches and normBatch are how many latents the statistics of an averaged
// generator are estimated on.
const normBatches, normBatch = 32, 64

// Generator returns the generator as it is now: the average, if there is one,
// with batch norm's statistics estimated anew for it (running statistics are of
// other weights), else the weights of the last step. It is a copy.
func (t *Trainer) Generator() (*Generator, error) {
	layers := clone(t.gen)
	if t.average != nil {
		layers = clone(t.average)
		if err := t.estimate(layers); err != nil {
			return nil, err
		}
	}
	if err := t.averageStyle(layers); err != nil {
		return nil, err
	}
	return &Generator{
		Arch: t.cfg.Arch, Distribution: t.cfg.Distribution, LatentDim: t.cfg.LatentDim, Shape: t.shape,
		Layers: layers, Classes: names(t.classes), Training: t.training(),
	}, nil
}

// training says how the generator came about.
func (t *Trainer) training() map[string]string {
	return map[string]string{
		"steps":   fmt.Sprint(t.steps),
		"batch":   fmt.Sprint(t.cfg.Batch),
		"loss":    t.cfg.Loss,
		"width":   fmt.Sprint(t.cfg.Width),
		"lr":      fmt.Sprint(t.cfg.LR),
		"seed":    fmt.Sprint(t.cfg.Seed),
		"average": fmt.Sprint(t.cfg.Average),
	}
}

// estimate sets the layers' batch norm statistics to those of many latents:
// the mean of the batches' means, and the mean of their variances plus the
// variance of their means.
func (t *Trainer) estimate(layers []Layer) error {
	type sums struct{ mean, square, variance []float64 }
	all := make(map[*Norm]sums)
	for _, l := range Each(layers) {
		if n := l.Norm; n != nil {
			all[n] = sums{make([]float64, len(n.Mean)), make([]float64, len(n.Mean)), make([]float64, len(n.Mean))}
		}
	}
	if len(all) == 0 {
		return nil
	}
	g := newGraph(normBatch, t.cfg.Threads, nil)
	z, labels := make([]float32, normBatch*t.cfg.LatentDim), make([]int, normBatch)
	observe := func(n *Norm, mean, variance []float32) {
		s := all[n]
		for i, m := range mean {
			s.mean[i] += float64(m) / normBatches
			s.square[i] += float64(float64(m)*float64(m)) / normBatches
			s.variance[i] += float64(variance[i]) / normBatches
		}
	}
	x, _, err := g.network("generator", g.input("z", z, normBatch, t.cfg.LatentDim), layers, mode{frozen: true, leaf: true, groups: 1, observe: observe, labels: labels})
	if err != nil {
		return err
	}
	vm, err := g.program(x)
	if err != nil {
		return err
	}
	defer vm.Close()
	for i := range normBatches {
		s := kernel.Stream{Seed: t.cfg.Seed, Domain: domainNorm, Index: uint64(i)}
		drawLatents(z, &s, t.cfg.Distribution)
		t.drawLabels(labels, i)
		if err := run(vm); err != nil {
			return fmt.Errorf("gan: estimate batch norm's statistics: %w", err)
		}
	}
	for n, s := range all {
		for j, m := range s.mean {
			n.Mean[j] = float32(m)
			n.Var[j] = float32(max(0, s.variance[j]+s.square[j]-float64(m*m)))
		}
	}
	return nil
}
