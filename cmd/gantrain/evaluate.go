package main

import (
	"fmt"
	"maps"

	"github.com/ganlet/ganlet/cmd/internal/atomicfile"
	"github.com/ganlet/ganlet/cmd/internal/judge"
	"github.com/ganlet/ganlet/cmd/internal/verdict"
	"github.com/ganlet/ganlet/export"
	"github.com/ganlet/ganlet/gan"
	"github.com/ganlet/ganlet/infer"
)

// This file is the metrics of a training, those of gantrain eval of fewer
// samples, the best generator so far, and what is said of how it goes.

// evalSeed is the seed of the samples that are judged: the first of those that
// gantrain eval judges.
const evalSeed = 1

// moment is the generator after a step.
type moment struct {
	step      int
	generator *gan.Generator
	model     []byte // exported
}

// now exports the generator as it is.
func (s *session) now() (*moment, error) {
	step := s.trainer.Steps()
	if s.moment != nil && s.moment.step == step {
		return s.moment, nil
	}
	g, err := s.trainer.Generator()
	if err != nil {
		return nil, err
	}
	model, err := encode(g, export.Options{})
	if err != nil {
		return nil, s.lost(fmt.Errorf("step %d: %w", step, err))
	}
	s.moment = &moment{step, g, model}
	return s.moment, nil
}

// evaluate measures the generator as it is exported, and keeps it if none before
// was as good.
func (s *session) evaluate(p *progress) (map[string]float64, error) {
	at, err := s.now()
	if err != nil {
		return nil, err
	}
	m, err := infer.Parse(at.model)
	if err != nil {
		return nil, err
	}
	if s.reference == nil {
		if s.reference, err = judge.Against(s.plan.Data.Spec, s.data, judge.Options{Quick: true}); err != nil {
			return nil, err
		}
	}
	report, err := judge.Model(m, s.plan.Data.Shape, s.reference, 0, evalSeed)
	if err != nil {
		return nil, s.lost(fmt.Errorf("step %d: metrics: %w", at.step, err))
	}
	values := report.Figures.Values()
	best := s.best == nil || better(values, s.best.Metrics)
	line := fmt.Sprintf("gantrain: step %d, %v", at.step, report)
	if best {
		line += "; the best so far"
		err = s.keepBest(at, report)
	}
	p.say(line)
	return values, err
}

// keepBest writes the generator as the best, with its figures.
func (s *session) keepBest(at *moment, r *judge.Report) error {
	g := *at.generator
	g.Training = maps.Clone(g.Training)
	g.Training["metrics"] = r.String()
	model, err := encode(&g, export.Options{})
	if err != nil {
		return err
	}
	return atomicfile.WriteBytes(s.folder.best(), model)
}

// verdict is what the log shows.
func (s *session) verdict() []verdict.Finding {
	var log []verdict.Line
	for _, r := range s.past {
		log = append(log, verdict.Line{Stats: r.Stats, Metrics: r.Metrics})
	}
	return verdict.Of(s.plan.Config, log)
}

// better compares the metrics of two generators.
func better(a, b map[string]float64) bool {
	_, x := judge.Loss(a)
	_, y := judge.Loss(b)
	return x < y
}
