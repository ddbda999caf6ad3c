package verdict

import (
	"fmt"
	"math"

	"github.com/ganlet/ganlet/cmd/internal/judge"
	"github.com/ganlet/ganlet/gan"
)

// This file is the rules that go by metrics.

// noise is how far two judgements of one generator may differ by chance: a part
// of the figure, and more where it is small.
func noise(name string, value float64) float64 {
	least := .01
	if name == "fid" {
		least = .5
	}
	return .05*value + least
}

// quality compares the last judgement with the best before it.
func quality(c gan.Config, log []Line) *Finding {
	log = judged(log)
	if len(log) < 2 {
		return nil
	}
	before, last := log[:len(log)-1], log[len(log)-1]
	best := before[0]
	name, least := judge.Loss(best.Metrics)
	for _, l := range before {
		if _, v := judge.Loss(l.Metrics); v < least {
			best, least = l, v
		}
	}
	_, now := judge.Loss(last.Metrics)
	slack := noise(name, least)
	said := fmt.Sprintf("%s, where less is better, is %.4g at step %d after %.4g at step %d", name, now, last.Step, least, best.Step)
	switch {
	case now < least-slack:
		return &Finding{Rising, said, nil}
	case now > least+2*slack:
		return &Finding{Falling, said, append([]string{"best.onnx, which is of that step"}, steady(c)...)}
	}
	return &Finding{Flat, said, append([]string{"more steps"}, steady(c)...)}
}

// spread is how much of the data samples cover, and how near they are to it.
type spread struct {
	name     string
	covered  float64 // share of the data
	fidelity float64 // share of the samples
	narrow   float64 // covered of generators that make a few things only
	lost     float64 // part of covered that is not lost by chance
}

func spreadOf(m map[string]float64) (s spread) {
	if coverage, ok := m["coverage"]; ok {
		return spread{"coverage", coverage, m["precision"], .3, .3}
	}
	name, kl, fidelity := "reverse_kl", m["reverse_kl"], m["quality"]
	if v, ok := m["kl"]; ok {
		name, kl, fidelity = "kl", v, 1
	}
	return spread{"exp(-" + name + "), the share of modes in use,", math.Exp(-kl), fidelity, .6, .1}
}

// seldom is a share of good samples below which nothing is said of their spread.
const seldom = .03

// collapsing says whether samples are good but few.
func collapsing(c gan.Config, log []Line) *Finding {
	log = judged(log)
	if len(log) < 2 {
		return nil
	}
	last := log[len(log)-1]
	now := spreadOf(last.Metrics)
	remedies := steady(c)
	if c.MinibatchStddev == 0 && c.Batch%4 == 0 && c.R1+c.R2+c.GP+c.DRAGAN == 0 {
		remedies = append(remedies, "--minibatch-stddev 4")
	}
	if c.Loss != gan.Relativistic && c.Smooth == 0 && c.Clip == 0 {
		remedies = append(remedies, "--loss rp")
	}
	was, at := spread{}, 0
	for _, l := range log {
		if s := spreadOf(l.Metrics); s.fidelity > seldom && s.covered > was.covered {
			was, at = s, l.Step
		}
	}
	if now.covered < (1-now.lost)*was.covered && now.fidelity > .8*was.fidelity {
		return &Finding{Collapsing, fmt.Sprintf("%s fell from %.2f at step %d to %.2f at step %d, while the share of good samples went from %.2f to %.2f",
			now.name, was.covered, at, now.covered, last.Step, was.fidelity, now.fidelity), remedies}
	}
	if now.covered < now.narrow && now.fidelity > .5 {
		return &Finding{Collapsing, fmt.Sprintf("%s is %.2f at step %d, though a share of %.2f of the samples is good", now.name, now.covered, last.Step, now.fidelity), remedies}
	}
	return nil
}
