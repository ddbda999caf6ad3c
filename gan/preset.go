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
		return cured(mlp.name, s)
	case len(sides) < 3: // the discriminator would have no batch norm
		return Plain(dcgan.name)
	case s.C == 1:
		return digits()
	}
	return colours()
}

// DefaultFor is the best configuration that is known for an architecture and data
// of a shape: [Default]'s if that is of the architecture, else for images what
// cures a dcgan's training cures this one's. If it plans Steps, a training of
// another length must change them.
func DefaultFor(arch string, s Shape) Config {
	switch c := Default(s); {
	case arch == c.Arch:
		return c
	case s.Vector() || DefaultWidth(arch) == 0:
		return Plain(arch)
	}
	return cured(arch, s)
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
		{"digits-long", "mnist; the same for longer, such as --time 30m", "FID-LeNet 5.73, coverage .850, digit KL .0032 of 10,000 samples after 21,357 steps: half an hour", digitsLong},
		{"colours", "stacked-mnist; the default for colour images", "1000 of 1000 modes, KL .134 of 26,000 samples after 6,000 steps: 18 minutes on one thread", colours},
		{"style", "mnist; the default for arch style: the best, but it samples six times as long", "FID-LeNet 2.74, coverage .804, digit KL .0037 of 10,000 samples after 4,510 steps: ten minutes", digitsBy(style)},
		{"resize", "mnist; the default for arch resize", "FID-LeNet 11.3, coverage .708, digit KL .0209 of 10,000 samples after 4,000 steps: nine minutes on one thread", digitsBy(resize)},
		{"resnet", "mnist; the default for arch resnet", "FID-LeNet 16.0, coverage .674, digit KL .0217 of 10,000 samples after 4,000 steps: eight minutes on one thread", digitsBy(resnet)},
		{"mlp", "mnist; the default for arch mlp", "FID-LeNet 40.0, coverage .409, digit KL .0275 of 10,000 samples after 8,000 steps: four minutes on one thread", digitsBy(mlp)},
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

// cured is digits by another architecture.
func cured(arch string, s Shape) Config {
	c := digits()
	c.Arch, c.Width, c.Steps = arch, DefaultWidth(arch), 4000
	switch arch {
	case mlp.name, mlpTanh.name:
		c.HeadD, c.R1, c.Steps = 0, 1, 8000
	case style.name: // at more, the last tanh of half of the seeds saturates within ten steps
		c.LR, c.R1 = 5e-4, 0.2
	}
	if !c.normedOtherwise(s) {
		c.NormD = ""
	}
	return c
}

// digitsBy is cured for digits.
func digitsBy(a architecture) func() Config {
	return func() Config { return cured(a.name, Shape{1, 28, 28}) }
}

// colours is digits with more to say.
func colours() Config {
	c := digits()
	c.LatentDim = 128
	return c
}
