package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/ganlet/ganlet/cmd/internal/cli"
	"github.com/ganlet/ganlet/cmd/internal/verdict"
	"github.com/ganlet/ganlet/gan"
)

// This file is a training around its loop: what the flags ask for before it,
// what is said of the model after it.

// runTrain is gantrain without a subcommand.
func runTrain(args []string, stdout, stderr io.Writer) error {
	o, helped, err := parse(args, stdout)
	if err != nil || helped {
		return err
	}
	f := folder(o.out)
	p, set, err := resolve(o, f)
	if err != nil {
		return err
	}
	if c, ok := set.(io.Closer); ok {
		defer c.Close()
	}
	if o.summary && !o.dryRun {
		return printSummary(stdout, p, f, o.json)
	}
	t, err := trainer(o, f, p, set, stderr)
	if err != nil {
		return err
	}
	defer t.Close()
	s := &session{folder: f, plan: p, trainer: t, data: set, stderr: stderr, target: p.target()}
	if err := s.begin(); err != nil {
		return err
	}
	switch {
	case o.summary:
		return printSummary(stdout, p, f, o.json)
	case o.dryRun: // JSON with --json and without
		return printPlan(stdout, p)
	}
	if err := s.train(); err != nil {
		return err
	}
	return s.report(stdout, o.json)
}

func printPlan(stdout io.Writer, p *plan) error {
	b, err := p.marshal()
	if err != nil {
		return err
	}
	return cli.Text(stdout, func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	})
}

// resolve makes the plan of the flags: a new one or the run's own.
func resolve(o *options, f folder) (*plan, gan.Dataset, error) {
	if !o.resume {
		if !o.summary || o.dryRun {
			if err := f.vacant(); err != nil {
				return nil, nil, err
			}
		}
		return newPlan(o)
	}
	p, err := f.plan()
	if err != nil {
		return nil, nil, err
	}
	set, err := resumePlan(o, p)
	return p, set, err
}

// trainer begins the plan's training, or continues it: from its first step, if
// it was stopped before anything was saved.
func trainer(o *options, f folder, p *plan, set gan.Dataset, stderr io.Writer) (*gan.Trainer, error) {
	if !o.resume {
		return p.begin(set)
	}
	if f.unsaved() {
		t, err := p.begin(set)
		if err == nil {
			fmt.Fprintf(stderr, "gantrain: %q has no checkpoint yet: from the first step\n", string(f))
		}
		return t, err
	}
	t, err := f.load(set, p.Config.Threads)
	if err != nil {
		return nil, err
	}
	if t.Config() != p.Config {
		t.Close()
		return nil, fmt.Errorf("%q and %q are not of the same run: their settings differ", f.checkpoint(), f.config())
	}
	return t, nil
}

// result is what a finished training says with --json.
type result struct {
	Model      string  `json:"model"`
	Checkpoint string  `json:"checkpoint"`
	Sheet      string  `json:"sheet"`
	Steps      int     `json:"steps"`
	Epoch      float64 `json:"epoch"`
	Seconds    float64 `json:"seconds"` // of training, since the run's first step

	Metrics map[string]float64 `json:"metrics,omitempty"` // of the model
	Best    string             `json:"best,omitempty"`    // the model with the best metrics,
	Of      int                `json:"best_step,omitempty"`
	Verdict []verdict.Finding  `json:"verdict,omitempty"`
}

// report verifies the model as it is on disk and says where it is.
func (s *session) report(stdout io.Writer, asJSON bool) error {
	path := s.folder.model()
	model, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	n, err := verify(model)
	if err != nil {
		return fmt.Errorf("%q: %w", path, err)
	}
	if s.best != nil {
		fmt.Fprintf(s.stderr, "gantrain: %s is of step %d, the one with the best metrics; %s of step %d\n", s.folder.best(), s.best.Step, path, s.logged.Step)
	}
	seed := s.plan.Config.Seed
	fmt.Fprintf(s.stderr, "gantrain: %d steps in %v; %s draws the %d images of its probe, bit for bit\n", s.logged.Step, time.Duration(s.logged.Seconds*float64(time.Second)).Round(time.Second), path, n)
	fmt.Fprintf(s.stderr, "gantrain: samples are in %s; draw more with:\n    ganinfer sample %s -n %d --seed %d -o samples.png\n", s.folder.sheet(s.sampled), quoted(path), sheetSamples(s.plan.Data.Shape, s.plan.Config.Classes), seed+1)
	return cli.Text(stdout, func(w io.Writer) error {
		if !asJSON {
			_, err := fmt.Fprintln(w, path)
			return err
		}
		r := result{Model: path, Checkpoint: s.folder.checkpoint(), Sheet: s.folder.sheet(s.sampled), Steps: s.logged.Step, Epoch: s.logged.Epoch, Seconds: s.logged.Seconds, Verdict: s.verdict()}
		if s.best != nil {
			r.Metrics, r.Best, r.Of = s.logged.Metrics, s.folder.best(), s.best.Step
		}
		return json.NewEncoder(w).Encode(&r)
	})
}
