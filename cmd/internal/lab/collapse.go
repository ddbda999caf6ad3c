package lab

import "github.com/ganlet/ganlet/cmd/internal/verdict"

func collapse() Experiment {
	return Experiment{
		Name: "collapse",
		See:  "The data is 8 points on a ring; the generator makes one of them, very well, from whatever latent it is given, and with R1 it goes to all of them.",
		Why:  "The discriminator judges one sample at a time and never asks whether they are all alike, and its hills grow so steep that all samples climb the nearest one.",
		Cure: "A penalty on the discriminator's slope at real data, --r1 0.1, keeps the hills gentle, and samples share them out; --minibatch-stddev 4 or --pack 2 let the discriminator see that samples are alike.",
		run:  runCollapse,
	}
}

func runCollapse() (*Outcome, error) {
	const steps, every = 500, 100
	c := ringConfig()
	c.LR, c.LRD, c.StepsD = 2e-4, 5e-3, 5
	bad, err := train(c, steps, every)
	if err != nil {
		return nil, err
	}
	c.R1 = 0.1
	good, err := train(c, steps, every)
	if err != nil {
		return nil, err
	}
	const flags = "--steps 500 --eval-every 100 --beta2 0.99 --lr 2e-4 --lr-d 5e-3 --steps-d 5"
	return &Outcome{
		Bad:  bad.side("no penalty", flags),
		Good: good.side("R1 with gamma 0.1", flags+" --r1 0.1"),
		rows: []row{
			{bad: losses(bad.log), good: losses(good.log)},
			{bad: samplesPlot("2,500 samples", bad.samples), good: samplesPlot("2,500 samples", good.samples)},
			{bad: bad.surfacePlot(), good: good.surfacePlot()},
		},
	}, nil
}

// side is a training in words and figures.
func (r *training) side(title, flags string) Side {
	return Side{Title: title, Flags: ringFlags + flags, Verdict: verdict.Of(r.config, r.log), Figures: r.log[len(r.log)-1].Metrics}
}
