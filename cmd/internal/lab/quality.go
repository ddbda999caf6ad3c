package lab

import (
	"fmt"

	"github.com/ganlet/ganlet/cmd/internal/judge"
	"github.com/ganlet/ganlet/cmd/internal/verdict"
)

func quality() Experiment {
	return Experiment{
		Name: "quality",
		See:  "Over one good training both losses stay flat after the first steps, as if nothing more were learnt, while the share of good samples grows many times over.",
		Why:  "Each loss measures a player against the other, who learns too: the losses of a game that goes well are those of a tie, 2 ln 2 and ln 2, from early on.",
		Cure: "Judge samples, not losses: --eval-every 150 holds the generator against the data at every so many steps, says whether quality rises, and keeps the best generator.",
		run:  runQuality,
	}
}

func runQuality() (*Outcome, error) {
	const early, steps = 150, 1500
	c := ringConfig()
	c.R1 = 0.5
	before, err := train(c, early, early) // the first steps of the same training
	if err != nil {
		return nil, err
	}
	after, err := train(c, steps, early)
	if err != nil {
		return nil, err
	}
	const flags = "--steps 1500 --beta2 0.99 --lr 2e-3 --r1 0.5"
	o := &Outcome{Bad: after.side("going by the losses", flags+" --eval-every 0"), Good: after.side("going by the samples", flags+" --eval-every 150")}
	lossD, lossG := tenths(after.log, func(l verdict.Line) float64 { return l.LossD }), tenths(after.log, func(l verdict.Line) float64 { return l.LossG })
	o.Bad.Figures = map[string]float64{"loss_d_rise": lossD[1] - lossD[0], "loss_g_rise": lossG[1] - lossG[0]}
	o.Bad.Verdict = nil
	if f := misleading(after.log, lossD, lossG); f != nil {
		o.Bad.Verdict = []verdict.Finding{*f}
	}
	share := newPlot("samples within 3 sigma of a mode", "step", "share")
	curves(share, judgements(after.log), []curve{{orange, func(l verdict.Line) float64 { return l.Metrics["quality"] }}})
	o.rows = []row{
		{bad: losses(after.log), good: share, own: true},
		{bad: samplesPlot(fmt.Sprintf("samples at step %d", early), before.samples), good: samplesPlot(fmt.Sprintf("samples at step %d", steps), after.samples)},
		{bad: before.surfacePlot(), good: after.surfacePlot()},
	}
	return o, nil
}

// Misleading is the name of a finding of this package's own: losses that do not
// fall while quality rises.
const Misleading = "misleading"

func misleading(log []verdict.Line, lossD, lossG [2]float64) *verdict.Finding {
	judged := judgements(log)
	name, was := judge.Loss(judged[0].Metrics)
	_, now := judge.Loss(judged[len(judged)-1].Metrics)
	const flat = 0.05
	if lossD[1] < lossD[0]-flat || lossG[1] < lossG[0]-flat || now > was/2 {
		return nil
	}
	return &verdict.Finding{
		Name:     Misleading,
		Words:    fmt.Sprintf("the losses went from %.3f and %.3f to %.3f and %.3f and did not fall, while %s, where less is better, fell from %.2f to %.2f", lossD[0], lossG[0], lossD[1], lossG[1], name, was, now),
		Remedies: []string{"--eval-every 150"},
	}
}

// tenths are the means of a figure over the second and the last tenth of a log:
// the first is of untrained networks.
func tenths(log []verdict.Line, of func(verdict.Line) float64) (means [2]float64) {
	n := len(log) / 10
	for i, part := range [][]verdict.Line{log[n : 2*n], log[len(log)-n:]} {
		for _, l := range part {
			means[i] += of(l) / float64(n)
		}
	}
	return means
}

// judgements are the lines of a log that have metrics.
func judgements(log []verdict.Line) (with []verdict.Line) {
	for _, l := range log {
		if l.Metrics != nil {
			with = append(with, l)
		}
	}
	return with
}
