package gan

import "runtime"

// This file is whole configurations: those of papers, and those that runs found
// to be the best.

// Plain is an architecture with the usual settings and no cure: the DCGAN of
// Radford et al. 2015, the MLP of Goodfellow et al. 2014 with Adam; on all
// processors of this machine.
func Plain(arch string) Config {
	return Config{
		Arch: arch, Width: DefaultWidth(arch), Distribution: Normal, LatentDim: 100, Loss: NonSaturating,
		Batch: 64, LR: 2e-4, Beta1: 0.5, Beta2: 0.999, Average: 0.999, Seed: 1, Threads: min(runtime.GOMAXPROCS(0), maxThreads),
	}
}

// Default is the best configuration that is known for data of a shape, of
// [Presets] if there is one for it. If it plans Steps, a training of another
// length must change them.
func Default(s Shape) Config {
	sides := dcganBase(s)
	switch {
	case s.Vector():
		return points()
	case sides == nil:
		return Plain(mlp.name)
	case len(sides) < 3: // the discriminator would have no batch norm
		return Plain(dcgan.name)
	case s.C == 1:
		return digits()
	}
	return colours()
}

// A Preset is a configuration that was run.
type Preset struct {
	Name   string
	About  string // for what data it is, and what it does
	Result string // what came of it, and of how much training
	Config func() Config
}

// Presets are the configurations that were run.
func Presets() []Preset {
	return []Preset{
		{"points", "ring8, grid25; the default for points", "8 of 8 modes, 99.2 % of high quality; 25 of 25, 96.6 %; means of 10 seeds of half a minute", points},
		{"digits", "mnist; the default for grey images", "FID-LeNet 9.19, coverage .760, digit KL .0135 of 10,000 samples after 7,602 steps: ten minutes", digits},
		{"digits-long", "mnist; the same for longer", "FID-LeNet 5.73, coverage .850, digit KL .0032 of 10,000 samples after 21,357 steps: half an hour", digitsLong},
		{"colours", "stacked-mnist; the default for colour images", "1000 of 1000 modes, KL .134 of 26,000 samples after 6,000 steps: 18 minutes on one", colours},
		{"dcgan", "mnist; Radford et al. 2015, batch norm in both networks", "FID-LeNet 38.8, coverage .507, digit KL .046 of 10,000 samples after 9,864 steps: eight minutes", func() Config { return Plain(dcgan.name) }},
	}
}

// points is R1 on small networks without noise in their last steps.
func points() Config {
	c := Plain(mlpTanh.name)
	c.LatentDim, c.Batch, c.R1 = 2, 128, 0.5
	c.LR, c.Beta1, c.Beta2, c.LRDecay, c.Steps = 3e-3, 0, 0.99, 1, 40000
	return c
}

// digits has a discriminator without batch norm that looks at two images at
// once, and R1.
func digits() Config {
	c := Plain(dcgan.name)
	c.NormD, c.HeadD, c.Pack, c.R1 = NoNorm, 256, 2, 0.1
	c.LR, c.Beta2, c.LRDecay, c.Steps = 1e-3, 0.99, 0.3, 6000
	return c
}

// digitsLong is digits for longer.
func digitsLong() Config {
	c := digits()
	c.LatentDim, c.Steps = 64, 27000
	return c
}

// colours is digits with more to say.
func colours() Config {
	c := digits()
	c.LatentDim = 128
	return c
}
