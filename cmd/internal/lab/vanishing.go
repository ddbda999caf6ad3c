package lab

import (
	"math"

	"gonum.org/v1/plot"

	"github.com/ganlet/ganlet/cmd/internal/verdict"
	"github.com/ganlet/ganlet/gan"
)

func vanishing() Experiment {
	return Experiment{
		Name: "vanishing",
		See:  "With the minimax loss the gradient that reaches the generator falls towards nothing as the discriminator gets sure, and the samples stay where they began; with the non-saturating loss they go to the data.",
		Why:  "Minimax takes from the generator log(1 - D), which is flat where D is 0, and a discriminator that is trained well is 0 wherever there are samples.",
		Cure: "--loss ns: the generator's loss is -log D, which is steep where D is 0. (That the samples now crowd on few modes is another problem: gantrain lab collapse.)",
		run:  runVanishing,
	}
}

func runVanishing() (*Outcome, error) {
	const steps, every = 800, 100
	c := ringConfig()
	c.LR, c.LRD, c.Beta2 = 2e-5, 5e-3, 0.999
	var runs, still [2]*training
	for i, loss := range []string{gan.Minimax, gan.NonSaturating} {
		var err error
		c.Loss = loss
		if runs[i], err = train(c, steps, every); err != nil {
			return nil, err
		}
		held := c
		held.LR = stillness
		if still[i], err = train(held, 200, 200); err != nil {
			return nil, err
		}
	}
	const flags = "--steps 800 --eval-every 100 --beta2 0.999 --lr 2e-5 --lr-d 5e-3 --loss "
	o := &Outcome{
		Bad:  runs[0].side("minimax", flags+"minimax"),
		Good: runs[1].side("non-saturating", flags+"ns"),
	}
	for i, s := range []*Side{&o.Bad, &o.Good} {
		s.Figures["grad_g"] = gradient(runs[i].log)
		s.Figures["grad_g_of_still_generator"] = gradient(still[i].log)
		s.Figures["travel"] = travel(runs[i].samples)
	}
	o.rows = []row{
		{bad: gradients(still[0].log), good: gradients(still[1].log)},
		{bad: losses(runs[0].log), good: losses(runs[1].log)},
		{bad: samplesPlot("2,500 samples", runs[0].samples), good: samplesPlot("2,500 samples", runs[1].samples)},
		{bad: runs[0].surfacePlot(), good: runs[1].surfacePlot()},
	}
	return o, nil
}

// stillness is a step size too small to change a weight, so that the state of
// both players is the same whatever the generator's loss.
const stillness = 1e-30

// gradient is the length of the generator's at the end of a log.
func gradient(log []verdict.Line) float64 { return log[len(log)-1].GradG }

// travel is the mean distance of samples from the middle, where all begin.
func travel(samples []float32) float64 {
	sum := 0.0
	for i := 0; i < len(samples); i += 2 {
		sum += math.Hypot(float64(samples[i]), float64(samples[i+1]))
	}
	return sum / float64(len(samples)/2)
}

// gradients is the length of the generator's gradient over the steps.
func gradients(log []verdict.Line) *plot.Plot {
	p := newPlot("gradient of the generator, held still", "steps of the discriminator", "")
	p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	curves(p, log, []curve{{orange, func(l verdict.Line) float64 { return l.GradG }}})
	return p
}
