package lab

import (
	"github.com/ganlet/ganlet/cmd/internal/verdict"
	"github.com/ganlet/ganlet/gan"
	"github.com/ganlet/ganlet/gan/data"
	"github.com/ganlet/ganlet/gan/metric"
	"github.com/ganlet/ganlet/internal/kernel"
)

// This file is a training of an experiment, on the ring of 8: its log, and what
// its networks do to the plane at the end.

// ringConfig is small networks that learn the ring in seconds. Nothing is left to
// the defaults, so that the experiments stay as they are when those change.
func ringConfig() gan.Config {
	return gan.Config{
		Arch: "mlp", Width: 64, Distribution: gan.Normal, LatentDim: 4, Loss: gan.NonSaturating,
		Batch: 128, LR: 2e-3, Beta1: 0.5, Beta2: 0.99, Average: 0.99, Seed: 1, Threads: 1,
	}
}

// ringFlags are gantrain's for these networks.
const ringFlags = "--data ring8 --arch mlp --width 64 --latent-dim 4 --batch 128 --beta1 0.5 --average 0.99 "

// A training is what is kept of one.
type training struct {
	config  gan.Config
	log     []verdict.Line // every logEvery steps, with metrics now and then
	samples []float32      // [judged, 2], of the generator at the end
	surface surface        // of the discriminator at the end
}

const (
	logEvery = 5
	judged   = 2500 // samples, as in the PacGAN paper
)

// train does so many steps of c and judges the generator every so many.
func train(c gan.Config, steps, every int) (*training, error) {
	set, err := data.Open("ring8", data.Options{})
	if err != nil {
		return nil, err
	}
	t, err := gan.New(c, set)
	if err != nil {
		return nil, err
	}
	defer t.Close()
	r := &training{config: c}
	for range steps {
		stats, err := t.Step()
		if err != nil {
			return nil, err
		}
		line := verdict.Line{Stats: stats}
		if stats.Step%every == 0 {
			if line.Metrics, err = r.judge(t); err != nil {
				return nil, err
			}
		}
		if stats.Step%logEvery == 0 || line.Metrics != nil {
			r.log = append(r.log, line)
		}
	}
	r.surface, err = look(t)
	return r, err
}

// judge draws samples anew and returns how well they cover the ring.
func (r *training) judge(t *gan.Trainer) (map[string]float64, error) {
	g, err := t.Generator()
	if err != nil {
		return nil, err
	}
	z := make([]float32, judged*g.LatentDim)
	kernel.Latents(z, 1, 0, g.LatentDim, g.Distribution == gan.Normal)
	if r.samples, err = g.Sample(z); err != nil {
		return nil, err
	}
	c, err := metric.Ring8().Judge(r.samples)
	return map[string]float64{"modes": float64(c.Modes), "quality": c.Quality, "reverse_kl": c.ReverseKL}, err
}

// A surface is the discriminator's logits at the points of a grid over the
// square from -reach to reach, row by row from the lowest.
type surface struct {
	side   int
	logits []float64
}

const (
	reach     = 1.6
	gridSide  = 65
	fieldSide = 17 // arrows to a side
)

// at is the place of a column or row.
func (s surface) at(i int) float64 { return reach * (2*float64(i)/float64(s.side-1) - 1) }

func look(t *gan.Trainer) (surface, error) {
	s := surface{side: gridSide}
	var points []float32
	for y := range s.side {
		for x := range s.side {
			points = append(points, float32(s.at(x)), float32(s.at(y)))
		}
	}
	logits, err := t.Judge(points)
	for _, l := range logits {
		s.logits = append(s.logits, float64(l))
	}
	return s, err
}
