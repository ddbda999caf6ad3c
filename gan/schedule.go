package gan

import (
	"math"

	"github.com/ganlet/ganlet/internal/kernel"
)

// This file is what changes with how far a training is.

// The curves by which the step sizes fall.
const (
	Linear = ""       // a straight line
	Cosine = "cosine" // half a wave, flat at both ends (Loshchilov and Hutter, "SGDR", 2017, equation 5, once)
)

// Scheduled says whether anything in the configuration does: it has then a use
// for Steps, or for [Trainer.SetProgress].
func (c Config) Scheduled() bool { return c.LRDecay > 0 || c.InstanceNoise > 0 }

// lrFactor is what the step sizes are multiplied with when a part of the
// training, 0 to 1, is done.
func (c Config) lrFactor(part float64) float64 {
	if c.LRDecay == 0 {
		return 1
	}
	left := min(1, (1-part)/c.LRDecay)
	if c.LRCurve == Cosine {
		return (1 - kernel.Cos64(math.Pi*left)) / 2
	}
	return left
}

// SetProgress says which part of a training is done, 0 to 1, when its Config
// plans no Steps: before each Step, if the Config has anything that follows it.
// Without it the training is always at its beginning.
func (t *Trainer) SetProgress(part float64) { t.part = max(0, min(part, 1)) }

// progress is the part of the training that is done, 0 to 1.
func (t *Trainer) progress() float64 {
	if t.cfg.Steps > 0 {
		return float64(t.steps) / float64(t.cfg.Steps)
	}
	return t.part
}
